"""What both printers draw alike: hatches as segments, arrowheads as triangles.

So the two prints agree to the hundredth of a millimetre and need neither marker ids, which clash in one HTML
page, nor TikZ libraries.
"""

from __future__ import annotations

from math import hypot

from render.figure.scene import MM_PER_POINT, Box, Path, Point

SPACING = 1.5  # mm between the lines of a hatch
HEAD, HALF_HEAD = 2.0, 0.75  # length and half width of an arrowhead, mm


def number(value: float) -> str:
    """Two decimals, no negative zero: hundredths of a millimetre."""
    text = f"{value:.2f}"
    return "0.00" if text == "-0.00" else text


def baseline(y: float, size: float) -> float:
    """The baseline of text of `size` points whose middle height is y."""
    return y + 0.34 * size * MM_PER_POINT


def darker(colour: str) -> str:
    """A hatch's colour on its fill: present, but quieter than the label over it."""
    return "".join(f"{int(colour[i : i + 2], 16) * 14 // 16:02X}" for i in (0, 2, 4))


def hatching(box: Box, kinds: str) -> tuple[tuple[Point, Point], ...]:
    r"""The segments of the hatch inside a box. kinds: / and \ diagonals, - and | parallels, . dots."""
    found: list[tuple[Point, Point]] = []
    for kind in kinds:
        if kind in "/\\":
            found += _diagonals(box, mirrored=kind == "\\")
        elif kind == "-":
            found += [((box.x, y), (box.x + box.w, y)) for y in _stations(box.y, box.h)]
        elif kind == "|":
            found += [((x, box.y), (x, box.y + box.h)) for x in _stations(box.x, box.w)]
        else:
            found += [((x - 0.25, y), (x + 0.25, y)) for y in _stations(box.y, box.h) for x in _stations(box.x, box.w)]
    return tuple(found)


def _stations(start: float, length: float) -> list[float]:
    count = max(1, round(length / SPACING))
    return [start + length * (2 * i + 1) / (2 * count) for i in range(count)]


def _diagonals(box: Box, *, mirrored: bool) -> list[tuple[Point, Point]]:
    """Lines of slope 45°, their feet SPACING * sqrt 2 apart, centred so that equal boxes look alike."""
    w, h = box.w, box.h
    found = []
    for c in _stations(0.0, w + h):  # the line dx + dy = c
        (x0, y0), (x1, y1) = (min(c, w), c - min(c, w)), (c - min(c, h), min(c, h))
        ends = ((w - x0, y0), (w - x1, y1)) if mirrored else ((x0, y0), (x1, y1))
        found.append(((box.x + ends[0][0], box.y + ends[0][1]), (box.x + ends[1][0], box.y + ends[1][1])))
    return found


def arrowhead(path: Path) -> tuple[tuple[Point, ...], tuple[Point, Point, Point]]:
    """The path's points shortened to the foot of the head, and the head's triangle."""
    (tx, ty) = path.points[-1]
    (fx, fy) = next(p for p in reversed(path.points[:-1]) if p != path.points[-1])
    length = hypot(tx - fx, ty - fy)
    ux, uy = (tx - fx) / length, (ty - fy) / length
    head = min(HEAD, 0.7 * length) if len(path.points) == 2 else HEAD
    bx, by = tx - ux * head, ty - uy * head
    triangle = (
        (tx, ty),
        (bx - uy * HALF_HEAD, by + ux * HALF_HEAD),
        (bx + uy * HALF_HEAD, by - ux * HALF_HEAD),
    )
    foot = (tx - ux * head * 0.9, ty - uy * head * 0.9)
    return ((*path.points[:-1], foot), triangle)
