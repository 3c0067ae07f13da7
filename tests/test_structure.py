"""The shape of the project: small files, one direction of imports, three separate roads, a quick `--help`."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.import_graph import imports, modules, reached
from tests.tools import ROOT, tracked_files

PACKAGES = ("symbolic", "render")
LONGEST = 280  # lines of a Python file

TOP_LEVEL = {"symbolic", "render", "tests", "output"} | {
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "pyproject.toml",
    "uv.lock",
}

# No gradient may rest on another road's: what each road's module must not reach.
ROADS = {
    "symbolic.roads.by_sympy": {
        "symbolic.roads.reverse",
        "symbolic.roads.evaluate",
        "symbolic.network.derived",
        "symbolic.roads.numeric",
    },
    "symbolic.roads.numeric": {
        "symbolic.roads.reverse",
        "symbolic.roads.evaluate",
        "symbolic.network.derived",
        "symbolic.roads.by_sympy",
        "symbolic.terms.form",
        "symbolic.terms.layers",
    },
}

# A folder of somebody's machine; a relative path or one inside an address has a name or a dot before it.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|farm|root|opt|(?:home|Users)/[\w.-]+)/")


@pytest.mark.parametrize("package", PACKAGES)
def test_no_file_outgrows_its_purpose(package: str) -> None:
    lengths = {path: path.read_text(encoding="utf-8").count("\n") for path in modules(ROOT / package).values()}
    assert lengths, f"{package} has no modules"
    assert not {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > LONGEST}


def test_the_mathematics_knows_no_page() -> None:
    files = modules(ROOT / "symbolic")
    importers = {name for name, path in files.items() for target in imports(path, name) if _is_render(target)}
    # Under TYPE_CHECKING as well: a type of the page in the mathematics would be knowledge of it.
    pattern = re.compile(r"^\s*(?:import|from)\s+render\b", re.MULTILINE)
    importers |= {name for name, path in files.items() if pattern.search(path.read_text(encoding="utf-8"))}
    assert not importers


def _is_render(target: str) -> bool:
    return target.partition(".")[0] == "render"


@pytest.mark.parametrize("road", ROADS)
def test_the_roads_to_a_gradient_are_separate(road: str) -> None:
    assert not reached(ROOT / "symbolic", road) & ROADS[road]


def test_the_table_of_roads_names_modules_that_exist() -> None:
    named = ROADS.keys() | set().union(*ROADS.values())
    assert not named - modules(ROOT / "symbolic").keys()


@pytest.mark.parametrize(
    ("line", "sees"),
    [
        ("import pack.b", True),
        ("from pack import b", True),
        ("from .b import grad", True),
        ("from . import b", True),
        ("from pack.b import grad as innocent", True),
        ("def f():\n    from pack import b", True),
        ("from importlib import import_module\nimport_module('pack.b')", True),
        ("from pack import grad", True),  # the package may hand out anybody's names
        ("from pack import *", True),
        ("import pack", True),
        ("from pack import c", True),  # c imports b
        ("import pack.sub.d", True),  # pack/sub/__init__.py imports b
        ("from pack import quiet", False),
        ("import other.b", False),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pack import b", False),
        ("from typing import TYPE_CHECKING\nif not TYPE_CHECKING:\n    from pack import b", True),
        ("# import pack.b", False),
    ],
)
def test_a_hidden_import_is_found(tmp_path: Path, line: str, *, sees: bool) -> None:
    sources = {
        "__init__": "",
        "a": line,
        "b": "def grad(): ...",
        "c": "from .b import grad",
        "quiet": "import math",
        "sub/__init__": "from ..b import grad",
        "sub/d": "",
    }
    for name, source in sources.items():
        path = tmp_path / "pack" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    assert ("pack.b" in reached(tmp_path / "pack", "pack.a")) is sees


def test_a_road_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match=r"has no module lost\.road"):
        reached(tmp_path / "lost", "lost.road")


def test_the_top_level_holds_only_what_belongs_there() -> None:
    names = {path.parts[0] for path in tracked_files()}
    assert not {name for name in names - TOP_LEVEL if not name.startswith(".")}


def test_no_tracked_file_names_a_machine_path() -> None:
    found = []
    for path in tracked_files():
        content = (ROOT / path).read_bytes()
        if b"\0" in content:
            continue  # a picture, a font or an array, no text
        lines = enumerate(content.decode("utf-8").splitlines(), start=1)
        found += [f"{path}:{number}: {line.strip()}" for number, line in lines if MACHINE_PATH.search(line)]
    assert not found


@pytest.mark.parametrize("folder", ["work", "farm", "root", "home/ann", "Users/ann"])
def test_machine_paths_are_recognized(folder: str) -> None:
    path = f"/{folder}/x.py"
    assert all(MACHINE_PATH.search(text) for text in (path, f"see {path}", f"'{path}'", f"file://{path}"))
    assert not MACHINE_PATH.search(f"https://example.org{path} ..{path}")


def test_help_pays_neither_for_sympy_nor_for_numpy() -> None:
    script = (
        "import sys\n"
        "from render.cli import main\n"
        "try:\n"
        "    status = main(['--help'])\n"
        "except SystemExit as stop:\n"
        "    status = stop.code\n"
        "print('imported:', *sorted({'sympy', 'numpy'} & set(sys.modules)))\n"
        "sys.exit(status)\n"
    )
    done = subprocess.run((sys.executable, "-c", script), cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "gradproof" in done.stdout
    assert done.stdout.splitlines()[-1] == "imported:"


def test_the_two_lists_of_operators_are_one() -> None:
    """`symbolic` loads the operators when first used, so that it lists them without importing them."""
    import symbolic
    from symbolic import functional

    homes = {name for name in symbolic.__all__ if name not in functional.__all__}
    assert sorted(set(symbolic.__all__) - homes) == sorted(functional.__all__)
    assert len(symbolic.__all__) == len(set(symbolic.__all__))
    assert homes == {
        "tensor", "derive", "check", "check_backward", "check_function", "GradproofError", "ProofError", "Step",
        "Derivation",
    }  # fmt: skip
    for name in functional.__all__:
        assert getattr(symbolic, name) is getattr(functional, name)
    assert set(dir(symbolic)) == set(symbolic.__all__)
