"""Exercises: their catalogue, the reader of handed-in answers, and the judge."""
