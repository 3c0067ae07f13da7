"""The words: both languages say the same things, every phrase can be read, nothing else can be smuggled in."""

import re
from pathlib import Path

import pytest

from render import words as module
from render.formats import escape_tex
from render.inline import CodeSpan, Emphasis, Formula, Link, Param, Text, pieces
from render.notes import INDEX, NOTES
from render.own.document import NAME as OWN
from render.words import WordsError, flat, languages, load, notes_with_words, placeholders, read, words
from symbolic.kernel.logic import Proof, Rule, Scope
from symbolic.terms.functions import TABLE

FILES = ("", *sorted({note for lang in languages() for note in notes_with_words(lang)}))


def phrases(lang: str, note: str) -> dict[str, str]:
    return load(module.FOLDER / lang / f"{note}.toml" if note else module.FOLDER / f"{lang}.toml")


def formulas(text: str) -> set[str]:
    return {piece.tex for paragraph in read(text, "") for piece in paragraph if isinstance(piece, Formula)}


def test_there_are_english_and_chinese() -> None:
    assert {"en", "zh"} <= set(languages())
    assert languages()[0] == "en"


@pytest.mark.parametrize("note", FILES)
@pytest.mark.parametrize("lang", [lang for lang in languages() if lang != "en"])
def test_every_language_has_the_same_keys_placeholders_and_formulas(lang: str, note: str) -> None:
    english, other = phrases("en", note), phrases(lang, note)
    assert english.keys() == other.keys()
    for key, text in english.items():
        assert placeholders(other[key], key) == placeholders(text, key), key
        assert formulas(other[key]) == formulas(text), key


@pytest.mark.parametrize("lang", languages())
def test_words_stand_in_files_of_notes_and_do_not_hide_common_ones(lang: str) -> None:
    common = phrases(lang, "")
    for note in notes_with_words(lang):
        assert note in (*NOTES, INDEX, OWN)
        assert not common.keys() & phrases(lang, note).keys()


@pytest.mark.parametrize("note", FILES)
def test_chinese_has_one_word_for_a_weight_and_full_width_punctuation(note: str) -> None:
    for key, text in phrases("zh", note).items():
        bare = re.sub(r"\$[^$]*\$|`[^`]*`|\{[a-z_]+\}|\]\(https[^)]*\)", "", text)
        assert not re.search(r"(?<!加)权(?!重)", bare), key
        assert not re.search(r"[,;:?!()]|[一-鿿] ?[.]", bare), key


def _kinds() -> list[type[Proof]]:
    """Our kinds of evidence; other tests may have made some of their own in the same process."""
    return [kind for kind in Proof.__subclasses__() if kind.__module__.startswith("symbolic.")]


@pytest.mark.parametrize("lang", languages())
def test_every_rule_kind_of_evidence_scope_and_kink_has_a_phrase(lang: str) -> None:
    import symbolic.kernel.reindex  # noqa: F401 - brings its kinds of evidence

    book = words(lang)
    keys = [f"rule.{rule.name}" for rule in Rule] + [f"scope.{scope.name}" for scope in Scope]
    keys += [f"{table}.{kind.__name__}" for kind in _kinds() for table in ("evidence", "kind")]
    keys += [f"given.{row.kink}" for row in TABLE.values() if row.kink]
    assert not [key for key in keys if key not in book.phrases]


@pytest.mark.parametrize("lang", languages())
def test_kinds_of_evidence_are_worded_differently(lang: str) -> None:
    texts = [text for key, text in words(lang).phrases.items() if key.startswith("evidence.")]
    assert len(set(texts)) == len(texts)


def test_chinese_prose_uses_full_width_punctuation() -> None:
    for note in FILES:
        for key, text in phrases("zh", note).items():
            plain = "".join(
                piece.text for paragraph in read(text, key) for piece in paragraph if isinstance(piece, Text)
            )
            assert not set(",;!?") & set(plain), (note, key)
            assert " 。" not in text, (note, key)


def test_a_missing_phrase_is_named_with_the_nearest() -> None:
    with pytest.raises(WordsError, match=r"no phrase 'rule\.CHAN' in words/en\.toml; did you mean 'rule\.CHAIN'"):
        words("en").text("rule.CHAN")
    with pytest.raises(WordsError, match="no words for the language 'fr'; there are en, zh"):
        words("fr")


def test_broken_files_are_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "xx.toml"
    path.write_text("a = ", encoding="utf-8")
    with pytest.raises(WordsError, match=r"xx\.toml is not readable as TOML"):
        load(path)
    with pytest.raises(WordsError, match=r"xx\.toml: 'a\.b' must be text in quotes; got 1"):
        flat({"a": {"b": 1}}, "xx.toml")


def test_marks_are_read() -> None:
    assert pieces("a {x} *b `c`* $d_{i}$ [e](https://f.org/g_h) {{}}") == (
        Text("a "),
        Param("x"),
        Text(" "),
        Emphasis((Text("b "), CodeSpan("c"))),
        Text(" "),
        Formula("d_{i}"),
        Text(" "),
        Link((Text("e"),), "https://f.org/g_h"),
        Text(" {}"),
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("so $a = b$", "has '=' in the formula"),
        (r"$\input{x}$", r"has '\\\\input' in the formula"),
        (r"$\operatorname{x}$", "operatorname"),
        ("a { b", "stray '{'"),
        ("a ` b", "stray '`'"),
        ("5 * 3", r"stray '\*'"),
        ("costs $5", r"stray '\$'"),
    ],
)
def test_what_is_no_mark_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(WordsError, match=f"the phrase 'k' .*{complaint}"):
        read(text, "k")


def test_lines_of_chinese_are_joined_without_a_space() -> None:
    assert pieces("卷积，\n它的核") == (Text("卷积，它的核"),)
    assert pieces("one\ntwo") == (Text("one two"),)


def test_tex_specials_are_escaped() -> None:
    assert escape_tex(r"\input{x}$&#%_^~") == (
        r"\textbackslash{}input\{x\}\$\&\#\%\_\textasciicircum{}\textasciitilde{}"
    )


def test_a_file_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "xx.toml"
    path.write_text('a = "one"', encoding="utf-8")
    found = load(path)
    found["b"] = "somebody else's"
    assert load(path) == {"a": "one"}
    path.write_text('a = "another"', encoding="utf-8")
    assert load(path) == {"a": "another"}
