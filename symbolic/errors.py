"""Every error a user can cause: one sentence that says what was given, what was expected and where."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class GradproofError(ValueError):
    """Unusable input. The message is complete: the command line prints it and exits with status 2."""


class ShapeError(GradproofError):
    """Shapes that do not fit together, or an argument outside what the operator allows."""


class NameInvalidError(GradproofError):
    """A name that is not an identifier, or one name for two different tensors."""


class ProofError(GradproofError):
    """A step whose two sides are not shown to be equal. The message names the first difference."""


def shown(value: object, most: int = 60) -> str:
    """What the user gave, on one line and not longer than that."""
    try:
        text = " ".join(repr(value).split())
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        return f"{type(value).__name__} of very many digits"
    return text if len(text) <= most else text[: most - 1] + "…"


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'conv-layer'?` or nothing: the closest of the known names, for error messages."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean '{close[0]}'?" if close else ""
