"""The Why tab: what of the sample moves a unit, which patches excite it, and what it looks for."""
