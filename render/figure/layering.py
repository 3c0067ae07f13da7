"""Layered placement of a directed acyclic graph, deterministic and free of overlaps.

Items stand in columns; edges run between neighbouring columns only (an edge's label and every passage past a
column are items of their own). `along` is the direction of the edges, `across` the other; which of the two is
horizontal is the caller's business. Method: Sugiyama, Tagawa & Toda (1981): columns, order by barycentres,
then positions by weighted least squares with the order kept (pool-adjacent-violators).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from symbolic.errors import GradproofError

SWEEPS = 40


@dataclass(frozen=True)
class Item:
    """Something that takes a place: its extents in mm, and how strongly its lines want to be straight."""

    along: float
    across: float
    weight: float = 1.0


Links = Sequence[tuple[str, str]]


def columns(keys: Sequence[str], edges: Links) -> dict[str, int]:
    """Each node's column: the longest path from a source; sources stand just before their first reader."""
    for source, target in edges:
        for key in (source, target):
            if key not in keys:
                raise GradproofError(f"the edge {source!r:.40} to {target!r:.40} names no node {key!r:.40}")
    column = dict.fromkeys(keys, 0)
    for _ in range(len(keys) + 1):
        moved = [(s, t) for s, t in edges if column[t] <= column[s]]
        if not moved:
            break
        for s, t in edges:
            column[t] = max(column[t], column[s] + 1)
    else:
        raise GradproofError("a computation graph has no cycles; these edges have one")
    targets = {t for _, t in edges}
    for key in keys:
        readers = [column[t] for s, t in edges if s == key]
        if key not in targets and readers:
            column[key] = min(readers) - 1
    return column


def ordered(layers: Sequence[Sequence[str]], links: Links) -> list[list[str]]:
    """Each column reordered by barycentres; the sweep with the fewest crossings wins, the earliest of equals."""
    order = [list(layer) for layer in layers]
    best, fewest = [list(layer) for layer in order], _crossings(order, links)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        numbers = range(1, len(order)) if forward else range(len(order) - 2, -1, -1)
        for c in numbers:
            fixed = {key: i for i, key in enumerate(order[c - 1 if forward else c + 1])}
            near: dict[str, list[int]] = {key: [] for key in order[c]}
            for s, t in links:
                key, other = (t, s) if forward else (s, t)
                if key in near and other in fixed:
                    near[key].append(fixed[other])
            mean = {key: sum(n) / len(n) if n else float(i) for i, (key, n) in enumerate(near.items())}
            order[c] = sorted(order[c], key=lambda key: mean[key])
        count = _crossings(order, links)
        if count < fewest:
            best, fewest = [list(layer) for layer in order], count
    return best


def _crossings(order: Sequence[Sequence[str]], links: Links) -> int:
    place = {key: (c, i) for c, layer in enumerate(order) for i, key in enumerate(layer)}
    by_column: dict[int, list[tuple[int, int]]] = {}
    for s, t in links:
        by_column.setdefault(place[s][0], []).append((place[s][1], place[t][1]))
    return sum(
        (a[0] - b[0]) * (a[1] - b[1]) < 0
        for pairs in by_column.values()
        for i, a in enumerate(pairs)
        for b in pairs[:i]
    )


def spread(wanted: Sequence[float], weights: Sequence[float], apart: Sequence[float]) -> list[float]:
    """Positions nearest to the wanted ones by weighted squares, position[i] and [i+1] at least apart[i] apart."""
    shift = [0.0]
    for gap in apart:
        shift.append(shift[-1] + gap)
    pools: list[tuple[float, float, int]] = []  # mean, weight, count
    for want, weight, offset in zip(wanted, weights, shift, strict=True):
        mean, total, count = want - offset, weight, 1
        while pools and pools[-1][0] > mean:
            m, w, n = pools.pop()
            mean, total, count = (m * w + mean * total) / (w + total), w + total, n + count
        pools.append((mean, total, count))
    flat = [mean for mean, _, count in pools for _ in range(count)]
    return [mean + offset for mean, offset in zip(flat, shift, strict=True)]


def positions(order: Sequence[Sequence[str]], links: Links, items: Mapping[str, Item], gap: float) -> dict[str, float]:
    """Each item's centre across, `gap` mm between neighbours of one column."""
    near: dict[str, list[str]] = {key: [] for layer in order for key in layer}
    for s, t in links:
        near[s].append(t)
        near[t].append(s)
    apart = [[(items[a].across + items[b].across) / 2 + gap for a, b in pairwise(layer)] for layer in order]
    where: dict[str, float] = {}
    for layer, gaps in zip(order, apart, strict=True):
        middle = sum(gaps) / 2
        where |= {key: sum(gaps[:i]) - middle for i, key in enumerate(layer)}
    for sweep in range(SWEEPS):
        for c in range(len(order)) if sweep % 2 == 0 else range(len(order) - 1, -1, -1):
            layer = order[c]
            pull = [[min(items[k].weight, items[n].weight) for n in near[k]] for k in layer]
            wanted = [
                sum(w * where[n] for w, n in zip(ws, near[k], strict=True)) / sum(ws) if ws else where[k]
                for k, ws in zip(layer, pull, strict=True)
            ]
            weights = [sum(ws) or 0.1 for ws in pull]
            where |= dict(zip(layer, spread(wanted, weights, apart[c]), strict=True))
    return where
