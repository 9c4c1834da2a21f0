"""Project files in the window: opening, saving and sharing them, and what is asked before one is left."""
