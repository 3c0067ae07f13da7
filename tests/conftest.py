"""Settings for every test; helpers to import stand in tests/tools.py."""

from hypothesis import settings

# The same examples on every machine and in every run; no deadline, since two cores may be busy elsewhere.
settings.register_profile("thorough", derandomize=True, deadline=None, database=None)
# The README's test command tries fewer; the check command asks for the thorough profile.
settings.register_profile("quick", settings.get_profile("thorough"), max_examples=30)
settings.load_profile("quick")
