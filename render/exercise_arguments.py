"""The arguments of `gradproof exercises` and `gradproof check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from render.exercises import judge_answer, print_exercises

if TYPE_CHECKING:
    import argparse


def add_commands(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `exercises` and `check` to the subcommands of `gradproof`."""
    sheet = commands.add_parser(
        "exercises", help="list the exercises, or print one", description="List the exercises, or print one."
    )
    sheet.add_argument("name", nargs="?", metavar="EXERCISE", help="an exercise; without one they are listed")
    sheet.add_argument("--lang", default="en", metavar="LANG", help="en or zh (default: en)")
    sheet.add_argument("--variant", type=int, metavar="SEED", help="other sizes and numbers, the same for a seed")
    sheet.add_argument("--count", type=int, default=1, metavar="N", help="variants of SEED, SEED + 1, ... (default: 1)")
    sheet.add_argument("--format", metavar="FORMAT,...", help="md, tex or html: write files instead of printing")
    sheet.add_argument("--solutions", action="store_true", help="with the solutions")
    sheet.add_argument("--save", metavar="FILE.toml", help="write the exercise of --expr to a file that can be shared")
    sheet.add_argument("--out", default="sheets", metavar="DIR", help="folder for --format (default: sheets)")
    _add_own(sheet)
    sheet.set_defaults(run=print_exercises)
    judge = commands.add_parser(
        "check",
        help="judge an answer",
        description="Judge an answer. Exit status: 0 correct, 1 wrong, 2 unreadable.",
        epilog="On a cluster (pip install 'gradproof[cluster]'), in Python with a dask Client: `with "
        'joblib.parallel_config(backend="dask"): '
        "rows = list(symbolic.exercises.batch.check_many(ID, answers, jobs=N))`.",
    )
    judge.add_argument(
        "name",
        nargs="?",
        metavar="EXERCISE",
        help="as listed by `gradproof exercises`, or the .toml file of your own; leave it out with --expr",
    )
    judge.add_argument("file", nargs="?", default="-", metavar="FILE", help="the answer; - or nothing: standard input")
    judge.add_argument("--format", default="auto", metavar="FORMAT", help="auto, sympy, latex, json or npy")
    judge.add_argument("--lang", default="en", metavar="LANG", help="en or zh (default: en)")
    judge.add_argument("--hint", type=int, metavar="N", help="hints up to level N: 1 shape ... 5 solution")
    judge.add_argument("--json", action="store_true", help="print the whole verdict as JSON")
    judge.add_argument("--variant", type=int, metavar="SEED", help="judge the variant of that seed")
    judge.add_argument("--earlier", metavar="FILE", help="your answer to the exercise before, to go on from")
    judge.add_argument(
        "--batch",
        metavar="ANSWERS",
        help="judge a whole class: .csv or .jsonl with id, answer and where rows differ exercise, variant, format",
    )
    judge.add_argument("--out", metavar="REPORT", help="where the report of --batch goes: .csv, .json or .html")
    judge.add_argument("--jobs", type=int, default=1, metavar="N", help="processes for --batch (default: 1)")
    _add_own(judge)
    judge.set_defaults(run=judge_answer)
    _take_late_file(judge)


def _take_late_file(judge: argparse.ArgumentParser) -> None:
    """`check ID --variant 3 FILE`: argparse itself takes two optional words only where nothing stands between them."""
    read = judge.parse_known_args

    def reading(args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:  # noqa: ANN401 -- as argparse has it
        found, rest = read(args, namespace)
        if len(rest) == 1 and not rest[0].startswith("-") and found.file == "-":
            found.file, rest = rest[0], []
        return found, rest

    judge.parse_known_args = reading  # type: ignore[method-assign]


def _add_own(command: argparse.ArgumentParser) -> None:
    """Add the arguments of an exercise of one's own."""
    command.add_argument("--expr", metavar="CALL", help="your own exercise, such as 'mse_loss(conv2d(X, F), T)'")
    command.add_argument("--shape", action="append", default=[], metavar="X=4x4", help="a tensor of --expr, one each")
    command.add_argument("--wrt", metavar="NAME", help="the tensor of --expr whose gradient is asked")
