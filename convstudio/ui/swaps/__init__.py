"""The window of the swap experiment: twins of blocks side by side, measured, raced, and one of them taken."""
