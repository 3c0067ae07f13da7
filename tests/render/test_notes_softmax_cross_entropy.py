"""softmax-cross-entropy: p - t by numbers, the hypothesis that it needs, logits of 1000, the listing."""

import contextlib
import io
import math
import re
from fractions import Fraction

import numpy as np
import pytest

from render.document import Code, Theorem
from render.notes import logits, softmax_cross_entropy, three_logits
from render.notes.numbers import numbers_of
from symbolic import cross_entropy, derive, tensor
from symbolic.errors import ProofError
from symbolic.kernel.logic import Expand, Rule, Scope, Step
from symbolic.terms.term import Grad, Stack


def test_predicted_minus_wanted_by_numbers() -> None:
    here = three_logits.Setting()
    z = [1.0, 2.0, 3.0]
    total = sum(map(math.exp, z))
    expected = [math.exp(x) / total - t for x, t in zip(z, (0, 0, 1), strict=True)]
    assert np.allclose(here.d.evaluate(softmax_cross_entropy.VALUES).grads["z"].astype(float), expected, atol=1e-12)
    assert numbers_of(logits.by_hand().rhs) == tuple(map(Fraction, ("1/5", "-7/10", "1/2")))


def test_the_result_states_its_condition_and_is_refused_without() -> None:
    here = three_logits.Setting()
    proof = three_logits.p_minus_t(here)
    assert proof.given == ("targets-sum-to-one",)
    with pytest.raises(ProofError):
        Step(here.slope, proof.rhs, Rule.COLLECT, Expand(here.short))
    last = proof.steps[1]
    with pytest.raises(ProofError):
        Step(last.lhs, last.rhs, last.rule, last.proof)


def test_without_the_condition_the_sum_of_the_targets_stays() -> None:
    here = three_logits.Setting()
    found = here.d.evaluate({"z": [0, 0, 0], "t": [1, 1, 1]}).grads["z"].astype(float)
    assert np.allclose(found, 3 * np.full(3, 1 / 3) - 1)


def test_the_theorems_hold_for_all_sizes() -> None:
    theorems = [b.derivation for b in softmax_cross_entropy.note().blocks if isinstance(b, Theorem)]
    assert [theorem.scope for theorem in theorems] == [Scope.ALL_SIZES] * 3


@pytest.mark.parametrize(
    ("z", "gradient", "loss"),
    [((1000, -1000, 0), (1, -1, 0), 2000), ((1000, 1000, -1000), (0.5, -0.5, 0), math.log(2))],
)
def test_logits_of_1000(z: tuple[int, ...], gradient: tuple[float, ...], loss: float) -> None:
    found = derive(cross_entropy(tensor("z", (3,)), 1)).evaluate({"z": list(z)})
    assert np.allclose(found.grads["z"].astype(float), gradient, atol=1e-15)
    assert math.isclose(found.value, loss)
    assert ", ".join(f"{x:.4g}".replace("-", "−") for x in gradient) in {row[-1] for row in logits.extremes()}


def test_the_squared_error_stalls_where_cross_entropy_does_not() -> None:
    one = logits.OneClass()
    p = 1 / (1 + math.exp(10))
    values = {"z": -10, "t": 1}
    assert math.isclose(one.entropies.evaluate(values).grads["z"], p - 1)
    assert math.isclose(one.errors.evaluate(values).grads["z"], 2 * (p - 1) * p * (1 - p))
    with pytest.raises(ProofError):
        Step(Grad(one.E, one.z), one.entropy.rhs, Rule.COLLECT, one.entropy.steps[0].proof)


def test_the_code_on_the_page_prints_what_it_says() -> None:
    (code,) = [block for block in softmax_cross_entropy.note().blocks if isinstance(block, Code)]
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(code.text, "note", "exec"), {})  # noqa: S102 (the project's own listing)
    assert output.getvalue().splitlines() == re.findall(r"# (.*)$", code.text, flags=re.MULTILINE)


def test_the_two_class_loss_comes_from_the_two_logarithms() -> None:
    one = logits.OneClass()
    chain = one.from_two
    assert (chain.lhs, chain.rhs) == (one.C, one.written.rhs)
    found = derive(cross_entropy(tensor("z", (2,)), tensor("t", (2,)))).evaluate({"z": [3, 0], "t": [0.25, 0.75]})
    assert math.isclose(found.value, one.entropies.evaluate({"z": 3, "t": 0.25}).value)


def test_the_slope_of_the_logarithm_of_the_sum_is_softmax() -> None:
    _, slope = three_logits.sum_slope(three_logits.Setting())
    assert slope.rhs.shape == (1, 3)
    with pytest.raises(ProofError):
        Step(slope.lhs, Stack((*slope.rhs.entries[1:], slope.rhs.entries[0]), (1, 3)), slope.rule, slope.proof)  # type: ignore[attr-defined]
