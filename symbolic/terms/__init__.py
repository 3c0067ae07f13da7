"""The language: sizes, forms, terms, and how they are rewritten."""
