"""`gradproof check` and `gradproof exercises`: judging answers and printing sheets in the terminal.

Exit status of check: 0 correct, 1 wrong, 2 unreadable or unusable input.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from symbolic.errors import GradproofError, nearest

if TYPE_CHECKING:
    from symbolic.exercises.exercise import Exercise

MOST_VARIANTS = 1_000  # on one sheet
STATUS = {"correct": 0, "wrong": 1, "unreadable": 2}


def print_exercises(arguments: argparse.Namespace) -> int:
    """`gradproof exercises`: the list with titles, or the sheet of one exercise."""
    from symbolic.exercises.catalogue import FUNCTIONS, HOMES
    from symbolic.exercises.sheet import function_sheet, sheet, title

    if arguments.name is None and arguments.expr is None:
        names = (*HOMES, *FUNCTIONS)
        width = max(map(len, names))
        told = "\n".join(f"{name:<{width}}  {title(name, arguments.lang)}" for name in names)
    elif arguments.name in FUNCTIONS and arguments.variant is None:
        told = function_sheet(arguments.name, arguments.lang)
    elif arguments.save is not None:
        told = str(save(arguments))
    elif arguments.format is not None:
        told = "\n".join(map(str, write_sheets(arguments)))
    else:
        known = several(arguments)
        told = "\n\n".join(sheet(exercise, arguments.lang) for exercise in known)
        if arguments.solutions:
            told += "\n\n" + "\n".join(exercise.solution for exercise in known)
    sys.stdout.write(told + "\n")
    return 0


def save(arguments: argparse.Namespace) -> Path:
    """`gradproof exercises --expr ... --save FILE.toml`: the exercise as a file; its path."""
    from render.write import write_file
    from symbolic.exercises.own import to_toml
    from symbolic.functional.text import read_shapes

    path = Path(arguments.save)
    if arguments.expr is None or path.suffix != ".toml" or arguments.variant is not None:
        raise GradproofError("--save FILE.toml belongs to --expr, --shape and --wrt")
    chosen(arguments)  # what cannot be an exercise is refused before anything is written
    return write_file(path, to_toml(arguments.expr, read_shapes(arguments.shape), arguments.wrt))


def several(arguments: argparse.Namespace) -> list[Exercise]:
    """The exercise that is named, or as many variants of it as are asked for."""
    if arguments.variant is None:
        if arguments.count != 1:
            raise GradproofError("--count needs --variant SEED, the seed of the first variant")
        return [chosen(arguments)]
    if not 1 <= arguments.count <= MOST_VARIANTS:
        raise GradproofError(f"--count must be a whole number from 1 to {MOST_VARIANTS}; got {arguments.count}")
    seeds = range(arguments.variant, arguments.variant + arguments.count)
    return [chosen(argparse.Namespace(**{**vars(arguments), "variant": seed})) for seed in seeds]


def write_sheets(arguments: argparse.Namespace) -> list[Path]:
    """`gradproof exercises ID --format`: the sheet as files; their paths."""
    from render.sheets import FORMS, write_sheet

    forms = list(dict.fromkeys(arguments.format.split(",")))
    for form in forms:
        if form not in FORMS:
            raise GradproofError(f"unknown format '{form:.40}'; there are {', '.join(FORMS)}{nearest(form, FORMS)}")
    known = several(arguments)
    seed = "" if arguments.variant is None else f"-{arguments.variant}"
    name = ("own" if arguments.name is None else Path(arguments.name).stem) + seed
    return write_sheet(known, name, arguments.lang, forms, Path(arguments.out), solutions=arguments.solutions)


def judge_answer(arguments: argparse.Namespace) -> int:
    """`gradproof check`: the message, the hints or the JSON of one verdict."""
    if arguments.batch is not None or arguments.out is not None:
        return judge_class(arguments)
    from symbolic.exercises.judge import check
    from symbolic.exercises.phrasebook import known_language

    known_language(arguments.lang)  # before the answer is looked at
    if arguments.expr is not None and arguments.name is not None:  # no exercise is named: the first word is the file
        arguments.file, arguments.name = arguments.name, None
    known = chosen(arguments)
    earlier = None if arguments.earlier is None else answer(arguments.earlier)
    verdict = check(known, answer(arguments.file), arguments.format, earlier=earlier)
    if arguments.json:
        text = json.dumps(verdict.data(arguments.lang), ensure_ascii=False, indent=2)
    elif arguments.hint is not None:
        text = verdict.hint(arguments.hint, arguments.lang)
    else:
        text = verdict.message(arguments.lang)
    sys.stdout.write(text + "\n")
    return STATUS[verdict.verdict]


def judge_class(arguments: argparse.Namespace) -> int:
    """`gradproof check --batch`: the report of a class; its counts are printed."""
    if arguments.batch is None or arguments.out is None:
        raise GradproofError("a class needs both: --batch ANSWERS.csv and --out REPORT.csv")
    alone = arguments.file == "-" and arguments.format == "auto" and arguments.hint is None
    if not alone or arguments.json or arguments.earlier is not None:
        raise GradproofError(
            "--batch reads its own file and writes its own report; give it without FILE, --format, --hint, --json and "
            "--earlier"
        )
    from render.report import report
    from symbolic.exercises.phrasebook import sentence

    sentence("verdicts", "correct", arguments.lang)  # an unknown language is refused before anything is judged
    named = any((arguments.name, arguments.expr, arguments.variant is not None, arguments.shape, arguments.wrt))
    told = report(
        chosen(arguments) if named else None,
        Path(arguments.batch),
        Path(arguments.out),
        jobs=arguments.jobs,
        lang=arguments.lang,
    )
    several = len(told["exercises"]) > 1

    def verdicts(counted: dict[str, int]) -> list[str]:
        return _counts({sentence("reports", key, arguments.lang): number for key, number in counted.items()})

    lines = [f"{told['answers']:>7} {sentence('reports', 'answers', arguments.lang)}", *verdicts(told["verdicts"])]
    for name, counted in told["exercises"].items():
        lines += [name, *verdicts(counted["verdicts"])] if several else []
        lines += _counts(counted["misconceptions"])
    if told["duplicates"]:
        lines.append(sentence("reports", "duplicates", arguments.lang, text=", ".join(list(told["duplicates"])[:10])))
    sys.stdout.write("\n".join([*lines, arguments.out]) + "\n")
    return 0


def _counts(counted: dict[str, int]) -> list[str]:
    return [f"{value:>7} {key}" for key, value in counted.items()]


def chosen(arguments: argparse.Namespace) -> Exercise:
    """The exercise that the arguments name, or its variant: of the catalogue, a .toml file, or a call text."""
    own = _own(arguments)
    if own is not None:
        return own if arguments.variant is None or own.vary is None else own.vary(arguments.variant)
    if arguments.variant is not None:
        from symbolic.exercises.variants import variant

        return variant(arguments.name, arguments.variant)
    from symbolic.exercises.catalogue import exercise

    return exercise(arguments.name)


def _own(arguments: argparse.Namespace) -> Exercise | None:
    """An exercise of one's own; None if one of the catalogue is named."""
    if arguments.expr is not None:
        from symbolic.exercises.own import own
        from symbolic.functional.text import read_shapes

        if arguments.name is not None:
            raise GradproofError(f"give either an exercise or --expr; got both '{arguments.name:.40}' and --expr")
        if arguments.wrt is None:
            raise GradproofError("--expr needs --wrt NAME, the tensor whose gradient is asked")
        return own(arguments.expr, read_shapes(arguments.shape), arguments.wrt)
    if arguments.shape or arguments.wrt is not None:
        raise GradproofError("--shape and --wrt belong to --expr; give the network as --expr 'mse_loss(...)'")
    if arguments.name is None:
        raise GradproofError("name an exercise, as listed by `gradproof exercises`, or give your own with --expr")
    if not arguments.name.endswith(".toml"):
        return None
    from symbolic.exercises.own import from_toml

    try:
        return from_toml(answer(arguments.name).decode("utf-8"), Path(arguments.name).name)
    except UnicodeDecodeError:
        raise GradproofError(f"{arguments.name} is not UTF-8 text") from None


def answer(file: str) -> bytes:
    """The bytes of a file or of standard input, one more than an answer may have at most."""
    from symbolic.exercises.limits import BYTES

    try:
        if file == "-":
            return sys.stdin.buffer.read(BYTES + 1)
        with Path(file).open("rb") as source:
            return source.read(BYTES + 1)
    except OSError as error:
        raise GradproofError(f"cannot read {file}: {error.strerror or error}") from error
