"""TABLE of misconceptions that any exercise may offer: each a transformation of the derivation.

Those that belong to one exercise stand beside it in `catalogue/`. Every key has a phrase in both languages in
misconceptions.toml. A new misconception is one row here and one phrase there.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from symbolic.exercises import changes
from symbolic.exercises.exercise import Misconception
from symbolic.exercises.extents import full_for_valid, natural, otherwise, padded, smaller, spread
from symbolic.exercises.rebuilt import kernels_flipped, network
from symbolic.exercises.transforms import (
    Transform,
    either,
    exchanged,
    first_path,
    flipped_operand,
    given,
    instead,
    named,
    ones,
    result,
    swapped,
    times,
)
from symbolic.exercises.work import Descent, Gradient, Work
from symbolic.terms.layers import pointwise, reduction
from symbolic.terms.size import ints
from symbolic.terms.term import Const, Multi, Route, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


TABLE: dict[str, Transform | None] = {
    # of the result
    "sign_error": result(changes.scaled(-1)),
    "result_rot180": result(changes.rot180),
    "swapped_indices_transposed_result": result(changes.transposed),
    "spurious_factor_2": result(changes.scaled(2)),
    "missing_factor_2": result(changes.scaled(Fraction(1, 2))),
    "swapped_operands": result(changes.rot180),
    "used_same_window_everywhere": result(*map(changes.copied, range(4))),
    # of the layers
    "flipped_kernel_true_convolution": network(kernels_flipped),
    "forgot_rot180": flipped_operand("u"),
    "flipped_only_rows_instead_of_rot180": flipped_operand("u", (1,)),
    "flipped_only_columns_instead_of_rot180": flipped_operand("u", (0,)),
    "rot180_applied_to_delta_too": flipped_operand("i"),
    "rot180_applied_where_not_needed": flipped_operand("i"),
    "ignored_overlap_kept_only_first_path": either(first_path(kernel_first=True), first_path(kernel_first=False)),
    "ignored_stride": otherwise(lambda row: replace(row, s=1)),
    "ignored_dilation": otherwise(lambda row: replace(row, d=1)),
    "ignored_padding": otherwise(lambda row: replace(row, p=0)),
    "swapped_stride_and_dilation": otherwise(lambda row: replace(row, s=row.d, d=row.s)),
    "forgot_remainder": natural(lambda row, _sizes: row),
    "valid_instead_of_full": natural(padded(lambda reach: reach)),
    "same_instead_of_full": natural(padded(lambda reach: reach // 2)),
    "full_instead_of_valid": either(natural(spread(1)), natural(spread(2))),
    # read off the answer itself
    "missing_term": None,
    "wrong_entry": None,
    "arithmetic_slip": None,
}

_EARLY = frozenset({"flipped_kernel_true_convolution"})
_WHOLE = frozenset(
    {
        "used_same_window_everywhere", "result_rot180", "swapped_operands", "swapped_indices_transposed_result",
        "valid_instead_of_full", "same_instead_of_full", "full_instead_of_valid",
    }
)  # fmt: skip


def general(*keys: str) -> tuple[Misconception, ...]:
    """Rows of TABLE."""
    return tuple(Misconception(key, TABLE[key], early=key in _EARLY, whole=key in _WHOLE) for key in keys)


def rule(name: str, *makes: Callable[[Gradient], Term | None]) -> Transform:
    """The gradient by a tensor (`F`), or the error term of a result (`O`), replaced by other terms."""

    def transform(work: Work) -> Iterable[Work]:
        tensor = work.tensors.get(name) if isinstance(work, Gradient) else None
        if tensor is None or not isinstance(work, Gradient):
            return
        for make in makes:
            new = make(work)
            if new is not None and new.shape == tensor.shape:
                yield replace(work, rules={**work.rules, tensor: new})

    return transform


def missing_delta(output: str) -> Transform:
    """The incoming gradient left out: the error terms of `output` are 1."""
    return instead({f"d{output}": ones(output)})


def swapped_indices(name: str) -> Transform:
    """X_ji written for X_ij, or delta_ji for delta_ij, everywhere."""
    return instead({name: swapped(name)})


def only_window(output: str, *places: int, factor: int = 1) -> Transform:
    """The error reaches one position of `output` alone, multiplied by a factor; one reading per place."""

    def reading(place: int) -> Transform:
        def make(work: Gradient) -> Term | None:
            old = named(work, f"d{output}")
            if old is None or place >= old.size:
                return None
            kept = Route(old, old.shape, ((place, place),))
            return kept if factor == 1 else Multi(pointwise([old.shape], old.shape, scale=Fraction(factor)), (kept,))

        return instead({f"d{output}": make})

    return either(*map(reading, places))


def kernel_for_input(kernel: str, source: str, output: str) -> Transform:
    """The kernel's own entries written where those of the input belong; it has fewer, so there are several readings.

    The kernel takes the input's place in the sum (repeated, or its last entry again, or nothing beyond its edge), or
    is multiplied by the error terms entry by entry, or by their sum.
    """

    def tile(pick: Callable[[int, int], int | None]) -> Transform:
        def make(work: Gradient) -> Term | None:
            f, x = named(work, kernel), named(work, source)
            if f is None or x is None or len(f.shape) != 2 or len(x.shape) != 2:
                return None
            (rows, columns), (k, m) = ints(x.shape), ints(f.shape)
            pairs = []
            for i in range(rows):
                for j in range(columns):
                    u, v = pick(i, k), pick(j, m)
                    if u is not None and v is not None:
                        pairs.append((i * columns + j, u * m + v))
            return Route(f, x.shape, tuple(pairs))

        return instead({source: make}, only=(kernel,))

    def entry_by_entry(work: Gradient) -> Term | None:
        f, delta = named(work, kernel), named(work, f"d{output}")
        return None if f is None or delta is None or f.shape != delta.shape else times(f, delta)

    def by_total(work: Gradient) -> Term | None:
        f, delta = named(work, kernel), named(work, f"d{output}")
        return None if f is None or delta is None else times(f, total(delta))

    def total_of_products(work: Gradient) -> Term | None:
        product = entry_by_entry(work)
        return None if product is None else Multi(pointwise([()], product.shape), (total(product),))

    return either(
        tile(lambda i, n: i % n),
        tile(lambda i, n: min(i, n - 1)),
        tile(lambda i, n: i if i < n else None),
        rule(kernel, entry_by_entry, by_total, total_of_products),
    )


def total(term: Term) -> Term:
    """The sum of all entries."""
    return Multi(reduction(term.shape, tuple(range(len(term.shape))), Fraction(1), keepdim=False), (term,))


def elementwise_product(kernel: str, source: str, output: str) -> Transform:
    """A window of the input times the error terms, entry by entry, where a sum over windows belongs.

    The window at the top left, at another corner, or the four corners of the input.
    """

    def corner(low: int, right: int, gap: int = 1) -> Callable[[Gradient], Term | None]:
        def make(work: Gradient) -> Term | None:
            x, delta = named(work, source), named(work, f"d{output}")
            if x is None or delta is None or len(x.shape) != 2:
                return None
            rows, columns = ints(delta.shape)
            width = ints(x.shape)[1]
            pairs = tuple(
                (i * columns + j, (gap * i + low) * width + gap * j + right)
                for i in range(rows)
                for j in range(columns)
            )
            return times(Route(x, delta.shape, pairs), delta)

        return make

    return rule(kernel, corner(0, 0), corner(0, 1), corner(1, 0), corner(1, 1), corner(0, 0, gap=2))


def descent(change: Callable[[Descent], Descent | None]) -> Transform:
    """Another step of gradient descent; None reports the gradient instead."""

    def transform(work: Work) -> Iterable[Work]:
        if isinstance(work, Gradient) and work.descent is not None:
            yield replace(work, descent=change(work.descent))

    return transform


def constant_rule(name: str, *values: int) -> Transform:
    """The error term of a result replaced by numbers: the chain stops there."""

    def constant(value: int) -> Callable[[Gradient], Term | None]:
        def make(work: Gradient) -> Term | None:
            tensor = work.tensors.get(name)
            return None if tensor is None else Const(Fraction(value), tensor.shape)

        return make

    return rule(name, *map(constant, values))


__all__ = [
    "TABLE", "Misconception", "constant_rule", "descent", "elementwise_product", "exchanged", "full_for_valid",
    "general", "given", "kernel_for_input", "missing_delta", "only_window", "rule", "smaller", "swapped_indices",
    "total",
]  # fmt: skip
