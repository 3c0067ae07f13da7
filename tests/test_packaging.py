"""What a user receives: the wheel holds both packages whole and nothing else, and its command runs."""

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.tools import ROOT, tracked_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAME = f"{PROJECT['name']}-{PROJECT['version']}"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build an sdist, and from it a wheel: what the sdist lacks, the wheel lacks. No network is needed."""
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        (sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (path,) = built.glob("*.whl")
    return path


def package_files() -> set[str]:
    """Return every file of the two packages that git tracks or would track."""
    return {path.as_posix() for path in tracked_files(untracked=True) if path.parts[0] in {"symbolic", "render"}}


def test_wheel_holds_every_file_of_both_packages_and_no_other(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    metadata = {name for name in names if name.startswith(f"{NAME}.dist-info/")}
    assert names - metadata == package_files()
    assert f"{NAME}.dist-info/licenses/LICENSE" in metadata


def test_packages_hold_what_the_wheel_must_carry() -> None:
    files = package_files()
    assert {
        "symbolic/__init__.py",
        "symbolic/py.typed",
        "render/__init__.py",
        "render/py.typed",
        "render/cli.py",
        "render/words/en.toml",
        "render/words/zh.toml",
    } <= files
    for kind in ("latex", "markdown"):
        assert any(name.startswith(f"render/templates/{kind}") for name in files), kind


def test_wheel_declares_the_command_the_licence_and_the_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        scripts = archive.read(f"{NAME}.dist-info/entry_points.txt").decode()
        metadata = archive.read(f"{NAME}.dist-info/METADATA").decode().splitlines()
    assert scripts.split("\n\n") == [
        "[console_scripts]\ngradproof = render.cli:main",
        "[gradproof.printers]\npages = render.showing:show\n",
    ]
    assert {"License-Expression: MIT", "Requires-Python: >=3.11"} <= set(metadata)
    needs = {line for line in metadata if line.startswith("Requires-Dist:") and "extra ==" not in line}
    assert needs == {f"Requires-Dist: {need}" for need in PROJECT["dependencies"]}


def test_sdist_holds_sources_and_tests_and_no_leftovers(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.removeprefix(f"{NAME}/") for name in archive.getnames()}
    assert package_files() | {"LICENSE", "CHANGELOG.md", "README.md", "pyproject.toml", "tests/check.py"} <= names
    top = {name.partition("/")[0] for name in names}
    assert not top - {path.parts[0] for path in tracked_files(untracked=True)} - {"PKG-INFO"}
    assert not {name for name in names if "__pycache__" in name or name.startswith((".ci", ".github"))}


def test_what_users_hold_shows_itself_though_nobody_imports_a_page(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)  # noqa: S202 - our own wheel, built a moment ago
    script = "from symbolic import tensor\nprint(tensor('v', (2,))._repr_latex_())"
    done = subprocess.run(
        (sys.executable, "-c", script),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "$$v = \\begin{pmatrix} v_{1} & v_{2} \\end{pmatrix}$$\n"


def test_command_runs_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)  # noqa: S202 - our own wheel, built a moment ago
    script = (
        "import importlib.metadata, sys\n"
        "found = importlib.metadata.distribution('gradproof').entry_points\n"
        "(entry,) = found.select(group='console_scripts')\n"
        "main = entry.load()\n"
        "print(sys.modules[main.__module__].__file__)\n"
        "sys.argv = ['gradproof', '--version']\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        (sys.executable, "-c", script),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    origin, version = done.stdout.splitlines()
    assert Path(origin).is_relative_to(tmp_path)
    assert PROJECT["version"] in version.split()
