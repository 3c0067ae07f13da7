"""Inputs on which somebody's backward pass is tried: of an operator in many sizes, of a network at its own.

Operator(...)   sizes and options drawn, the smallest ones first; every case knows smaller ones
Network(...)    the tensors of a derivation, numbers drawn
"""

from __future__ import annotations

import inspect
import random
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from symbolic import functional
from symbolic.errors import GradproofError
from symbolic.exercises.cases import Case, labels, numbers, transcendental, usable
from symbolic.exercises.kinks import at_kinks, convention, off_kinks
from symbolic.exercises.probes import LABELS, Options, Sizes, applied, is_a_tensor, probe
from symbolic.functional.arguments import tensor
from symbolic.network.derived import Derived, derive
from symbolic.terms.size import ints

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

CASES = 24  # of one operator or network
POOL = 160  # sizes that are looked at for one choice of options
CHOICES = 10  # mixtures of options, where the function takes them
LARGEST = 400  # entries of all tensors of a case together


class Source(Protocol):
    """Where cases come from. `convention` is the key of what holds on the operator's kinks."""

    @property
    def convention(self) -> str: ...

    def cases(self) -> list[Case]:
        """Cases off the kinks, the smaller ones first."""

    def smaller(self, case: Case) -> Iterator[Case]:
        """Cases like this one that are a step smaller in sizes or options, off the kinks."""

    def otherwise(self, case: Case) -> Iterator[tuple[str, Case]]:
        """The same numbers with one option of the operator otherwise, and how that is written."""

    def edges(self, cases: list[Case]) -> list[Case]:
        """Cases on the kinks."""

    def called(self, case: Case) -> str:
        """What was differentiated, with its options."""


