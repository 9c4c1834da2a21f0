"""The window's end of the line to the worker: its process, its events, and the pictures that open views want."""
