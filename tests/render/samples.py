"""Notes to test on: every one in the check command, a few in the README's test command."""

import pytest

from render.notes import NOTES

QUICK = ("conv-layer", "pool-backward", "softmax-cross-entropy")
EVERY_NOTE = tuple(pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in NOTES)
