"""Where the nodes and wires of a computation graph stand, and what is drawn there: one attempt at one size."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import TYPE_CHECKING

from render.figure import layering
from render.figure.label import width
from render.figure.layering import Item
from render.figure.scene import (
    MM_PER_POINT,
    Box,
    Circle,
    Path,
    Point,
    Scene,
    Shape,
    Text,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Sequence

LANE = 0.8  # mm from a wire's axis to its forward line, and to its backward line
STRAIGHT = 100.0  # how much more a wire between operators is to be straight than one from a leaf
PORTS = 3.1  # mm between two wires entering one box


@dataclass(frozen=True)
class GraphNode:
    """A node. kind: leaf (a tensor), operator (a box), gate (a circle: +, ×), result, point (a branching)."""

    key: str
    label: str = ""
    kind: str = "operator"
    note: str = ""  # a small second line: a shape, a parameter


@dataclass(frozen=True)
class GraphEdge:
    """A wire; forward is printed above it, backward below its dashed arrow back; None draws no arrow back."""

    source: str
    target: str
    forward: str = ""
    backward: str | None = None


class Drawing:
    """One attempt: the graph with passages as items, then its shapes."""

    def __init__(self, nodes: Sequence[GraphNode], edges: Sequence[GraphEdge], *, down: bool, size: float) -> None:
        self.nodes = {node.key: node for node in nodes}
        self.edges, self.down, self.size = edges, down, size
        self.note_size = size - 3
        column = layering.columns(list(self.nodes), [(e.source, e.target) for e in edges])
        layers: list[list[str]] = [[] for _ in range(2 * max(column.values()) + 1)]
        for key in self.nodes:
            layers[2 * column[key]].append(key)
        self.chains: list[list[str]] = []  # each edge as the items it passes, ends included
        self.items = {key: self._item(node) for key, node in self.nodes.items()}
        for number, edge in enumerate(edges):
            passages = []
            for c in range(2 * column[edge.source] + 1, 2 * column[edge.target]):
                key = f"\0{number}:{c}"
                passages.append(key)
                layers[c].append(key)
                self.items[key] = self._passage(edge, first=len(passages) == 1)
            self.chains.append([edge.source, *passages, edge.target])
        links = [pair for chain in self.chains for pair in pairwise(chain)]
        order = layering.ordered(layers, links)
        self.across = layering.positions(order, links, self.items, gap=3.0 if down else 2.2)
        self.along = self._along(order, links)
        self.ports = self._ports()

    def _extent(self, node: GraphNode) -> tuple[float, float]:
        """Width and height of a node."""
        em = self.size * MM_PER_POINT
        if node.kind == "point":
            return 2.4, 2.4
        w = max(width(node.label, self.size), width(node.note, self.note_size) if node.note else 0.0)
        if node.kind == "gate":
            d = max(2.1 * em, w + 2.4)
            return d, d
        wires = max(sum(e.target == node.key for e in self.edges), sum(e.source == node.key for e in self.edges))
        room = PORTS * max(2, wires - 1) + 3.2 if wires > 1 else 0.0
        h = em * (2.9 if node.note else 2.0)
        return (max(w + 3.2, room), h) if self.down else (max(w + 3.2, 2.4 * em), max(h, room))

    def _item(self, node: GraphNode) -> Item:
        w, h = self._extent(node)
        weight = self._weight(node.key)
        return Item(h, w, weight) if self.down else Item(w, h, weight)

    def _weight(self, key: str) -> float:
        """Wires between operators are to be straight; those from leaves may bend."""
        return 1.0 if self.nodes[key].kind == "leaf" else STRAIGHT

    def _passage(self, edge: GraphEdge, *, first: bool) -> Item:
        labels = (edge.forward, edge.backward or "") if first else ("", "")
        widest = max(width(label, self.size) if label else 0.0 for label in labels)
        weight = self._weight(edge.source) if first else STRAIGHT
        line = 1.5 * self.size * MM_PER_POINT if widest else 0.0
        if self.down:
            return Item(line, 2 * (widest + LANE + 1.2) if widest else 3.0, weight)
        return Item(widest + 1.0 if widest else 0.0, 2 * (line + LANE) if widest else 3.0, weight)

    def _along(self, order: Sequence[Sequence[str]], links: layering.Links) -> dict[str, float]:
        """Centres along the edges: columns as wide as their widest item, steeper passages get more room."""
        column = {key: c for c, layer in enumerate(order) for key in layer}
        rise = [0.0] * len(order)
        for s, t in links:
            rise[column[s]] = max(rise[column[s]], abs(self.across[s] - self.across[t]))
        where: dict[str, float] = {}
        at = 0.0
        for c, layer in enumerate(order):
            extent = max(self.items[key].along for key in layer)
            where |= dict.fromkeys(layer, at + extent / 2)
            at += extent + (2.2 if rise[c] < 0.5 else min(max(4.0, 0.4 * rise[c]), 11.0))
        return where

    def _ports(self) -> dict[tuple[int, bool], float]:
        """Where each wire leaves (True) and enters (False) its node across, as near to straight as fits."""
        found: dict[tuple[int, bool], float] = {}
        for key, node in self.nodes.items():
            for leaving in (True, False):
                wires = [
                    (self.across[chain[1 if leaving else -2]], number)
                    for number, chain in enumerate(self.chains)
                    if chain[0 if leaving else -1] == key
                ]
                if not wires:
                    continue
                wires.sort()
                half = (
                    0.0 if node.kind == "point" else self.items[key].across / 2 - (0.9 if node.kind == "gate" else 1.6)
                )
                wanted = [min(max(y - self.across[key], -half), half) for y, _ in wires]
                apart = [min(PORTS * (1.6 if self.down else 1), 2 * half / max(2, len(wires) - 1))] * (len(wires) - 1)
                weights = [self.items[self.chains[n][1 if leaving else -2]].weight for _, n in wires]
                places = layering.spread(wanted, weights, apart)
                high, low = max(0.0, places[-1] - half), min(0.0, places[0] + half)
                for (_, number), place in zip(wires, places, strict=True):
                    found[number, leaving] = place - high - low
        return found

    def scene(self) -> Scene:
        """Wires first, nodes over them."""
        shapes: list[Shape] = []
        for number, edge in enumerate(self.edges):
            shapes += self._wire(number, edge)
        for key, node in self.nodes.items():
            shapes += self._node(node, self._point(self.along[key], self.across[key]))
        return Scene(tuple(shapes)).at_origin()

    def _point(self, along: float, across: float) -> Point:
        return (across, along) if self.down else (along, across)

    def _wire(self, number: int, edge: GraphEdge) -> list[Shape]:
        lane = 0.0 if edge.backward is None else LANE
        shapes: list[Shape] = [
            Path(self._track(number, -lane), "forward", self.nodes[edge.target].kind != "point", curved=True)
        ]
        if edge.backward is not None:
            shapes.append(
                Path(
                    self._track(number, lane)[::-1],
                    "backward",
                    self.nodes[edge.source].kind != "point",
                    curved=True,
                )
            )
        first = self.chains[number][1]
        x, y = self._point(self.along[first], self.across[first])
        off = lane + (1.0 if self.down else 0.75 * self.size * MM_PER_POINT)
        if edge.forward:
            where, anchor = ((x - off, y), "end") if self.down else ((x, y - off), "middle")
            shapes.append(Text(*where, edge.forward, "forward", self.size, anchor))
        if edge.backward:
            where, anchor = ((x + off, y), "start") if self.down else ((x, y + off), "middle")
            shapes.append(Text(*where, edge.backward, "backward", self.size, anchor))
        return shapes

    def _track(self, number: int, lane: float) -> tuple[Point, ...]:
        """The Bézier points of a wire, moved `lane` mm across."""
        source, *passages, target = self.chains[number]
        start, end = self.ports[number, True] + lane, self.ports[number, False] + lane
        stops = [(self._edge_of(source, start, +1), self.across[source] + start)]
        for key in passages:
            half = self.items[key].along / 2
            stops += [(self.along[key] + side * half, self.across[key] + lane) for side in (-1, 1)]
        stops.append((self._edge_of(target, end, -1), self.across[target] + end))
        points = [stops[0]]
        for (a0, c0), (a1, c1) in pairwise(stops):
            if (a0, c0) != (a1, c1):
                steep = (c1 > c0) - (c1 < c0) if abs(c1 - c0) > 1 else 0  # keeps the lanes apart where they turn
                where = self._turn(number) if a1 == stops[-1][0] else 0.5
                turn = a0 + (a1 - a0) * where - 1.5 * steep * lane
                points += [(turn, c0), (turn, c1), (a1, c1)]
        return tuple(self._point(*point) for point in points)

    def _turn(self, number: int) -> float:
        """Where a wire turns in the last gap, as a part of it: of wires from one side the outer ones turn later."""
        target = self.chains[number][-1]
        drop = {
            n: self.across[chain[-2]] - self.across[target]
            for n, chain in enumerate(self.chains)
            if chain[-1] == target
        }
        side = sorted(abs(d) for d in drop.values() if d * drop[number] > 0 and abs(d) > 1)
        if len(side) < 2 or abs(drop[number]) <= 1:
            return 0.5
        return 0.3 + 0.4 * side.index(abs(drop[number])) / (len(side) - 1)

    def _edge_of(self, key: str, offset: float, side: int) -> float:
        """Where a node's outline stands along, `offset` mm off its axis."""
        half = self.items[key].along / 2
        if self.nodes[key].kind in {"gate", "point"}:
            half = sqrt(max(half**2 - offset**2, 0.0))
        return self.along[key] + side * half

    def _node(self, node: GraphNode, at: Point) -> list[Shape]:
        (x, y), (w, h) = at, self._extent(node)
        if node.kind in {"gate", "point"}:
            return [Circle(x, y, w / 2, "operator" if node.kind == "gate" else "point", node.label, self.size)]
        corner = {"leaf": 1.8, "operator": 0.8, "result": 0.8}[node.kind]
        if not node.note:
            return [Box(x - w / 2, y - h / 2, w, h, node.kind, node.label, self.size, corner)]
        em = self.size * MM_PER_POINT
        return [
            Box(x - w / 2, y - h / 2, w, h, node.kind, "", self.size, corner),
            Text(x, y - 0.5 * em, node.label, "ink", self.size),
            Text(x, y + 0.7 * em, node.note, "muted", self.note_size),
        ]
