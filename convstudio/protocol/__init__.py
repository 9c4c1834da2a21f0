"""What the window and the worker say to each other; imported by both, knows neither torch nor Qt."""
