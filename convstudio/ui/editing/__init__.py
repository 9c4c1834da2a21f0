"""What menus and keys do to the network: each an edit of the document that can be undone."""
