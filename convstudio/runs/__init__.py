"""What a run leaves on the disk, as files that other tools can read too: neither torch nor Qt is needed for them."""
