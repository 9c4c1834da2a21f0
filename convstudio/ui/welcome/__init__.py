"""What an empty canvas offers: how to begin, the recent files and the examples."""
