"""The command `gradproof`. SymPy and NumPy are imported by what needs them, so `--help` answers at once.

Exit status: 0 done, 1 something is not proved, 2 unusable input, with one sentence on stderr that begins with
`gradproof: `.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from render.book import write_notes
from render.deriving import add_command
from render.exercise_arguments import add_commands
from render.notes import INDEX, NOTES
from render.options import add_looks, add_pages, chosen, language_in
from symbolic import __version__
from symbolic.errors import GradproofError

if TYPE_CHECKING:
    from collections.abc import Sequence


class Parser(argparse.ArgumentParser):
    """argparse with one sentence for an error, as everywhere in this program."""

    def error(self, message: str) -> NoReturn:
        """Print the sentence and leave with status 2."""
        raise GradproofError(f"{message}; see `{self.prog} --help`")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with `argv` (the process's arguments by default); the exit status."""
    try:
        return _run(argv)
    except GradproofError as error:
        print(f"gradproof: {error}", file=sys.stderr)
        return 2
    except ArithmeticError as error:
        if type(error) is not ArithmeticError:  # a division by 0 of ours: the traceback says where
            raise
        print(f"gradproof: {error}; this is a fault of gradproof, and nothing was written", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader has closed the pipe, as `head` does; nothing is left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("gradproof: stopped", file=sys.stderr)
        return 130


def _run(argv: Sequence[str] | None) -> int:
    arguments = parser().parse_args(argv)
    status = int(arguments.run(arguments))
    sys.stdout.flush()
    return status


def parser() -> Parser:
    """The arguments of the command and its subcommands."""
    top = Parser(prog="gradproof", description="Exact gradients of convolutional networks, proved and written down.")
    top.add_argument("--version", action="version", version=f"gradproof {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    notes = commands.add_parser(
        "notes",
        help="write the notes",
        description="Write the notes, every equality in them checked.",
        epilog=f"The notes, in reading order: {', '.join(NOTES)}; {INDEX} is the page that says what each answers.",
    )
    notes.add_argument("names", nargs="*", metavar="NAME", help="a note, or index; all of them by default")
    add_pages(notes, ", coq (a certificate)")
    notes.add_argument("--out", default="notes", metavar="DIR", help="folder to write to (default: notes)")
    add_looks(notes)
    notes.set_defaults(run=write_notes)
    add_command(commands)
    verify = commands.add_parser(
        "verify",
        help="prove the theorems for all sizes",
        description="Prove the theorems for all sizes, and print what is proved, under which conditions and how.",
    )
    verify.add_argument("names", nargs="*", metavar="NAME", help="a theorem; all of them by default")
    verify.add_argument("--lang", default="en", metavar="LANG", help="language, en or zh (default: en)")
    verify.add_argument("--format", default="text", metavar="FORMAT", help="text or json (default: text)")
    verify.add_argument("-v", "--steps", action="store_true", help="every derivation, a reason beside each line")
    verify.add_argument("--export", metavar="DIR", help="write every derivation to DIR as JSON as well")
    verify.add_argument("--recheck", metavar="DIR", help="prove what was exported to DIR again, from its files alone")
    verify.add_argument("--certificate", metavar="DIR", help="write Coq files to DIR that prove the theorems again")
    verify.add_argument("--check", action="store_true", help="with --certificate: have coqc check what was written")
    verify.set_defaults(run=verify_theorems)
    add_commands(commands)
    translate = commands.add_parser(
        "words",
        help="print every phrase of the notes, to be translated",
        description="Print every phrase of the notes as one TOML file. Translate it, name it by its language, such as "
        "fr.toml, and hand it to `gradproof notes --lang fr.toml`.",
    )
    translate.add_argument("--lang", default="en", metavar="LANG", help="language to begin with (default: en)")
    translate.set_defaults(run=print_words)
    return top


def print_words(arguments: argparse.Namespace) -> int:
    """`gradproof words`: one TOML file with every phrase of a language."""
    from render.translation import one_file
    from render.words import languages

    (lang,) = chosen([arguments.lang], languages(), "language")
    print(one_file(lang), end="")
    return 0


def verify_theorems(arguments: argparse.Namespace) -> int:
    """`gradproof verify`: the theorems asked for; 1 where one is not proved."""
    lang = language_in(arguments.lang)
    (form,) = chosen([arguments.format], ("text", "json"), "format")
    if arguments.recheck is not None:
        if any((arguments.export, arguments.steps, arguments.certificate, arguments.check)):
            raise GradproofError(
                "--recheck reads a folder and proves nothing new; give it without --export, --steps and --certificate"
            )
        from render.verify import recheck

        answer = recheck(arguments.names, lang, form, Path(arguments.recheck))
    else:
        from render.verify import verify

        out = None if arguments.export is None else Path(arguments.export)
        if out is not None:
            from symbolic.files import try_folder

            try_folder(out)
        if arguments.certificate is not None or arguments.check:
            return certify(arguments, lang, form)
        terminal = sys.stdout.isatty()
        answer = verify(arguments.names, lang, form, steps=arguments.steps, export=out, terminal=terminal)
    print(answer.text)
    return answer.status


def certify(arguments: argparse.Namespace, lang: str, form: str) -> int:
    """`gradproof verify --certificate DIR [--check]`: the theorems, and the Coq files; 1 where Coq refuses one."""
    from render.certificate import installed, report
    from render.verify import verify
    from symbolic.files import try_folder
    from symbolic.theorems import THEOREMS

    if arguments.certificate is None:
        raise GradproofError("--check has coqc check what --certificate DIR writes; give both")
    folder = Path(arguments.certificate)
    export = None if arguments.export is None else Path(arguments.export)
    coqc = installed() if arguments.check else None
    try_folder(folder)
    answer = verify(arguments.names, lang, form, steps=arguments.steps, export=export, terminal=sys.stdout.isatty())
    print(answer.text, flush=True)
    ok = answer.status == 0
    if ok:
        stream = sys.stderr if form == "json" else sys.stdout  # JSON stays JSON
        for line, ok in report(tuple(dict.fromkeys(arguments.names or THEOREMS)), {}, folder, lang, coqc):  # noqa: B007
            print(line, file=stream, flush=True)
    return int(not ok)
