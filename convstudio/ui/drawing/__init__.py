"""The draw pad: a sample drawn by hand, prepared as those of the data set are."""
