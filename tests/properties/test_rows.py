"""Over every TABLE row: the kernel differentiates it as plain loops do, and proves its windows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symbolic as s
from symbolic.kernel.logic import Derive, Rule, Step
from symbolic.terms.layers import TABLE
from symbolic.terms.size import ints
from symbolic.terms.term import Grad, Leaf, Multi, Node
from symbolic.terms.unrolled import unrolled
from tests import brute


def network(layer: Any) -> tuple[list[Leaf], Node]:
    leaves = [Leaf(f"V{k}", layer.shape(slot)) for k, slot in enumerate(layer.operands)]
    return leaves, Node(layer.label, tuple(leaves), Multi(layer, tuple(leaves)), name="O")


@pytest.mark.parametrize("key", TABLE)
@settings(max_examples=6)
@given(st.data())
def test_a_loss_of_the_row(key: str, data: st.DataObject) -> None:
    """L = sum of O^2: every gradient equals dual numbers through plain loops, and is proved."""
    layer = data.draw(brute.table_forms([key], most_rank=1))
    leaves, node = network(layer)
    d = s.derive(s.sum(s.mul(node, node), name="L"))
    values = {leaf.name: array for leaf, array in zip(leaves, data.draw(brute.operands(layer)), strict=True)}

    def loss(**arrays: Any) -> Any:
        return sum(y**2 for y in brute.contract(layer, list(arrays.values())).reshape(-1))

    result = d.evaluate({name: array.tolist() for name, array in values.items()})
    for leaf in leaves:
        assert (result.grads[leaf] == brute.gradient(loss, values, leaf.name)).all()
        proof = d.proof(leaf)
        assert proof.lhs == Grad(d.loss, leaf)
        Step(proof.lhs, proof.rhs, Rule.WINDOW, Derive())


@pytest.mark.parametrize("key", TABLE)
@settings(max_examples=4)
@given(st.data())
def test_the_written_out_row_and_sympy_agree(key: str, data: st.DataObject) -> None:
    """Road 1's expression of dL/d(operand) minus SymPy's derivative of the written-out loss expands to 0."""
    layer = data.draw(brute.table_forms([key], most_rank=1))
    if len(layer.solutions()[0]) > 60:
        return
    leaves, node = network(layer)
    d = s.derive(s.sum(s.mul(node, node), name="L"))
    symbols = {leaf: [leaf[index] for index in np.ndindex(*ints(leaf.shape))] for leaf in leaves}
    entries = [sympy.S.Zero] * node.size
    out, ins = layer.solutions()
    for row, o in enumerate(out.tolist()):
        factors = [symbols[leaf][int(place[row])] for leaf, place in zip(leaves, ins, strict=True)]
        entries[o] += sympy.Rational(layer.scale.numerator, layer.scale.denominator) * sympy.Mul(*factors)
    loss = sum(entry**2 for entry in entries)
    for leaf in leaves:
        flat = sympy.flatten(d.grad(leaf))
        assert len(flat) == len(symbols[leaf])
        for found, symbol in zip(flat, symbols[leaf], strict=True):
            assert sympy.expand(found - sympy.diff(loss, symbol)) == 0


@settings(max_examples=30)
@given(brute.table_forms(most_rank=1))
def test_a_row_written_out_is_the_row(layer: Any) -> None:
    from symbolic.kernel.logic import Expand

    leaves, node = network(layer)
    Step(node.body, unrolled(Multi(layer, tuple(leaves))), Rule.EXPAND, Expand())
