"""The roads to a gradient, each by itself: the reverse sweep, SymPy, numbers."""
