"""Running a training from the window: what is asked of the worker, where runs are kept, and the bar that shows it."""
