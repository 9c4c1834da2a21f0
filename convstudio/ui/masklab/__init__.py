"""The mask lab: masks edited by hand, or made from a recipe, with what they do to the current image."""
