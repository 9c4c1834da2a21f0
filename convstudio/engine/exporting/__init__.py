"""The forms in which a network leaves the program, and the proof of each in a process that knows nothing of it."""
