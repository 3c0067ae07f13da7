"""A picture as data: simple shapes on a sheet measured in millimetres, y downwards, in named styles.

A scene knows neither SVG nor TeX; `svg` and `tikz` print the same one. Styles differ in fill *and* in hatch,
line weight or dash, so that a grey print says the same. Text widths are estimated from above (`label.width`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from render.figure.label import width as label_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Point: TypeAlias = tuple[float, float]
Bounds: TypeAlias = tuple[float, float, float, float]  # left, top, right, bottom

PAGE_WIDTH = 160.0  # mm: the text width of an A4 page
MARGIN = 1.5
MM_PER_POINT = 25.4 / 72
SIZES = (10, 9, 8, 7, 6, 5)  # points; TeX has its mathematics in each


@dataclass(frozen=True)
class Style:
    """How a shape is drawn; colours as RRGGBB, "" for none; widths and dashes in mm."""

    fill: str = ""
    stroke: str = ""
    width: float = 0.25
    dash: tuple[float, ...] = ()
    hatch: str = ""  # one or more of / \ - | .
    ink: str = "1F2328"


INK, MUTED = "1F2328", "57606A"
STYLES: dict[str, Style] = {
    # networks
    "leaf": Style("E3EEFA", "3B6EA5", 0.3),
    "operator": Style("FFF3D1", "8A6500", 0.3),
    "result": Style("DDF2E3", "1E6B3A", 0.6),
    "point": Style(INK, INK),
    "forward": Style("", INK, 0.35, ink="14532D"),
    "backward": Style("", "B42318", 0.35, (1.1, 0.8), ink="B42318"),
    # cells
    "cell": Style("FFFFFF", MUTED),
    "input": Style("E3EEFA", "3B6EA5"),
    "kernel": Style("F8D58C", "8A6500", 0.3, hatch="/"),
    "output": Style("E4F3E8", "1E6B3A"),
    "chosen": Style("7CC596", "14532D", 0.6),
    "padding": Style("FFFFFF", "8C959F", 0.2, (0.6, 0.5), ink="6E7781"),
    "inserted": Style("EDEFF2", "8C959F", 0.2, (0.6, 0.5), hatch=".", ink="6E7781"),
    "zero": Style("FFFFFF", "D0D7DE", 0.2, ink="8C959F"),
    "ghost": Style("FFFFFF", "AFB8C1", 0.2, ink="8C959F"),
    "frame": Style("", "9A3412", 0.7),
    "block": Style("", INK, 0.6),
    # lines and text
    "line": Style("", INK, 0.3),
    "arrow": Style("", MUTED, 0.4),
    "guide": Style("", "8C959F", 0.25, (0.7, 0.6)),
    "ink": Style(ink=INK),
    "muted": Style(ink=MUTED),
    "kernel-ink": Style(ink="5C3A00"),
}

# Light and darker ones in turn, so that neighbours differ in grey as well.
WEIGHT_FILLS = ("CFE4FA", "F2B84B", "D3F0DA", "E79B84", "E6DAF8", "B0A56E", "B0DDE0", "E2A1C4", "EFEFE2")
WEIGHT_HATCHES = ("", "/", "\\", "-", "|", "/\\", ".", "-|")
for _n in range(len(WEIGHT_FILLS) * len(WEIGHT_HATCHES)):
    _round, _fill = divmod(_n, len(WEIGHT_FILLS))
    STYLES[f"weight-{_n}"] = Style(
        WEIGHT_FILLS[_fill], MUTED, hatch=WEIGHT_HATCHES[(_fill + _round) % len(WEIGHT_HATCHES)]
    )
WEIGHTS = len(WEIGHT_FILLS) * len(WEIGHT_HATCHES)  # styles weight-0 … that differ from one another


@dataclass(frozen=True)
class Box:
    """A rectangle, rounded by `radius`, its label in the middle."""

    x: float
    y: float
    w: float
    h: float
    style: str
    label: str = ""
    size: float = 10
    radius: float = 0

    @property
    def bounds(self) -> Bounds:
        """Left, top, right, bottom."""
        return (self.x, self.y, self.x + self.w, self.y + self.h)

    def placed(self, dx: float, dy: float, f: float) -> Box:
        """Scaled by f about the origin, then moved."""
        return replace(
            self, x=self.x * f + dx, y=self.y * f + dy, w=self.w * f, h=self.h * f, size=self.size * f,
            radius=self.radius * f,
        )  # fmt: skip


@dataclass(frozen=True)
class Circle:
    """A circle around (x, y), its label in the middle."""

    x: float
    y: float
    r: float
    style: str
    label: str = ""
    size: float = 10

    @property
    def bounds(self) -> Bounds:
        """Left, top, right, bottom."""
        return (self.x - self.r, self.y - self.r, self.x + self.r, self.y + self.r)

    def placed(self, dx: float, dy: float, f: float) -> Circle:
        """Scaled by f about the origin, then moved."""
        return replace(self, x=self.x * f + dx, y=self.y * f + dy, r=self.r * f, size=self.size * f)


@dataclass(frozen=True)
class Path:
    """A line through `points`, or with `curved` a Bézier curve: start, then two controls and an end each."""

    points: tuple[Point, ...]
    style: str = "line"
    arrow: bool = False
    curved: bool = False

    @property
    def bounds(self) -> Bounds:
        """Left, top, right, bottom."""
        xs, ys = zip(*self.points, strict=True)
        return (min(xs), min(ys), max(xs), max(ys))

    def placed(self, dx: float, dy: float, f: float) -> Path:
        """Scaled by f about the origin, then moved."""
        return replace(self, points=tuple((x * f + dx, y * f + dy) for x, y in self.points))


@dataclass(frozen=True)
class Text:
    """A label whose middle height is at y; anchor: start, middle or end of the label is at x."""

    x: float
    y: float
    label: str
    style: str = "ink"
    size: float = 10
    anchor: str = "middle"

    @property
    def bounds(self) -> Bounds:
        """Left, top, right, bottom."""
        w = label_width(self.label, self.size)
        left = self.x - {"start": 0.0, "middle": w / 2, "end": w}[self.anchor]
        half = self.size * MM_PER_POINT * 0.5
        return (left, self.y - half, left + w, self.y + half)

    def placed(self, dx: float, dy: float, f: float) -> Text:
        """Scaled by f about the origin, then moved."""
        return replace(self, x=self.x * f + dx, y=self.y * f + dy, size=self.size * f)


Shape: TypeAlias = Box | Circle | Path | Text


@dataclass(frozen=True)
class Scene:
    """Shapes in drawing order; sizes in mm."""

    shapes: tuple[Shape, ...]

    @property
    def bounds(self) -> Bounds:
        """Left, top, right, bottom of all shapes."""
        if not self.shapes:
            return (0.0, 0.0, 0.0, 0.0)
        lefts, tops, rights, bottoms = zip(*(shape.bounds for shape in self.shapes), strict=True)
        return (min(lefts), min(tops), max(rights), max(bottoms))

    @property
    def width(self) -> float:
        """In mm, without margins."""
        return self.bounds[2] - self.bounds[0]

    @property
    def height(self) -> float:
        """In mm, without margins."""
        return self.bounds[3] - self.bounds[1]

    def placed(self, dx: float, dy: float, scale: float = 1.0) -> Scene:
        """Scaled about the origin, then moved."""
        return Scene(tuple(shape.placed(dx, dy, scale) for shape in self.shapes))

    def at_origin(self) -> Scene:
        """Moved so that its left upper corner is (0, 0)."""
        return self.placed(-self.bounds[0], -self.bounds[1])

    def within(self, width: float = PAGE_WIDTH) -> Scene:
        """Scaled down where it is wider than `width` (margins included)."""
        room = width - 2 * MARGIN
        return self if self.width <= room else self.at_origin().placed(0, 0, room / self.width)


def beside(scenes: Sequence[Scene], gap: float = 6.0) -> Scene:
    """Scenes in a row, centred on one line."""
    shapes: list[Shape] = []
    x = 0.0
    for scene in scenes:
        left, top, right, bottom = scene.bounds
        shapes += scene.placed(x - left, -(top + bottom) / 2).shapes
        x += right - left + gap
    return Scene(tuple(shapes))


def stacked(scenes: Sequence[Scene], gap: float = 6.0) -> Scene:
    """Scenes below one another, flush left."""
    shapes: list[Shape] = []
    y = 0.0
    for scene in scenes:
        left, top, _, bottom = scene.bounds
        shapes += scene.placed(-left, y - top).shapes
        y += bottom - top + gap
    return Scene(tuple(shapes))


def fitting(labels: Iterable[str], room: float, largest: float = 10) -> float:
    """The largest of SIZES, at most `largest`, at which every label is at most `room` mm wide; 0 if none is."""
    texts = tuple(labels)
    sizes = (s for s in SIZES if s <= largest and all(label_width(t, s) <= room for t in texts))
    return next(sizes, 0)


def brace(start: float, end: float, at: float, label: str, *, left: bool = False, size: float = 8) -> tuple[Shape, ...]:
    """A brace from `start` to `end` with its label outside: above y = `at`, or to the `left` of x = `at`."""
    mid, tip, r = (start + end) / 2, at - 2.0, at - 1.0
    q = min(1.0, (end - start) / 4)
    flat = (
        (start, at), (start, r), (start, r), (start + q, r), (start + q, r), (mid - q, r), (mid - q, r),
        (mid, r), (mid, r), (mid, tip), (mid, r), (mid, r), (mid + q, r),
        (mid + q, r), (end - q, r), (end - q, r), (end, r), (end, r), (end, at),
    )  # fmt: skip
    points = tuple((y, x) for x, y in flat) if left else flat
    gap = size * MM_PER_POINT * 0.7
    text = Text(tip - 0.8, mid, label, "muted", size, "end") if left else Text(mid, tip - gap, label, "muted", size)
    return (Path(points, "line", curved=True), text)
