"""Settings for every test; helpers to import stand in tests/tools.py."""

from hypothesis import settings

# The same examples on every machine and in every run; no deadline, since two cores may be busy elsewhere.
settings.register_profile("gradproof", derandomize=True, deadline=None, database=None)
settings.load_profile("gradproof")
