"""Pages: what the notes say and how they look."""
