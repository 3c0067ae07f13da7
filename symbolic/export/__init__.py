"""Derivations as JSON."""