class Operator:
    """The cases of one operator.

    options  as given.     keywords  names of arguments that the function takes; those that are not given are drawn
    Raises   GradproofError: no such operator, an option that it does not have, or options that fit no size.
    """

    def __init__(self, name: str, options: Options, keywords: frozenset[str], wrt: tuple[str, ...] | None) -> None:
        self.name, self.options, self.wrt = name, dict(options), wrt
        self.probe = probe(name)
        self.convention = convention(name)
        self.parameters = inspect.signature(getattr(functional, name)).parameters
        known = set(self.parameters) - {"name"}
        unknown = [key for key in options if key not in known]
        if unknown:
            raise GradproofError(
                f"check_backward: {name} got an unexpected keyword argument '{unknown[0]:.40}'; it has "
                f"{', '.join(sorted(known - {'input'}))}"
            )
        drawn = {key: values for key, values in self.probe.draws.items() if key in keywords and key not in options}
        self.choices = _choices(drawn, random.Random(name))  # noqa: S311 -- examples, not keys; the same in every run
        tensors = {key for key, value in options.items() if is_a_tensor(name, key, value)}
        self.passed = frozenset(key for key in (keywords & known) - tensors if key in options or key in drawn)

    def cases(self) -> list[Case]:
        """Of every choice of options the smallest sizes, and others up to the largest."""
        found: list[Case] = []
        refused: GradproofError | None = None
        each = max(4, CASES // len(self.choices))
        for choice in self.choices:
            fitting, wrong = self._fitting(choice)
            refused = refused or wrong
            places = sorted({round(k * (len(fitting) - 1) / (each - 1)) for k in range(each)}) if fitting else []
            found += [fitting[place] for place in places]
        if not found:
            raise refused or GradproofError(f"check_backward: nothing to try for '{self.name}'")
        return sorted(found, key=lambda case: case.weight)

    def _fitting(self, choice: Options) -> tuple[list[Case], GradproofError | None]:
        """Cases with these options by their size; and why the first one that is none is refused."""
        draw = random.Random(f"{self.name} {choice}")  # noqa: S311 -- examples, not keys
        bounds = self.probe.bounds({**self.options, **choice})
        seen: dict[tuple[int, ...], dict[str, int]] = {}
        for attempt in range(POOL):
            top = attempt % 4  # every fourth draw keeps to the smallest, the next to the second smallest, ...
            sizes = {key: draw.randint(low, min(high, low + top)) for key, (low, high) in bounds.items()}
            seen.setdefault(tuple(sizes.values()), sizes)
        cases, refused = [], None
        for sizes in seen.values():
            try:
                case = self._case(sizes, choice)
            except GradproofError as error:
                refused = refused or error
            else:
                cases += [] if case is None else [case]
        return sorted(cases, key=lambda case: case.weight), refused

    def _case(self, sizes: Sizes, choice: Options) -> Case | None:
        """None where it is too large or has no gradient. Raises GradproofError: the operator refuses it."""
        options = {**self.options, **choice}
        shapes = self.probe.shapes(sizes, options)
        if not shapes or sum(map(prod, shapes.values())) > LARGEST:
            return None
        draw = random.Random(f"{self.name} {sizes}")  # noqa: S311 -- examples, not keys
        chosen = labels(draw, shapes, options.get("target"))
        leaves = {name: tensor(name, shape) for name, shape in shapes.items() if name != LABELS}
        try:
            output = applied(self.name, leaves, options, None if chosen is None else chosen.tolist())
        except TypeError as error:
            raise GradproofError(f"check_backward: {error}") from None
        errors = ints(output.shape)
        derived = derive(output, gradient=tensor("delta", errors))
        halves = transcendental(derived)
        inputs: dict[str, NDArray[Any]] = {}
        for name, shape in shapes.items():
            inputs[name] = (
                chosen if chosen is not None and name == LABELS else numbers(draw, name, shape, options, halves=halves)
            )
        inputs["delta"] = numbers(draw, "delta", errors, {}, halves=False)
        wrt = self.wrt or tuple(leaves)
        taken = {key: value for key, value in options.items() if key in self.passed}
        rigid = frozenset({"T"} if options.get("target") == "probabilities" else ())
        return Case(derived, off_kinks(self.name, inputs), wrt, taken, {**sizes, **_chosen(choice)}, rigid)

    def smaller(self, case: Case) -> Iterator[Case]:
        """One of the drawn numbers smaller: the least it can be, half as far, and one less."""
        choice = {key: case.taken[key] for key in self.choices[0]}
        bounds = self.probe.bounds({**self.options, **choice})
        sizes = {key: case.sizes[key] for key in bounds}
        for simpler in _simpler(choice, self.probe.draws):
            yield from self._one(sizes, simpler)
        for key, (low, _high) in bounds.items():
            for n in sorted({low, (low + sizes[key]) // 2, sizes[key] - 1}):
                if low <= n < sizes[key]:
                    yield from self._one({**sizes, key: n}, choice)

    def otherwise(self, case: Case) -> Iterator[tuple[str, Case]]:
        """Every option at its usual value, or at another that is tried."""
        now = {**self.options, **case.taken}
        leaves = {leaf.name: leaf for leaf in case.derived.inputs if leaf.name != "delta"}
        labels_ = case.inputs[LABELS].tolist() if LABELS in case.inputs else None
        usual = {key: x.default for key, x in self.parameters.items() if x.default is not inspect.Parameter.empty}
        for key in {**self.probe.draws, **self.options}:
            for value in dict.fromkeys([usual.get(key), *self.probe.draws.get(key, ())]):
                current = now.get(key, usual.get(key))
                if value == current and isinstance(value, bool) == isinstance(current, bool):
                    continue
                try:
                    result = applied(self.name, leaves, {**now, key: value}, labels_)
                    other = replace(case, derived=derive(result, gradient=tensor("delta", case.inputs["delta"].shape)))
                except (GradproofError, TypeError):
                    continue
                yield f"{key}={value!r}", other

    def edges(self, cases: list[Case]) -> list[Case]:
        """The smallest, a middle and the largest case again, with numbers on the operator's kinks."""
        chosen = (cases[place] for place in sorted({0, len(cases) // 2, len(cases) - 1}))
        return [case.at(inputs) for case in chosen for inputs in at_kinks(self.name, case.inputs)]

    def called(self, case: Case) -> str:
        """`conv2d(X, F, stride=2)`."""
        options = {**self.options, **case.taken}
        told = [name for name in case.inputs if name != "delta"]
        told += [f"{key}={value!r}" for key, value in options.items() if not is_a_tensor(self.name, key, value)]
        return f"{self.name}({', '.join(told)})"

    def _one(self, sizes: Sizes, choice: Options) -> Iterator[Case]:
        try:
            case = self._case(sizes, choice)
        except GradproofError:
            return
        if case is not None:
            yield case


class Network:
    """Cases of a derivation: its own shapes, small whole numbers, away from kinks."""

    convention = ""

    def __init__(self, derived: Derived, wrt: tuple[str, ...] | None) -> None:
        loss = derived.loss
        output = loss.args[0] if loss.op == "vjp" else loss
        below = {leaf.name for leaf in derive(output, gradient=np.ones(ints(output.shape), dtype=int)).inputs}
        self.derived = derived
        self.wrt = wrt or tuple(leaf.name for leaf in derived.inputs if leaf.name in below)

    def cases(self) -> list[Case]:
        """As many as there are numbers with a gradient and off the kinks.

        Raises  GradproofError: none of the numbers tried is.
        """
        draw = random.Random(str([leaf.name for leaf in self.derived.inputs]))  # noqa: S311 -- examples, not keys
        halves = transcendental(self.derived)
        found: list[Case] = []
        for _ in range(6 * CASES):
            shapes = {leaf.name: ints(leaf.shape) for leaf in self.derived.inputs}
            inputs = {name: numbers(draw, name, shape, {}, halves=halves) for name, shape in shapes.items()}
            case = Case(self.derived, inputs, self.wrt)
            if usable(case):
                found.append(case)
            if len(found) == CASES:
                break
        if not found:
            raise GradproofError("check_backward: this network has no gradient at any of the numbers tried")
        return found

    def smaller(self, _case: Case) -> Iterator[Case]:
        """None: the shapes are the network's own."""
        yield from ()

    def otherwise(self, _case: Case) -> Iterator[tuple[str, Case]]:
        """None: a network has no options."""
        yield from ()

    def edges(self, _cases: list[Case]) -> list[Case]:
        """None: nobody knows which inputs meet a kink inside."""
        return []

    def called(self, _case: Case) -> str:
        """`the network of X, F, T`."""
        return f"L({', '.join(leaf.name for leaf in self.derived.inputs)})"


def _choices(drawn: Mapping[str, tuple[Any, ...]], draw: random.Random) -> list[Options]:
    """The usual values first, each other value alone, then mixtures."""
    usual = {key: values[0] for key, values in drawn.items()}
    found: list[Options] = [usual, *({**usual, key: value} for key, values in drawn.items() for value in values[1:])]
    more = [
        {key: draw.choice(values) for key, values in drawn.items()} for _ in range(CHOICES if len(drawn) > 1 else 0)
    ]
    return [choice for k, choice in enumerate([*found, *more]) if choice not in [*found, *more][:k]]


def _simpler(choice: Options, draws: Mapping[str, tuple[Any, ...]]) -> Iterator[Options]:
    """One option at a value that is tried earlier."""
    for key, value in choice.items():
        for earlier in draws[key][: draws[key].index(value)]:
            yield {**choice, key: earlier}


def _chosen(choice: Options) -> Sizes:
    """Whole numbers among the options count as sizes."""
    return {key: value for key, value in choice.items() if isinstance(value, int) and not isinstance(value, bool)}
