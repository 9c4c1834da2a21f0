"""The Runs tab: all runs that were kept, found, compared, opened again, taken away."""
