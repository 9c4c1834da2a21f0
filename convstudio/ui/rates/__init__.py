"""The range test of the learning rate in the window: its plot, its dialog, and what it does to the document."""
