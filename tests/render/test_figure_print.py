"""Both printers: well-formed, self-contained, deterministic, alike, readable in grey, at most a page wide."""

import re
import subprocess
import sys
from itertools import combinations, pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from render.figure import PAGE_WIDTH, Scene, prose, svg, tikz
from render.figure.scene import MARGIN, MM_PER_POINT, STYLES, WEIGHTS, Box, Circle, Text, brace
from render.figure.scene import Path as Line
from render.figure.strokes import arrowhead, hatching
from tests.render.gallery_of_scenes import scenes
from tests.tools import ROOT, require_tool

SVG = "{http://www.w3.org/2000/svg}"
NAMES = list(scenes())


@pytest.mark.parametrize("name", NAMES)
def test_no_scene_is_wider_than_the_page(name: str) -> None:
    assert scenes()[name].width + 2 * MARGIN <= PAGE_WIDTH + 1e-9
    assert scenes()[name].bounds[:2] == pytest.approx((0, 0))


@pytest.mark.parametrize("name", NAMES)
def test_svg_is_one_self_contained_picture(name: str) -> None:
    text = svg(scenes()[name], title="题目 <1>", desc='a "b" & c')
    root = ET.fromstring(text)  # noqa: S314 (our own print)
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == root.get("aria-label") == "题目 <1>"
    assert root.findtext(f"{SVG}desc") == 'a "b" & c'
    allowed = {"svg", "title", "desc", "rect", "circle", "path", "text", "tspan"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= allowed
    assert not any(key.startswith(("on", "href", "id")) for element in root.iter() for key in element.attrib)
    assert "url(" not in text
    card = root.find(f"{SVG}rect")
    assert card is not None
    assert card.get("fill") == "#FFFFFF"
    assert (card.get("width"), card.get("height")) == tuple((root.get("viewBox") or "").split()[2:])


@pytest.mark.parametrize("name", NAMES)
def test_coordinates_have_two_decimals_and_stay_on_the_card(name: str) -> None:
    text = svg(scenes()[name])
    root = ET.fromstring(text)  # noqa: S314 (our own print)
    width, height = map(float, (root.get("viewBox") or "").split()[2:])
    for element in root.iter():
        for key in ("x", "y", "cx", "cy", "r", "width", "height", "dy", "font-size", "stroke-width"):
            value = element.get(key)
            assert value is None or re.fullmatch(r"-?\d+\.\d\d(mm)?", value), (key, value)
        points = re.findall(r"(-?[\d.]+) (-?[\d.]+)", element.get("d") or "")
        assert all(-0.01 <= float(x) <= width and -0.01 <= float(y) <= height for x, y in points)
    assert "-0.00" not in text + tikz(scenes()[name])


@pytest.mark.parametrize("name", NAMES)
def test_the_two_prints_have_the_same_shapes_at_the_same_places(name: str) -> None:
    drawn, set_in_tex = svg(scenes()[name]), tikz(scenes()[name])
    texts = [(float(x), float(y)) for x, y in re.findall(r'<text x="([-\d.]+)" y="([-\d.]+)"', drawn)]
    nodes = [(float(x), float(y)) for x, y in re.findall(r"\] at \(([-\d.]+),([-\d.]+)\) \{\$", set_in_tex)]
    assert texts == nodes
    rects = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)"', drawn)
    assert rects == re.findall(r"\] \(([\d.]+),([\d.]+)\) rectangle", set_in_tex)
    hatches = [
        len(re.findall("M", d)) for d in re.findall(r'<path d="([^"]*)" stroke="#\w+" stroke-width="0.20"', drawn)
    ]
    assert hatches == [line.count(" -- ") for line in set_in_tex.splitlines() if "line width=0.20mm] (" in line
                       and "fill=" not in line and "rectangle" not in line]  # fmt: skip


