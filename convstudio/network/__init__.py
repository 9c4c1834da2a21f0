"""The document of ConvStudio and everything that follows from it; knows neither torch nor Qt."""
