"""The palette: kinds of blocks, saved groups and blocks of one's own, and the ways to add one of them."""
