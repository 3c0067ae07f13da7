"""chain-rule: the published numbers, the misprint, and what each gate sends back."""

from fractions import Fraction

import pytest

from render.document import Table
from render.notes import chain_rule, gates
from symbolic import tensor
from symbolic.errors import ProofError
from symbolic.kernel.logic import Expand, Rule, Step
from symbolic.terms.term import Grad, scalars
from tests.render.test_notes import results


def table_of(header: object) -> Table:
    return next(b for b in chain_rule.note().blocks if isinstance(b, Table) and b.header[0] == header)


def test_the_published_numbers() -> None:
    found = results(chain_rule.note())
    expected = {"q": 3, "f": -12, "df/dz": 3, "df/dq": -4, "df/dx": -4, "df/dy": -4}
    assert {key: found[key] for key in expected} == {key: [Fraction(n)] for key, n in expected.items()}


def test_the_misprint_is_shown_by_numbers() -> None:
    here = chain_rule.Setting()
    table = table_of(here.z)
    assert table.rows == ((-4, -12, -4, -4, 3), (4, 12, 4, 4, 3))


@pytest.mark.parametrize(("name", "slopes"), [("add", (1, 1)), ("mul", (7, 5)), ("scale", (3,)), ("square", (10,))])
def test_each_gate_multiplies_by_its_slope(name: str, slopes: tuple[int, ...]) -> None:
    node, derived = gates.gate(name)
    values = {"a": 5, "b": 7, "D": 2}
    numbers = derived.evaluate({leaf.name: values[leaf.name] for leaf in derived.inputs})
    for argument, slope in zip(node.args, slopes, strict=True):
        assert numbers.grads[argument.name] == 2 * slope
        gates.handed_on(node, derived, argument)


def test_a_wrong_local_gradient_is_refused() -> None:
    here = chain_rule.Setting()
    with pytest.raises(ProofError):
        Step(here.grad(here.x), scalars(here.grad(here.q), here.y), Rule.LOCAL, Expand(here.point.facts))


def test_two_paths_add_up() -> None:
    g, proof = gates.branching()
    assert proof.lhs == Grad(g, tensor("x"))
    assert len(proof.steps) == 3


def test_a_small_step_in_x_changes_f_by_the_gradient() -> None:
    here = chain_rule.Setting()
    params = chain_rule.nudged(here).params
    assert (params["step"], params["before"], params["after"]) == (Fraction(1, 100), -12, Fraction(-1204, 100))
    assert params["after"] - params["before"] == here.point.amount(here.grad(here.x)) * params["step"]  # type: ignore[operator]
