"""A language of the reader's own: one file, complete for what it is used for, and said so where it is not."""

import tomllib
from pathlib import Path

import pytest

from render import translation
from render.cli import main
from render.translation import one_file
from render.words import FOLDER, languages, load, words
from symbolic.errors import GradproofError


def language(folder: Path, name: str = "fr.toml", **changes: str) -> Path:
    """A file of words for French, English but for some changes of lines."""
    text = one_file("en")
    for old, new in changes.items():
        assert f"\n{old} = " in text
        text = text.replace(f"\n{old} = ", f"\n{new} = ", 1)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    translation._phrases.cache_clear()
    return path


def refusal(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    assert main(list(argv)) == 2
    return capsys.readouterr().err


@pytest.mark.parametrize("lang", languages())
def test_one_file_holds_every_phrase_of_a_language(lang: str, tmp_path: Path) -> None:
    path = tmp_path / f"{lang}.toml"
    path.write_text(one_file(lang), encoding="utf-8")
    if lang == "en":
        for note in ("", "conv-layer", "index", "derive"):
            assert words(str(path), note).phrases == words(lang, note).phrases
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    assert tables["notes"]["conv-layer"]["title"] == words(lang, "conv-layer").phrases["title"]


def test_a_note_is_written_in_the_language_of_a_file(tmp_path: Path) -> None:
    path = language(tmp_path)
    title = load(FOLDER / "en" / "wide-conv.toml")["title"]
    text = path.read_text(encoding="utf-8").replace(title, "Une convolution large")
    path.write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    formats = "md,tex,html,ipynb"
    assert main(["notes", "wide-conv", "--lang", str(path), "--format", formats, "--out", str(out)]) == 0
    for form in formats.split(","):
        assert "Une convolution large" in (out / "fr" / f"wide-conv.{form}").read_text(encoding="utf-8")
    assert '<html lang="fr"' in (out / "fr" / "wide-conv.html").read_text(encoding="utf-8")
    assert [*out.glob("figures/*.fr.svg")]


def test_derive_and_verify_take_the_file_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(language(tmp_path))
    out = tmp_path / "out"
    shapes = ["--shape", "X=3x3", "--shape", "F=2x2"]
    assert main(["derive", "sum(conv2d(X, F))", *shapes, "--lang", path, "--out", str(out)]) == 0
    assert (out / "fr").is_dir()
    assert main(["verify", "im2col", "--lang", path]) == 0
    assert "im2col" in capsys.readouterr().out


def test_an_unknown_phrase_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = language(tmp_path, semicolon="semicolons")
    said = refusal(capsys, "notes", "wide-conv", "--lang", str(path), "--out", str(tmp_path / "out"))
    assert "fr.toml: there is no phrase 'semicolons'; did you mean 'semicolon'?" in said
    assert not (tmp_path / "out").exists()


def test_a_missing_phrase_and_other_params_or_formulas_are_named(tmp_path: Path) -> None:
    path = language(tmp_path)
    whole = path.read_text(encoding="utf-8")
    for old, new, says in (
        ('figure = "Figure {number}"', "", "lacks the phrase 'block.figure'; `gradproof words` prints"),
        (
            '"Figure {number}"',
            '"Figure"',
            "the params of 'block.figure' must be those of the English phrase, number; got none",
        ),
        ('"Figure {number}"', '"Figure {number} $x$"', "the formulas of 'block.figure' must be"),
        ('"Figure {number}"', "7", "'block.figure' must be text"),
        ("[block]", "[block", "is not readable as TOML"),
    ):
        assert whole.count(old) == 1
        path.write_text(whole.replace(old, new), encoding="utf-8")
        translation._phrases.cache_clear()
        with pytest.raises(GradproofError) as caught:
            words(str(path), "wide-conv")
        assert says in str(caught.value)


def test_a_note_without_words_is_refused_and_another_still_written(tmp_path: Path) -> None:
    path = tmp_path / "fr.toml"
    tables = tomllib.loads(one_file("en"))
    tables["notes"] = {"wide-conv": tables["notes"]["wide-conv"]}
    import tomli_w

    path.write_text(tomli_w.dumps(tables), encoding="utf-8")
    translation._phrases.cache_clear()
    assert words(str(path), "wide-conv").lang == "fr"
    with pytest.raises(GradproofError, match=r"fr\.toml, \[notes\.conv-layer\] lacks the phrase 'title' and \d+ more"):
        words(str(path), "conv-layer")


@pytest.mark.parametrize("name", ["..toml", "../x y.toml", "a.toml", "francais!.toml", "<script>.toml"])
def test_a_file_that_is_not_named_by_a_language_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "name the file by its language's tag, such as fr.toml" in refusal(capsys, "notes", "--lang", name)


def test_files_that_cannot_be_read_and_folders_that_collide_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "out")]
    assert "cannot read the words" in refusal(capsys, "notes", "--lang", str(tmp_path / "de.toml"), *out)
    english = language(tmp_path, "en.toml")
    assert "would be written to one folder, en" in refusal(capsys, "notes", "--lang", f"en,{english}", *out)
    large = tmp_path / "de.toml"
    large.write_bytes(b"#" * (translation.MOST_BYTES + 1))
    assert "are not read" in refusal(capsys, "notes", "--lang", str(large), *out)
    assert not (tmp_path / "out").exists()
