"""batch-norm: the three terms by numbers and by differences, r' = -r^3/2, and what the first term alone gets wrong."""

import math
from fractions import Fraction

import numpy as np
import pytest

from render.notes import batch, batch_norm
from render.notes.numbers import numbers_of
from symbolic.errors import ProofError
from symbolic.kernel.logic import Expand, Rule, Step
from symbolic.terms.layers import pointwise
from symbolic.terms.term import Map, Multi, scalars


def forward(x: np.ndarray, epsilon: float) -> np.ndarray:
    centred = x - x.mean()
    found: np.ndarray = centred / np.sqrt((centred**2).mean() + epsilon)
    return found


def test_the_numbers_by_plain_arithmetic() -> None:
    numbers = batch.Numbers(batch.Channel())
    assert numbers_of(numbers.gradient.rhs) == tuple(map(Fraction, ("7/27", "-7/3", "5/3", "11/27")))
    assert sum(numbers_of(numbers.gradient.rhs)) == 0
    x = np.array(batch.VALUES, dtype=float)
    assert np.allclose(forward(x, 0.25), [float(n) for n in numbers_of(numbers.x_hat.rhs)])
    assert math.isclose(float(batch.ROOT), 1 / math.sqrt(2.25))


def test_the_three_terms_by_central_differences() -> None:
    numbers = batch.Numbers(batch.Channel())
    x, delta, h = np.array(batch.VALUES, dtype=float), np.array(batch.ERROR), 1e-6
    steps = np.eye(4) * h
    found = [(delta @ forward(x + e, 0.25) - delta @ forward(x - e, 0.25)) / (2 * h) for e in steps]
    assert np.allclose(found, [float(n) for n in numbers.expected.values], atol=1e-8)
    assert np.allclose(numbers.library(), found, atol=1e-8)


def test_the_first_term_alone_is_refused() -> None:
    here = batch.Channel()
    proof = here.result.steps[-1]
    first = Multi(pointwise([(), batch.LINE], batch.LINE), (here.r, here.delta))
    with pytest.raises(ProofError):
        Step(proof.lhs, first, Rule.COLLECT, proof.proof)
    numbers = batch.Numbers(here)
    right, wrong = numbers.expected.values, numbers_of(numbers.fixed.rhs)
    assert all(one != other for one, other in zip(right, wrong, strict=True))


@pytest.mark.parametrize(("power", "factor"), [(2, "-1/2"), (3, "1/2"), (3, "-1")])
def test_another_slope_of_the_root_is_refused(power: int, factor: str) -> None:
    here = batch.Channel()
    wrong = scalars(Map("pow", here.r, param=Fraction(power)), scale=Fraction(factor))
    with pytest.raises(ProofError):
        Step(here.by_definition.lhs, wrong, Rule.LOCAL, here.by_definition.proof)


def test_without_centring_the_mean_would_hear_from_the_variance() -> None:
    here = batch.Channel()
    last = here.paths[-1]
    known = tuple(fact for fact in here.facts if fact.lhs is not here.mu and fact.lhs is not here.c)
    with pytest.raises(ProofError):
        Step(last.lhs, last.rhs, last.rule, Expand(known))


def test_a_layer_with_channels_agrees_on_every_road() -> None:
    one, images = batch_norm.checks()
    assert one.report.ok
    assert images.report.ok
    assert one.report.entries_ran
    gradient = one.report.rows[0].form.reshape(-1)
    assert np.allclose(gradient, [3 * n for n in (7 / 27, -7 / 3, 5 / 3, 11 / 27)])


def test_the_mean_gets_nothing_through_the_variance_because_the_centred_values_add_up_to_0() -> None:
    here = batch.Channel()
    path = here.mean_path
    assert (path.lhs, path.rhs) == (here.grad(here.mu), here.paths[-1].rhs)
    last = path.steps[-1]
    with pytest.raises(ProofError):
        Step(last.lhs, last.rhs, last.rule, Expand())
    assert here.centred.lhs.shape == ()


def test_the_three_terms_are_reached_in_single_steps() -> None:
    here = batch.Channel()
    paths, put, rooted, collected = here.result.steps
    assert paths.lhs == here.grad(here.x)
    for step in (put, rooted, collected):
        with pytest.raises(ProofError):
            Step(step.lhs, step.rhs, step.rule, Expand())
