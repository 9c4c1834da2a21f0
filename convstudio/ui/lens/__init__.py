"""The lens of the window: how the value of a single unit comes about, painted."""
