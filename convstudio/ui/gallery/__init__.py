"""The gallery of templates: well-known networks to begin from."""
