"""The time machine: looking back over a run, as pictures and as a film, and branching off from a moment of it."""
