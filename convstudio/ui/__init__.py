"""The window: shows the document, sends what the person does, and never computes with torch."""
