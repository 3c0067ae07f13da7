"""The gallery in output/: what the command writes today, byte for byte, and nothing left over from yesterday."""

import re
import subprocess
from pathlib import Path

import pytest

from render.cli import main
from render.notes import INDEX, NOTES
from render.words import languages
from tests.tools import ROOT, require_tool

OUTPUT = ROOT / "output"
SAMPLE = "conv-layer"  # the note that is committed in the other formats as well
KINDS = {".md", ".svg"}
SAMPLES = {f"{SAMPLE}{suffix}" for suffix in (".tex", ".html", ".ipynb")}
COMMANDS = (["notes", "--format", "md,tex"], ["notes", SAMPLE, "--format", "html,ipynb"])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("gallery")
    for command in COMMANDS:
        assert main([*command, "--lang", "en,zh", "--out", str(out)]) == 0
    return out


def files(folder: Path) -> dict[str, bytes]:
    """The pages and pictures below a folder, and the LaTeX of the sample."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in KINDS or path.name in SAMPLES
    }


def test_the_gallery_is_what_the_command_writes(written: Path) -> None:
    fresh, committed = files(written), files(OUTPUT)
    assert sorted(committed) == sorted(fresh)
    changed = [name for name, text in fresh.items() if committed[name] != text]
    again = " and ".join(" ".join(["gradproof", *command, "--lang en,zh --out output"]) for command in COMMANDS)
    assert not changed, f"regenerate output/ with {again}: {changed}"


def test_every_note_stands_in_every_language_with_its_pictures() -> None:
    names = set(files(OUTPUT))
    for lang in languages():
        assert {f"{lang}/{note}.md" for note in (*NOTES, INDEX)} | {f"{lang}/{name}" for name in SAMPLES} <= names
        for note in NOTES:
            text = (OUTPUT / lang / f"{note}.md").read_text(encoding="utf-8")
            pictures = [name for name in names if name.startswith(f"figures/{note}-") and name.endswith(f".{lang}.svg")]
            assert pictures
            assert all(f"(../{picture})" in text for picture in pictures)


@pytest.mark.slow
@pytest.mark.parametrize("note", NOTES)
@pytest.mark.parametrize("lang", languages())
def test_every_note_compiles_without_missing_letters_or_wide_lines(
    written: Path, lang: str, note: str, tmp_path: Path
) -> None:
    command = (require_tool("xelatex"), "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape")
    source = written / lang / f"{note}.tex"
    done = subprocess.run((*command, str(source)), cwd=tmp_path, capture_output=True, check=False, timeout=120)
    log = (tmp_path / f"{note}.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-3000:]
    assert "Missing character" not in log
    assert not [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log) if float(points) > 5]
