"""The Export dialog: what can be taken away, how it will look, and how writing and trying it went."""
