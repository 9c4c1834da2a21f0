"""The process around the engine: requests in at stdin, events out at stdout; knows torch, never Qt."""
