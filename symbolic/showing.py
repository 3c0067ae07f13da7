"""Showing: what users hold as LaTeX, Markdown and HTML, by a printer from outside.

The mathematics knows no page, so it asks whoever does: a printer is a function

    show(thing, form, lang, short=False) -> str     form: "latex", "markdown", "html"; short=True for a notebook

that a distribution names under the entry point group `gradproof.printers` (see pyproject.toml), or that was handed
to `register`, as `import render` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbolic.errors import GradproofError

if TYPE_CHECKING:
    from typing import Protocol

    class Printer(Protocol):
        """What prints a tensor, a step, a derivation or the gradients of a network."""

        def __call__(self, thing: object, form: str, lang: str, *, short: bool = False) -> str:
            """The text."""


class NoPrinterError(GradproofError):
    """Nothing that prints is installed."""


GROUP = "gradproof.printers"
_printers: list[Printer] = []


def register(printer: Printer) -> None:
    """Print by this function from now on."""
    _printers[:] = [printer]


def show(thing: object, form: str, lang: str = "en", *, short: bool = False) -> str:
    """The thing printed.  Raises NoPrinterError where nothing that prints is installed."""
    if not _printers:
        from importlib.metadata import entry_points  # slow to load, and most programs show nothing

        found = [entry.load() for entry in entry_points(group=GROUP)]
        if not found:
            raise NoPrinterError(f"{form} is printed by the package render: `import render`, or install gradproof")
        register(found[0])
    return _printers[0](thing, form, lang, short=short)


class Shown:
    """What shows itself in a notebook; as plain text where nothing that prints is installed."""

    __slots__ = ()

    def _repr_latex_(self) -> str | None:
        return _shown(self, "latex")

    def _repr_html_(self) -> str | None:
        return _shown(self, "html")


def _shown(thing: Shown, form: str) -> str | None:
    try:
        return show(thing, form, short=True)
    except NoPrinterError:
        return None
