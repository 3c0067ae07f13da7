"""A scene as SVG: one self-contained file without scripts, ids or outside fonts.

It lies on a white card of its own, so it reads alike on light and dark pages.
"""

from __future__ import annotations

from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from render.figure.label import SCRIPT_SIZE, runs
from render.figure.scene import (
    MARGIN,
    MM_PER_POINT,
    STYLES,
    Box,
    Circle,
    Path,
    Point,
    Scene,
    Shape,
    Style,
    Text,
)
from render.figure.strokes import arrowhead, baseline, darker, hatching, number

FONTS = (
    "'STIX Two Text','Times New Roman',Times,'Liberation Serif','DejaVu Serif','Noto Serif CJK SC',"
    "'Source Han Serif SC','Songti SC',SimSun,serif"
)
SHIFT = {0: 0.0, 1: -0.36, -1: 0.2}  # of scripts, in em of the base, downwards


def svg(scene: Scene, title: str = "", desc: str = "") -> str:
    """The scene as one `<svg>` element, sizes in mm.

    title, desc  already translated alternative text, for readers who do not see the picture.
    """
    left, top, right, bottom = scene.bounds
    w, h = number(right - left + 2 * MARGIN), number(bottom - top + 2 * MARGIN)
    about = [f"<{tag}>{_xml(text)}</{tag}>" for tag, text in (("title", title), ("desc", desc)) if text]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}mm" height="{h}mm" viewBox="0 0 {w} {h}" '
        + (f'role="img" aria-label={quoteattr(_clean(title))} ' if title else 'role="img" ')
        + f'style="max-width:100%;height:auto" font-family="{FONTS}" text-anchor="middle" stroke-linejoin="round">',
        *about,
        f'<rect width="{w}" height="{h}" rx="1.50" fill="#FFFFFF"/>',
    ]
    for shape in scene.placed(MARGIN - left, MARGIN - top).shapes:
        lines += _shape(shape)
    return "\n".join([*lines, "</svg>", ""])


def _shape(shape: Shape) -> list[str]:
    style = STYLES[shape.style]
    if isinstance(shape, Box):
        x, y, w, h = map(number, (shape.x, shape.y, shape.w, shape.h))
        rx = f' rx="{number(shape.radius)}"' if shape.radius else ""
        lines = [f'<rect x="{x}" y="{y}" width="{w}" height="{h}"{rx}{_paint(style)}/>']
        if style.hatch:
            d = "".join(f"M{_at(p)}L{_at(q)}" for p, q in hatching(shape, style.hatch))
            lines.append(f'<path d="{d}" stroke="#{darker(style.fill)}" stroke-width="0.20"/>')
        return lines + _label(shape.x + shape.w / 2, shape.y + shape.h / 2, shape.label, style, shape.size)
    if isinstance(shape, Circle):
        x, y, r = map(number, (shape.x, shape.y, shape.r))
        circle = f'<circle cx="{x}" cy="{y}" r="{r}"{_paint(style)}/>'
        return [circle, *_label(shape.x, shape.y, shape.label, style, shape.size)]
    if isinstance(shape, Text):
        return _label(shape.x, shape.y, shape.label, style, shape.size, shape.anchor)
    return _path(shape, style)


def _path(path: Path, style: Style) -> list[str]:
    points, head = arrowhead(path) if path.arrow else (path.points, ())
    commands = ["M" + _at(points[0])]
    if path.curved:
        commands += ["C" + " ".join(map(_at, points[i : i + 3])) for i in range(1, len(points), 3)]
    else:
        commands += ["L" + _at(point) for point in points[1:]]
    lines = [f'<path d="{"".join(commands)}"{_paint(style)}/>']
    if head:
        lines.append(f'<path d="M{"L".join(map(_at, head))}Z" fill="#{style.stroke}"/>')
    return lines


def _paint(style: Style) -> str:
    fill = f' fill="#{style.fill}"' if style.fill else ' fill="none"'
    stroke = f' stroke="#{style.stroke}" stroke-width="{number(style.width)}"' if style.stroke else ""
    dash = f' stroke-dasharray="{" ".join(map(number, style.dash))}"' if style.dash else ""
    return fill + stroke + dash


def _label(x: float, y: float, label: str, style: Style, size: float, anchor: str = "middle") -> list[str]:
    if not label:
        return []
    em = size * MM_PER_POINT
    spans = []
    levels = [0, *(run.level for run in runs(label))]
    for run, (before, level) in zip(runs(label), pairwise(levels), strict=True):
        shift = (SHIFT[level] - SHIFT[before]) * em
        marks = f' dy="{number(shift)}"' if before != level else ""
        marks += f' font-size="{number(em * SCRIPT_SIZE)}"' if level else ""
        marks += ' font-style="italic"' if run.kind == "italic" else ""
        spans.append(f"<tspan{marks}>{_xml(run.text)}</tspan>" if marks else _xml(run.text))
    where = f'x="{number(x)}" y="{number(baseline(y, size))}" font-size="{number(em)}" fill="#{style.ink}"'
    side = "" if anchor == "middle" else f' text-anchor="{anchor}"'
    return [f"<text {where}{side}>{''.join(spans)}</text>"]


def _at(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _clean(text: str) -> str:
    """Characters that XML refuses, and control characters, become spaces."""
    return "".join(c if c.isprintable() else " " for c in text)


def _xml(text: str) -> str:
    return escape(_clean(text))
