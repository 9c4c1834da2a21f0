"""The lens: how the value of a single unit comes about, for each family of blocks, from the live tensors."""
