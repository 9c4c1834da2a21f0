"""The table of all blocks and their figures, as a widget of its own and as text."""
