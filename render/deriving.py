"""`gradproof derive`: the note on a network of the reader's own, and its gradients in the terminal."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from render.notes import INDEX, NOTES
from render.options import add_looks, add_pages, chosen, languages_in, looks
from symbolic.errors import GradproofError, nearest

if TYPE_CHECKING:
    import argparse

    from render.own.document import Network
    from symbolic.terms.term import Tensor

NAME = "derive"
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
EXAMPLE = "gradproof derive 'mse_loss(avg_pool2d(conv2d(X, F), 2), T)' --shape X=4x4 --shape F=3x3 --shape T=1x1"


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `derive` to the subcommands of `gradproof`."""
    command = commands.add_parser(
        "derive",
        help="write a note on a network of your own",
        description="Derive the gradients of a network of your own and write the note, every equality in it checked.",
        epilog=f"Example: {EXAMPLE}",
    )
    command.add_argument("expr", metavar="EXPR", help="the network, a call in the names of torch.nn.functional")
    command.add_argument(
        "--shape",
        action="append",
        default=[],
        metavar="NAME=SIZES",
        help="a tensor's shape: X=4x4, b=2, t= for a number",
    )
    command.add_argument("--at", metavar="FILE", help='JSON with the values of every tensor, {"X": [[1, 2], [3, 4]]}')
    command.add_argument(
        "--wrt", default="", metavar="NAME,...", help="the gradients to tell (default: of every input)"
    )
    command.add_argument("--print", action="store_true", dest="show", help="print the gradients; no note without --out")
    add_pages(command)
    command.add_argument("--out", metavar="DIR", help="folder to write to (default: notes)")
    command.add_argument("--name", default=NAME, metavar="NAME", help=f"name of the files (default: {NAME})")
    add_looks(command)
    command.set_defaults(run=write_derivation)


def write_derivation(arguments: argparse.Namespace) -> int:
    """`gradproof derive`: all that can be refused is refused before the first file is written."""
    from render.formats import FORMATS
    from render.write import page, pdfs, write_all
    from symbolic.files import try_folder

    langs = languages_in(arguments.lang)
    forms = chosen(arguments.format.split(","), tuple(FORMATS), "format")
    notation = looks(arguments, forms)
    refuse_name(arguments.name)
    out = None if arguments.show and arguments.out is None else Path(arguments.out or "notes")
    network = read(arguments)
    values = None if arguments.at is None else values_at(Path(arguments.at), network)
    if out is not None:
        try_folder(out)
    shown = ""
    if arguments.show:
        from render.own.printing import printed

        shown = printed(network, values) + "\n"
    if out is None:
        sys.stdout.write(shown)
        return 0
    from render.own.budget import PAGE
    from render.own.document import document

    if network.factors > PAGE:
        sys.stderr.write(
            f"gradproof: written out in full this would have about {network.factors:,} factors; "
            "of large arrays the note tells one entry\n"
        )
    told = replace(document(network, arguments.expr, values), file=arguments.name)
    files: dict[str, str] = {}
    for lang in langs:
        for form in forms:
            files |= page(told, lang, form, notation, fragment=arguments.fragment)
    written = write_all(out, files)
    sys.stdout.write(shown)
    for path in sorted([*written, *pdfs(written, *forms)]):
        sys.stdout.write(f"{path}\n")
    return 0


def refuse_name(name: str) -> None:
    """Raise GradproofError for a name that no file should have, or that a note has."""
    if FILE_NAME.fullmatch(name) is None:
        raise GradproofError(
            f"--name {name:.60}: a file's name begins with a letter or digit and has up to 60 letters, digits, "
            "'.', '_' and '-'"
        )
    if name in {*NOTES, INDEX}:
        raise GradproofError(f"--name {name}: a note of `gradproof notes` has this name; take another one")


def values_at(path: Path, network: Network) -> dict[str, Any]:
    """The values of a file, each of its tensor's shape."""
    from render.given import read_values_file
    from symbolic.network.values import read_values

    values = read_values_file(path)
    read_values(values, network.derived.inputs)
    return values


def read(arguments: argparse.Namespace) -> Network:
    """The network of the arguments, with names for its results."""
    from render.own.document import Network
    from symbolic.functional.text import network, read_shapes

    shapes = read_shapes(arguments.shape)
    found = network(arguments.expr, shapes)
    inputs = _inputs(found)
    unused = [name for name in shapes if name not in inputs]
    if unused:
        known = ", ".join(inputs)
        raise GradproofError(
            f"--shape {unused[0]}: no such tensor in EXPR, which has {known}{nearest(unused[0], inputs)}"
        )
    wrt = [name.strip() for name in arguments.wrt.split(",") if name.strip()]
    for name in wrt:
        if name not in inputs:
            known = ", ".join(inputs)
            raise GradproofError(f"--wrt {name:.40}: EXPR has no such tensor; it has {known}{nearest(name, inputs)}")
    return Network(found, wrt)


def _inputs(found: Tensor) -> list[str]:
    from symbolic.terms.term import Leaf, walk

    return list(dict.fromkeys(term.name for term in walk(found) if isinstance(term, Leaf)))
