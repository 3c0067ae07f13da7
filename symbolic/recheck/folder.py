"""A folder of exported theorems: each derivation once, citations followed, a result for each theorem."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from symbolic.errors import GradproofError, nearest
from symbolic.recheck.evidence import Step, check
from symbolic.recheck.json_file import Field, read
from symbolic.recheck.refusal import RefusedError, damaged
from symbolic.recheck.schema import tensors, term
from symbolic.recheck.screen import TRIES, screen
from symbolic.recheck.terms import Tensor, Term, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symbolic.recheck.schema import Tensors

SCHEMA = "gradproof-derivation/1"


@dataclass(frozen=True)
class Result:
    """What became of one theorem.

    steps       equalities read, those inside other steps not counted
    screen      how many random small sizes each of its derivations was tried at besides: a screen, not the proof
    message     "" where ok, else theorem, step and the first difference
    conditions  hypotheses the theorem is shown under, kinks avoided
    """

    name: str
    ok: bool
    steps: int
    screen: int
    message: str
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proved:
    """A derivation that has been checked: its links from first to last, and its conditions."""

    links: tuple[Term, ...]
    conditions: tuple[str, ...]
    steps: tuple[tuple[Term, Term], ...]
    sums_to_one: tuple[tuple[Tensor, int], ...]


def recheck(folder: str | Path) -> list[Result]:
    """Check every KEY.json of a folder anew, and screen what it says.

    Raises GradproofError where a file is damaged, or cites a theorem that is not there or that rests on it.
    """
    place = Path(folder)
    paths = sorted(place.glob("*.json"))
    if not paths:
        raise GradproofError(f"no exported theorem, KEY.json, in {place}")
    files = {path.stem: _derivations(path) for path in paths}
    checker = Checker(files)
    return [checker.theorem(key) for key in files]


def _derivations(path: Path) -> list[Field]:
    """The derivations in a file, not yet looked into."""
    whole = read(path)
    schema = whole.object().get("schema")
    if schema is None or schema.value != SCHEMA:
        raise damaged(f"{path.name}.schema", f"{SCHEMA!r}", None if schema is None else schema.value)
    inside = whole.fields("schema", "theorem", "derivations")
    if inside["theorem"].text() != path.stem:
        raise damaged(inside["theorem"].place, f"{path.stem!r}, as the file is called", inside["theorem"].value)
    found = inside["derivations"].list()
    if not found:
        raise damaged(inside["derivations"].place, "at least one derivation")
    return found


class Checker:
    """Checks derivations, each once, in the order in which they rest on each other."""

    def __init__(self, files: dict[str, list[Field]]) -> None:
        self.files = files
        self._done: dict[tuple[str, int], Proved | RefusedError] = {}
        self._open: list[tuple[str, int]] = []

    def theorem(self, key: str) -> Result:
        """The result for one file: every derivation is proved, and then every one is screened."""
        count = len(self.files[key])
        steps = sum(len(part.fields("tensors", "steps")["steps"].list()) for part in self.files[key])
        part = 0
        try:
            for part in range(count):
                self.proved(key, part)
            for part in range(count):
                shown = self.proved(key, part)
                screen(shown.steps, shown.sums_to_one, f"{SCHEMA} {key} {part}")
        except RefusedError as refused:
            where = f", part {part + 1}" if count > 1 else ""
            joint = ", " if str(refused).startswith("step ") else ": "
            message = f"theorem {key}{where}{joint}{refused}"
            return Result(key, ok=False, steps=steps, screen=0, message=message)
        conditions = dict.fromkeys(x for part in range(count) for x in self.proved(key, part).conditions)
        return Result(key, ok=True, steps=steps, screen=TRIES, message="", conditions=tuple(conditions))

    def proved(self, key: str, part: int) -> Proved:
        """The derivation, checked; RefusedError where it is not proved."""
        if (key, part) not in self._done:
            if (key, part) in self._open:
                chain = " -> ".join(f"{name} part {number + 1}" for name, number in (*self._open, (key, part)))
                raise GradproofError(f"{key}.json: the citations run in a circle: {chain}")
            self._open.append((key, part))
            try:
                self._done[key, part] = self._check(self.files[key][part])
            except RefusedError as refused:
                self._done[key, part] = refused
            self._open.pop()
        found = self._done[key, part]
        if isinstance(found, RefusedError):
            raise found
        return found

    def cited(self, place: str, key: str, part: int) -> tuple[Sequence[Term], tuple[str, ...]]:
        """Links and conditions of a derivation that another one cites, part counted from 1."""
        if key not in self.files:
            raise GradproofError(f"{place}: cites '{key:.60}', for which there is no file{nearest(key, self.files)}")
        if not 1 <= part <= len(self.files[key]):
            raise RefusedError(f"{key} has {len(self.files[key])} parts, no part {part}")
        try:
            proved = self.proved(key, part - 1)
        except RefusedError as refused:
            raise RefusedError(f"it cites {key}, part {part}, which is not proved ({refused})") from refused
        return proved.links, proved.conditions

    def _check(self, field: Field) -> Proved:
        inside = field.fields("tensors", "steps")
        known, raw = tensors(inside["tensors"]), inside["steps"].list()
        if not raw:
            raise damaged(inside["steps"].place, "at least one step")
        steps: list[Step] = []
        conditions: list[str] = []
        ones: list[tuple[Tensor, int]] = []
        for number, entry in enumerate(raw, 1):
            try:
                step = self._step(entry, known)
                if steps and steps[-1].right != step.left:
                    raise RefusedError(f"it does not begin where step {number - 1} ended")  # noqa: TRY301
                conditions += check(step)
                ones += step.sums_to_one
            except RefusedError as refused:
                raise RefusedError(f"step {number}: {refused}") from refused
            # The next step's left side is this one's right side: one object, evaluated once by the screen.
            steps.append(step if not steps else replace(step, left=steps[-1].right))
        _refuse_unused(known, steps)
        sides = tuple((step.left, step.right) for step in steps)
        return Proved((sides[0][0], *(right for _, right in sides)), tuple(conditions), sides, tuple(ones))

    def _step(self, entry: Field, known: Tensors) -> Step:
        inside = entry.fields("left", "right", "by", optional=tuple(entry.object()))
        left, right = (term(inside.pop(side), known) for side in ("left", "right"))
        return Step(left, right, known, inside, lambda key, part: self.cited(entry.place, key, part))


def _refuse_unused(known: Tensors, steps: list[Step]) -> None:
    used = {part for step in steps for side in (step.left, step.right) for part in walk(side)}
    for tensor in known.values():
        if tensor not in used:
            raise RefusedError(f"the tensor {tensor.name} stands in no step")
