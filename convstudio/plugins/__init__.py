"""Blocks of one's own: Python files with the same declaration as a built-in kind, run only after the person agreed."""
