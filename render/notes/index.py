"""The index: in which order to read the notes, what each answers and needs, and where to find a layer or a theorem.

Which theorems a note states or uses is read off the note itself; the layers are looked up in LAYERS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from render.document import (
    Block,
    Box,
    Bullets,
    Details,
    Document,
    Evidence,
    Heading,
    Inline,
    Prose,
    Table,
    Theorem,
    Words,
    phrase,
    prose,
)
from render.links import Listed, NoteLink
from render.notes import INDEX, NEEDS, NOTES, PATHS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from symbolic.kernel.step import Derivation

READERS = ("student", "lecturer", "engineer")
LAYERS = {
    "convolution": ("conv-sum-mse", "conv-layer", "conv-transpose"),
    "switches": ("strided-dilated-grouped", "conv-arithmetic"),
    "true-convolution": ("cnn-backprop", "wide-conv"),
    "transposed": ("transposed-conv", "conv-transpose"),
    "average": ("conv-avgpool-mse", "pool-backward"),
    "maximum": ("pool-backward", "numpy-operators"),
    "dense": ("cnn-backprop", "one-by-one-conv"),
    "sigmoid": ("cnn-backprop", "pool-backward"),
    "squared": ("scalar-net", "conv-sum-mse", "conv-avgpool-mse"),
    "softmax": ("softmax-cross-entropy",),
    "batch-norm": ("batch-norm",),
}


def index(notes: Mapping[str, Document], forms: Iterable[str] = ()) -> Document:
    """The index of these notes, all of NOTES, written in these formats."""
    titles = {name.replace("-", "_"): NoteLink(name) for name in NOTES}
    blocks: list[Block] = [prose("intro", count=len(NOTES)), *formats(forms)]
    blocks.append(Heading("start.title"))
    blocks.append(Bullets(tuple(Words(f"start.{reader}", titles) for reader in READERS)))
    blocks += [Heading("path.title"), Prose("path.text")]
    for path, names in PATHS.items():
        blocks += [Heading(f"{path}.title", 3), Prose(f"{path}.text")]
        blocks.append(Table(("path.note", "path.question", "path.needs"), tuple(map(_row, names))))
    layers = tuple((phrase(f"layer.{layer}"), _numbers(names)) for layer, names in LAYERS.items())
    blocks += [Heading("layer.title"), Prose("layer.text"), Table(("layer.layer", "layer.notes"), layers)]
    proved = tuple((Words(title), _numbers(names)) for title, names in theorems(notes).items())
    if proved:
        blocks += [Heading("proved.title"), Prose("proved.text"), Table(("proved.theorem", "proved.notes"), proved)]
    return Document(INDEX, "title", tuple(blocks))


def formats(forms: Iterable[str]) -> list[Block]:
    """The formats that the notes stand in side by side; nothing where there is one only.

    LaTeX is named without a link, as nobody reads it before it is typeset.
    """
    names = {form: phrase(f"form.{form}") for form in forms}
    links = tuple(text if form == "tex" else NoteLink(INDEX, text, form) for form, text in names.items())
    return [prose("formats", formats=Listed(links))] if len(links) > 1 else []


def _row(name: str) -> tuple[Inline, ...]:
    title = phrase("path.item", number=_number(name), note=NoteLink(name))
    return title, phrase(f"question.{name}"), _numbers(NEEDS[name]) if NEEDS[name] else phrase("path.nothing")


def _number(name: str) -> int:
    return NOTES.index(name) + 1


def _numbers(names: Iterable[str]) -> Listed:
    """Links to notes by their numbers."""
    return Listed(tuple(NoteLink(name, phrase("number", number=_number(name))) for name in sorted(names, key=_number)))


def theorems(notes: Mapping[str, Document]) -> dict[str, list[str]]:
    """Word key of a theorem's title -> the notes that state or use it; the fifteen size relationships are one."""
    from symbolic.theorems import THEOREMS, theorem

    parts = {id(part): key for key in THEOREMS for part in theorem(key).parts}
    used = {name: {parts.get(id(found), found.name) for found in _used(note.blocks)} for name, note in notes.items()}
    found: dict[str, list[str]] = {}
    for key in THEOREMS:
        title = "proved.arithmetic" if key.startswith("arithmetic-") else f"theorem.{key}.title"
        names = {name for name in notes if key in used[name]} | {*found.get(title, ())}
        if names:
            found[title] = sorted(names)
    return found


def _used(blocks: Iterable[Block]) -> Iterator[Derivation]:
    """The derivations that a note claims or states, and the theorems that they cite."""
    for block in blocks:
        match block:
            case Box() | Details():
                yield from _used(block.blocks)
            case Theorem():
                yield from (block.derivation, *block.derivation.theorems)
            case Evidence():
                for claim in block.claims:
                    yield from (claim.derivation, *claim.derivation.theorems)
