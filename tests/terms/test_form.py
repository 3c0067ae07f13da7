"""A form's solutions, its views and their numbers, against plain loops."""

from __future__ import annotations

import pickle
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symbolic.roads.expressions import reads
from symbolic.terms.form import Form
from symbolic.terms.layers import form
from symbolic.terms.size import Row, letter_size
from tests import brute


def looped(view: Form) -> Counter[tuple[int, ...]]:
    """Flat positions (output, operands...) of every solution, by loops over every letter."""
    found: Counter[tuple[int, ...]] = Counter()
    slots = (view.output, *view.operands)
    for at in brute.letters(view):
        flat = []
        for slot in slots:
            shape = tuple(int(n) for n in view.shape(slot))  # type: ignore[arg-type]
            flat.append(int(np.ravel_multi_index(brute.position(view, slot, at), shape)) if shape else 0)
        found[tuple(flat)] += 1
    return found


def listed(view: Form) -> Counter[tuple[int, ...]]:
    out, ins = view.solutions()
    return Counter(zip(out.tolist(), *(column.tolist() for column in ins), strict=True))


@settings(max_examples=60)
@given(brute.table_forms())
def test_solutions_are_all_index_tuples_of_the_relation(layer: Form) -> None:
    expected = looped(layer)
    assert listed(layer) == expected
    for operand in range(len(layer.operands)):
        assert listed(layer.wrt(operand)) == looped(layer.wrt(operand))


@settings(max_examples=60)
@given(brute.table_forms(), st.data())
def test_reads_lists_the_solutions_of_one_output_entry(layer: Form, data: st.DataObject) -> None:
    view = data.draw(st.sampled_from([layer, *(layer.wrt(k) for k in range(len(layer.operands)))]))
    found: Counter[tuple[int, ...]] = Counter()
    shape = tuple(int(n) for n in view.output_shape)  # type: ignore[arg-type]
    for flat, index in enumerate(np.ndindex(*shape)):
        for places in reads(view, index):
            found[flat, *places] += 1
    assert found == listed(view)


@given(brute.table_forms())
def test_seeing_a_form_from_one_side_twice_is_seeing_it_as_it_was(layer: Form) -> None:
    for operand, slot in enumerate(layer.operands):
        view = layer.wrt(operand)
        assert view.output == slot
        assert view.operands[operand] == layer.output
        assert view.rows == layer.rows
        assert view.wrt(operand) == layer


def test_wrt_changes_nothing_but_the_two_slots() -> None:
    layer = form("conv", dict.fromkeys(["i", "u", "a", "s1", "d1", "p1"], 2), without="ngoc", scale=Fraction(3, 7))
    assert layer.wrt(1).scale == Fraction(3, 7)
    assert layer.wrt(1).operands == (layer.operands[0], layer.output)
    assert layer.wrt(0) != layer.wrt(1)


def test_an_axis_of_several_letters_runs_the_last_one_fastest() -> None:
    pair = Form((("g", "c"),), ((("g",),), (("c",),)), (("g", 2), ("c", 3)))
    out, (left, right) = pair.solutions()
    assert sorted(zip(out.tolist(), left.tolist(), right.tolist(), strict=True)) == [
        (3 * g + c, g, c) for g in range(2) for c in range(3)
    ]
    assert pair.output_shape == (6,)


def test_padding_is_no_solution_inside_the_extents() -> None:
    layer = form("conv", {"i": 2, "u": 3, "a": 2, "s1": 1, "d1": 1, "p1": 1}, without="ngoc")
    out, (kernel, read) = layer.solutions()
    triples = sorted(zip(out.tolist(), kernel.tolist(), read.tolist(), strict=True))
    assert triples == [(0, 1, 0), (0, 2, 1), (1, 0, 0), (1, 1, 1)]


def test_sizes_put_in_turn_the_divisor_into_scale() -> None:
    general = Form((("i",),), ((("i",),),), (("i", letter_size("m")),), scale=Fraction(2), divisor=letter_size("D"))
    assert general.at({"m": 3}).divisor == letter_size("D")
    concrete = general.at({"m": 3, "D": 4})
    assert (concrete.scale, concrete.divisor, concrete.output_shape) == (Fraction(1, 2), 1, (3,))
    with pytest.raises(TypeError, match="symbolic"):
        general.solutions()


def test_the_label_is_no_part_of_the_meaning() -> None:
    layer = form("conv", dict.fromkeys(["i", "u", "a", "s1", "d1", "p1"], 1), without="ngoc")
    assert replace(layer, label="anything") == layer
    assert hash(replace(layer, label="anything")) == hash(layer)


def test_rows_that_share_a_letter_are_refused() -> None:
    """Their solutions would have to be intersected, which `solutions` does not do."""
    slots = ((("u",),), (("a",),), (("b",),))
    sizes = tuple((x, 2) for x in "abiju")
    with pytest.raises(ValueError, match="one row"):
        Form((("i",), ("j",)), slots, sizes, (Row("i", "u", "a"), Row("j", "u", "b")))


def test_a_form_prints_as_one_would_type_it() -> None:
    layer = form("conv", dict.fromkeys([*"iuangoc", "s1", "d1", "p1"], 2))
    assert str(layer) == "[n,(g o),i] = [(g o),c,u] * [n,(g c),a]; 2*i + 2*u - a = 2"


def test_a_copy_carries_nothing_worked_out() -> None:
    layer = form("conv", {"i": 2, "u": 2, "a": 3, "s1": 1, "d1": 1, "p1": 0}, without="ngoc")
    layer.solutions()
    layer.__dict__["extent"]["i"] = 99  # somebody tampers with what was worked out
    again = pickle.loads(pickle.dumps(layer))  # noqa: S301 (our own bytes)
    assert again == layer
    assert again.extent["i"] == 2
    assert "_solutions" not in again.__dict__


def test_solutions_cannot_be_written_to() -> None:
    layer = form("conv", {"i": 2, "u": 2, "a": 3, "s1": 1, "d1": 1, "p1": 0}, without="ngoc")
    out, _ = layer.solutions()
    with pytest.raises(ValueError, match="read-only"):
        out[0] = 7
