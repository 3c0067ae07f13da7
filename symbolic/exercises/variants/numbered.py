"""Variants of the exercises with numbers: losses, a net of single numbers, pooling and ReLU."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from symbolic.exercises import changes
from symbolic.exercises.misconceptions import constant_rule, only_window, rule
from symbolic.exercises.transforms import either, instead, ones, result
from symbolic.exercises.variants.parts import (
    Recipe,
    Shape,
    Variation,
    data,
    distinct,
    given,
    listed,
    sizes,
    through,
)
from symbolic.exercises.variants.windows import plane
from symbolic.exercises.work import Descent, Gradient, Work
from symbolic.functional import add, avg_pool2d, conv2d, max_pool2d, mse_loss, mul, pow, relu, sub, sum
from symbolic.functional.arguments import tensor
from symbolic.terms.layers import pointwise
from symbolic.terms.size import ints
from symbolic.terms.term import Const, Data, Entry, Multi, Sum, Term

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from symbolic.exercises.transforms import Transform
    from symbolic.terms.term import Node


def sum_mse(draw: random.Random) -> Variation:
    """The gradient of (sum of X correlated with K, minus a target) squared."""
    return _sum_mse(draw, *plane(draw), None)


def sum_mse_update(draw: random.Random) -> Variation:
    """One step from it, with rate 0.01; K stays 2x2, so that the gradient of the exercise before fits."""
    return _sum_mse(draw, draw.choice([(3, 3), (3, 4), (4, 3)]), (2, 2), Descent(Fraction(1, 100)))


def _sum_mse(draw: random.Random, x: Shape, k: Shape, step: Descent | None) -> Variation:
    X, K = distinct(draw, x, 1, 9), distinct(draw, k, -3, 6)
    sigma = conv2d(tensor("X", x), tensor("K", k), name="O")
    windows = np.lib.stride_tricks.sliding_window_view(_array(X), k)
    reached = int(np.einsum("ijuv,uv->", windows, _array(K)))
    target = reached - draw.choice((-5, -4, -3, 3, 4, 5))  # at ±1 and ±2 a lost factor looks like another
    loss = pow(sub(sum(sigma, name="S"), target, name="r"), 2)
    work = Gradient(loss=loss, wrt=("K",), numbers={"X": X, "K": K}, descent=step)
    count = sigma.size
    words = {"X": listed(X), "K": listed(K), "residual": f"S − {target}" if target >= 0 else f"S + {-target}"}
    known: dict[str, Transform | None] = {
        "forgot_sum_used_first_window": either(only_window("O", 0), rule("r", _first_residual(target))),
        "missing_chain_factor": either(instead({"X": ones("X")}, only=("K",)), constant_rule("S", 1, 2)),
    }
    if step is not None:
        parts = (changes.scaled(Fraction(1, n)) for n in {count, _array(X).size})
        known["update_divided_by_n"] = result(*parts)
    return Variation(work, words, known)


def _first_residual(target: int) -> Callable[[Gradient], Term]:
    def make(work: Gradient) -> Term:
        residual = Sum((Entry(work.tensors["O"], (0, 0)), Const(Fraction(-target), ())), ())
        return Multi(pointwise([()], (), scale=Fraction(2)), (residual,))

    return make


def _array(numbers: Data) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array([int(x) for x in numbers.values], dtype=np.int64).reshape(ints(numbers.shape))


def scalar_net(step: Descent | None = None) -> Recipe:
    """Other numbers for the net of single numbers; its factor 2 stays, the misconceptions speak of it."""
    return lambda draw: _scalar_net(draw, step)


def _scalar_net(draw: random.Random, step: Descent | None) -> Variation:
    w1, b1, x = draw.sample(range(2, 8), 3)
    w2 = draw.choice((3, 4, 5))
    t = 2 * (w1 * x + b1) * w2 - draw.choice((-4, -3, -2, 2, 3, 5))
    leaves = {name: tensor(name) for name in ("w1", "b1", "w2", "x", "t")}
    y1 = add(mul(leaves["w1"], leaves["x"], name="m"), leaves["b1"], name="y1")
    loss = mse_loss(mul(mul(y1, leaves["w2"], name="y2"), 2, name="y3"), leaves["t"])
    values = {"w1": w1, "b1": b1, "w2": w2, "x": x, "t": t}
    numbers = {name: data((), (value,)) for name, value in values.items()}
    work = Gradient(loss=loss, wrt=("w1", "b1", "w2"), numbers=numbers, descent=step)
    return Variation(work, {"numbers": ", ".join(f"{name} = {value}" for name, value in values.items())})


def _pooling(pool: Callable[..., Node], Z: Data, delta: Data) -> Gradient:
    return through(pool(tensor("Z", ints(Z.shape)), 2, name="O"), "Z", Z=Z, delta=delta)


def pool(kind: str) -> Recipe:
    """Average or max pooling with windows of 2x2."""

    def recipe(draw: random.Random) -> Variation:
        rows, columns = draw.choice([(4, 4), (4, 6), (2, 6), (6, 4)])
        shape = (rows, columns)
        Z, delta = distinct(draw, shape, -9, 12), distinct(draw, (rows // 2, columns // 2), -9, 9)
        first = _pooling(max_pool2d, data(shape, range(Z.size, 0, -1)), delta)
        average = _pooling(avg_pool2d, Z, delta)
        words = {"shape": sizes(shape), "Z": listed(Z), "delta": listed(delta)}
        if kind == "avg":
            return Variation(average, words, {"routed_to_one_entry": _either(first, first.then(_QUARTER))})
        known = {
            "average_instead_of_max": given(average),
            "copied_to_whole_window": given(average.then(changes.scaled(4))),
            "winner_taken_as_first": given(first),
            "least_instead_of_largest": given(_pooling(max_pool2d, data(shape, (-z for z in Z.values)), delta)),
            "wrong_winner": _either(*_other_winners(Z, delta)),
        }
        return Variation(_pooling(max_pool2d, Z, delta), words, known)

    return recipe


def _other_winners(Z: Data, delta: Data) -> list[Gradient]:
    """In one window another entry is taken for the largest."""
    top = max(Z.values) + 1
    changed = ([top if k == place else z for k, z in enumerate(Z.values)] for place in range(Z.size))
    return [_pooling(max_pool2d, data(ints(Z.shape), values), delta) for values in changed]


_QUARTER = changes.scaled(Fraction(1, 4))


def _either(*works: Work) -> Transform:
    return lambda _work: works


def _relu(Z: Data, delta: Data) -> Gradient:
    return through(relu(tensor("Z", ints(Z.shape)), name="A"), "Z", Z=Z, delta=delta)


def rectified(draw: random.Random) -> Variation:
    """ReLU at numbers of both signs and one 0."""
    shape = draw.choice([(2, 3), (3, 2), (2, 4), (3, 3)])
    values = list(distinct(draw, shape, -7, 7).values)
    values[draw.randrange(len(values))] = Fraction(0)
    Z, delta = data(shape, values), distinct(draw, shape, -9, 9)
    turned = [data(shape, (-z for z in values)), data(shape, (-z or 1 for z in values))]
    known = {
        "inverted_mask": _either(*(_relu(one, delta) for one in turned)),
        "slope_at_zero_1": given(_relu(data(shape, (z or 1 for z in values)), delta)),
        "relu_of_delta": given(_relu(delta, delta)),
    }
    return Variation(_relu(Z, delta), {"Z": listed(Z), "delta": listed(delta)}, known)
