"""Forms that are built from a declaration: one editor for each setting of a struct."""
