"""The inspector: the selected block, the network as a table, and the training settings."""
