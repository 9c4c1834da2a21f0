"""Pictures, drawings and tables of what the window shows, as files."""