def test_every_process_prints_the_same_bytes() -> None:
    script = (
        "import hashlib\n"
        "from render.figure import svg, tikz\n"
        "from tests.render.gallery_of_scenes import scenes\n"
        "print(hashlib.sha256(''.join(svg(s, n) + tikz(s) for n, s in scenes().items()).encode()).hexdigest())\n"
    )
    runs = [
        subprocess.run(
            (sys.executable, "-c", script),
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]


def test_pictures_import_neither_sympy_nor_numpy() -> None:
    script = "import sys, render.figure; sys.exit(bool({'sympy', 'numpy'} & set(sys.modules)))"
    subprocess.run((sys.executable, "-c", script), cwd=ROOT, check=True)


@pytest.mark.parametrize("name", NAMES)
def test_no_label_overflows_its_box(name: str) -> None:
    for shape in scenes()[name].shapes:
        if isinstance(shape, Box | Circle) and shape.label:
            left, top, right, bottom = shape.bounds
            text = Text((left + right) / 2, (top + bottom) / 2, shape.label, "ink", shape.size)
            assert text.bounds[0] >= left
            assert text.bounds[2] <= right
            assert text.bounds[3] - text.bounds[1] <= bottom - top


def grey(colour: str) -> float:
    """The luminance of RRGGBB, from 0 to 1."""
    r, g, b = (int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_weights_differ_without_colour() -> None:
    looks = {(round(grey(style.fill), 2), style.hatch) for n in range(WEIGHTS) for style in [STYLES[f"weight-{n}"]]}
    assert len(looks) == WEIGHTS
    nine = [STYLES[f"weight-{n}"] for n in range(9)]
    for one, other in combinations(nine, 2):
        assert one.hatch != other.hatch or abs(grey(one.fill) - grey(other.fill)) > 0.05
    assert all(one.hatch != other.hatch for one, other in pairwise(nine))


def test_roles_differ_without_colour() -> None:
    roles = [STYLES[name] for name in ("input", "kernel", "chosen", "padding", "inserted", "zero")]
    for one, other in combinations(roles, 2):
        assert (one.hatch, one.dash, one.width) != (other.hatch, other.dash, other.width)
    assert STYLES["forward"].dash != STYLES["backward"].dash


@pytest.mark.parametrize("name", list(STYLES))
def test_labels_stand_out_from_their_fill(name: str) -> None:
    style = STYLES[name]
    light, dark = grey(style.fill or "FFFFFF"), grey(style.ink)
    assert name == "point" or light - dark > 0.4


def test_hostile_labels_stay_text_in_both_prints() -> None:
    scene = Scene((Box(0, 0, 60, 8, "cell", prose(r"<script>\input{x}&$%#_{7*7}")), Text(0, 12, prose("\0\x1b\n"))))
    drawn = svg(scene, title="<script>", desc="]]>")
    root = ET.fromstring(drawn)  # noqa: S314 (our own print)
    assert "<script" not in drawn
    assert (root.findtext(f"{SVG}text") or "") == r"<script>\input{x}&$%#_{7*7}"
    assert r"\input" not in tikz(scene)
    assert "\0" not in tikz(scene)


@pytest.mark.parametrize("kind", ["/", "\\", "-", "|", ".", "/\\", "-|"])
@pytest.mark.parametrize("size", [(2.0, 2.0), (9.0, 9.0), (3.0, 12.0), (12.0, 3.0)])
def test_hatches_stay_inside_their_box(kind: str, size: tuple[float, float]) -> None:
    box = Box(10, 20, *size, "cell")
    segments = hatching(box, kind)
    assert segments
    for point in (p for segment in segments for p in segment):
        assert 10 - 1e-9 <= point[0] <= 10 + size[0] + 1e-9
        assert 20 - 1e-9 <= point[1] <= 20 + size[1] + 1e-9


def test_an_arrowhead_points_where_the_line_ends() -> None:
    points, (tip, left, right) = arrowhead(Line(((0, 0), (10, 0)), arrow=True))
    assert tip == (10, 0)
    assert 0 < points[-1][0] < 10
    assert left[0] == right[0] < 10
    assert left[1] == -right[1] != 0


def test_a_brace_spans_its_ends_with_its_label_outside() -> None:
    path, text = brace(2, 12, 5, "n")
    assert isinstance(path, Line)
    assert isinstance(text, Text)
    assert (path.points[0], path.points[-1]) == ((2, 5), (12, 5))
    assert min(y for _, y in path.points) == 3 > text.bounds[3]
    path, text = brace(2, 12, 5, "n", left=True)
    assert isinstance(path, Line)
    assert (path.points[0], path.points[-1]) == ((5, 2), (5, 12))
    assert text.bounds[2] < 3


def test_placing_scales_about_the_origin_and_keeps_text_in_proportion() -> None:
    scene = Scene((Box(1, 2, 3, 4, "cell", "X", 10), Text(5, 5, "O"), Circle(2, 2, 1, "operator")))
    half = scene.placed(10, 20, 0.5)
    assert half.shapes[0] == Box(10.5, 21, 1.5, 2, "cell", "X", 5)
    assert half.width == pytest.approx(scene.width / 2)
    assert scene.within(2 * MARGIN + scene.width / 4).width == pytest.approx(scene.width / 4)
    assert scene.within() is scene


@pytest.mark.slow
@pytest.mark.parametrize("chinese", [False, True])
def test_the_gallery_compiles_in_tex(tmp_path: Path, *, chinese: bool) -> None:
    labels = ["x_{1}^{2}_{3}", "σ′^{2}", prose(r'\{}$&#%~^_<>"`|-'), "a<b>c|d'e~f`\\", "x_{i+1}", "δ ⋆ rot180 F, ∑"]
    extra = {"labels": Scene(tuple(Text(0, 6 * i, label) for i, label in enumerate(labels)))}
    shown = {**scenes(), **extra} if chinese else {n: s for n, s in {**scenes(), **extra}.items() if n != "flips"}
    body = "\n\n".join(tikz(scene) for scene in shown.values())
    kind = "ctexart" if chinese else "article"
    source = rf"\documentclass{{{kind}}}\usepackage{{amsmath,tikz}}\begin{{document}}{body}\end{{document}}"
    (tmp_path / "gallery.tex").write_text(source, encoding="utf-8")
    done = subprocess.run(
        (require_tool("xelatex"), "-interaction=nonstopmode", "-halt-on-error", "gallery.tex"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Missing character" not in (tmp_path / "gallery.log").read_text(encoding="utf-8", errors="replace")


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_an_outside_renderer_draws_every_svg(name: str, tmp_path: Path) -> None:
    (tmp_path / "scene.svg").write_text(svg(scenes()[name], title=name), encoding="utf-8")
    command = (require_tool("rsvg-convert"), "scene.svg", "-o", "scene.png")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    header = (tmp_path / "scene.png").read_bytes()[16:24]
    width = int.from_bytes(header[:4], "big")
    assert width == pytest.approx((scenes()[name].width + 2 * MARGIN) * 96 / 25.4, abs=2)


def test_sizes_of_text_are_points() -> None:
    assert f'font-size="{10 * MM_PER_POINT:.2f}"' in svg(Scene((Text(0, 0, "X"),)))
    assert r"\fontsize{10}{10}" in tikz(Scene((Text(0, 0, "X"),)))
