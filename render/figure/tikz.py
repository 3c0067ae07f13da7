r"""A scene as a TikZ picture: the same millimetres as the SVG.

The preamble needs `\usepackage{amsmath,tikz}` and no TikZ library; Chinese labels need ctex under XeLaTeX.
"""

from __future__ import annotations

import re

from render.figure.label import tex
from render.figure.scene import MARGIN, STYLES, Box, Circle, Path, Point, Scene, Shape, Style, Text
from render.figure.strokes import arrowhead, baseline, darker, hatching, number

ANCHORS = {"middle": "base", "start": "base west", "end": "base east"}
OPTIONS = "x=1mm,y=-1mm,line join=round,every node/.style={inner sep=0pt,outer sep=0pt,anchor=base}"


def tikz(scene: Scene) -> str:
    """The scene as one `tikzpicture` environment."""
    left, top, right, bottom = scene.bounds
    body: list[str] = []
    for shape in scene.placed(MARGIN - left, MARGIN - top).shapes:
        body += _shape(shape)
    colours = sorted(set(re.findall(r"\bgp([0-9A-F]{6})\b", "\n".join(body))))
    size = _at((right - left + 2 * MARGIN, bottom - top + 2 * MARGIN))
    lines = [
        rf"\begin{{tikzpicture}}[{OPTIONS}]",
        *(rf"\definecolor{{gp{colour}}}{{HTML}}{{{colour}}}" for colour in colours),
        rf"\useasboundingbox (0,0) rectangle {size};",
        *body,
        r"\end{tikzpicture}",
        "",
    ]
    return "\n".join(lines)


def _shape(shape: Shape) -> list[str]:
    style = STYLES[shape.style]
    if isinstance(shape, Box):
        corner = f",rounded corners={number(shape.radius)}mm" if shape.radius else ""
        first, last = _at((shape.x, shape.y)), _at((shape.x + shape.w, shape.y + shape.h))
        lines = [rf"\path[{_paint(style)}{corner}] {first} rectangle {last};"]
        if style.hatch:
            segments = " ".join(f"{_at(p)} -- {_at(q)}" for p, q in hatching(shape, style.hatch))
            lines.append(rf"\path[draw=gp{darker(style.fill)},line width=0.20mm] {segments};")
        return lines + _label(shape.x + shape.w / 2, shape.y + shape.h / 2, shape.label, style, shape.size)
    if isinstance(shape, Circle):
        circle = rf"\path[{_paint(style)}] {_at((shape.x, shape.y))} circle[radius={number(shape.r)}mm];"
        return [circle, *_label(shape.x, shape.y, shape.label, style, shape.size)]
    if isinstance(shape, Text):
        return _label(shape.x, shape.y, shape.label, style, shape.size, shape.anchor)
    return _path(shape, style)


def _path(path: Path, style: Style) -> list[str]:
    points, head = arrowhead(path) if path.arrow else (path.points, ())
    drawn = _at(points[0])
    if path.curved:
        for i in range(1, len(points), 3):
            first, second, end = map(_at, points[i : i + 3])
            drawn += f" .. controls {first} and {second} .. {end}"
    else:
        drawn += "".join(f" -- {_at(point)}" for point in points[1:])
    lines = [rf"\path[{_paint(style)}] {drawn};"]
    if head:
        lines.append(rf"\path[fill=gp{style.stroke}] {' -- '.join(map(_at, head))} -- cycle;")
    return lines


def _paint(style: Style) -> str:
    parts = [f"fill=gp{style.fill}"] if style.fill else []
    if style.stroke:
        parts += [f"draw=gp{style.stroke}", f"line width={number(style.width)}mm"]
    if style.dash:
        pairs = zip(style.dash[::2], style.dash[1::2], strict=True)
        parts.append("dash pattern=" + " ".join(f"on {number(on)}mm off {number(off)}mm" for on, off in pairs))
    return ",".join(parts)


def _label(x: float, y: float, label: str, style: Style, size: float, anchor: str = "middle") -> list[str]:
    if not label:
        return []
    at = _at((x, baseline(y, size)))
    points = f"{size:.2f}".rstrip("0").rstrip(".")
    font = rf"font=\fontsize{{{points}}}{{{points}}}\selectfont"
    side = "" if anchor == "middle" else f",anchor={ANCHORS[anchor]}"
    return [rf"\node[text=gp{style.ink},{font}{side}] at {at} {{${tex(label)}$}};"]


def _at(point: Point) -> str:
    return f"({number(point[0])},{number(point[1])})"
