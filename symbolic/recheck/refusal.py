"""The two ways a file can fail: it does not prove what it says, or it cannot be read at all."""

from __future__ import annotations

from symbolic.errors import GradproofError


class RefusedError(Exception):
    """The file can be read, and what it says is not proved. The message names the first difference."""


def damaged(place: str, expected: str, found: object = None) -> GradproofError:
    """The error for a file that cannot be read: where, what was expected, what stands there."""
    shown = "" if found is None else f"; found {_shown(found)}"
    return GradproofError(f"{place}: expected {expected}{shown}")


def _shown(found: object) -> str:
    if isinstance(found, dict):
        return "an object with " + (", ".join(sorted(map(repr, found)))[:80] or "nothing in it")
    if isinstance(found, list):
        return f"a list of {len(found)}"
    return repr(found)[:60]
