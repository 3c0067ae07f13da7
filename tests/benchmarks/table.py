"""The table of results: a row says what was measured, against which target, and what the peers took in the same run."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

HEADS = ("what", "measured", "target", "met", "peers in this run")


@dataclass(frozen=True)
class Row:
    """One result.

    what      in words.       measured  seconds, or whatever `unit` says.
    target    upper bound in the same unit; None where the target is a ratio to a peer or there is none.
    peers     (name, seconds or None where it did not run in this run).
    times     the ratio that is wanted to the named peer: (name, at least).
    """

    what: str
    measured: float
    target: float | None = None
    unit: str = "s"
    peers: tuple[tuple[str, float | None], ...] = ()
    times: tuple[tuple[str, float], ...] = field(default=())

    def met(self) -> bool | None:
        """Whether every bound that this run can judge is kept; None where there was nothing to judge by."""
        verdicts = [] if self.target is None else [self.measured <= self.target]
        took = dict(self.peers)
        for name, least in self.times:
            peer = took.get(name)
            if peer is not None:
                verdicts.append(peer >= least * self.measured)
        return all(verdicts) if verdicts else None

    def cells(self) -> tuple[str, str, str, str, str]:
        """The row as text."""
        wanted = [] if self.target is None else [f"<= {shown(self.target, self.unit)}"]
        wanted += [f">= {least:g}x {name}" for name, least in self.times]
        peers = [f"{name} {shown(s, 's')} ({factor(s / self.measured)})" for name, s in self.peers if s is not None]
        peers += [f"{name} not run" for name, s in self.peers if s is None]
        verdict = {True: "yes", False: "NO", None: "-"}[self.met()]
        return self.what, shown(self.measured, self.unit), ", ".join(wanted) or "-", verdict, "; ".join(peers)


def shown(value: float, unit: str) -> str:
    """Three digits, and seconds in milliseconds where they are few."""
    if unit == "s" and value < 1:
        value, unit = 1000 * value, "ms"
    text = f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
    return f"{text} {unit}".strip()


def factor(ratio: float) -> str:
    """A ratio, with digits behind the point where it is small."""
    return f"{ratio:,.0f}x" if ratio >= 10 else f"{ratio:.2g}x"


def plain(rows: list[Row]) -> str:
    """Columns of text, for a pipe or a file."""
    lines = [HEADS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines)


def show(rows: list[Row]) -> None:
    """A ruled table on a terminal, columns of text elsewhere."""
    if not sys.stdout.isatty():
        print(plain(rows))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*HEADS)
    for row in rows:
        style = {True: "green", False: "bold red", None: ""}[row.met()]
        what, measured, target, met, peers = row.cells()
        table.add_row(what, measured, target, f"[{style}]{met}[/]" if style else met, peers)
    Console().print(table)
