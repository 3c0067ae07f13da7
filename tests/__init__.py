"""The tests; they mirror the code, and `python -m tests.check` is the one check command."""
