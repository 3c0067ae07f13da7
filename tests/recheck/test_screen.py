"""The recheck's numbers: polynomials, values and slopes of functions, and a screen that sees what is false."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symbolic.recheck import evidence
from symbolic.recheck.elementary import SLOPES, VALUES, Quotient
from symbolic.recheck.evaluate import _TABLE, ROOTS, Dual, Place, UnfitError, _function, entries
from symbolic.recheck.integers import Expression, Integer
from symbolic.recheck.json_file import Field
from symbolic.recheck.polynomial import Polynomial, polynomial
from symbolic.recheck.refusal import RefusedError
from symbolic.recheck.schema import tensors, term
from tests.recheck import plain
from tests.recheck.exported import KEYS, changed, exported

LETTERS = ("k", "n", "s")
monomials = st.lists(st.sampled_from(LETTERS), max_size=3).map(lambda x: tuple(sorted(x)))
polynomials = st.dictionaries(monomials, st.integers(-5, 5), max_size=4).map(polynomial)
places = st.fixed_dictionaries({letter: st.integers(-4, 4) for letter in LETTERS})


@given(polynomials, polynomials, places)
def test_polynomials_calculate_as_their_values_do(one: Polynomial, other: Polynomial, at: dict[str, int]) -> None:
    assert (one + other).value(at) == one.value(at) + other.value(at)
    assert (one * other).value(at) == one.value(at) * other.value(at)
    assert (one - other).value(at) == one.value(at) - other.value(at)
    put = {"n": other}
    assert one.at(put).value(at) == one.value(at | {"n": other.value(at)})
    assert (one - one).terms == ()


def test_a_polynomial_reads_as_one_writes_it() -> None:
    assert str(polynomial({("d", "k"): 1, ("d",): -1, (): 2, ("k", "k"): -3})) == "-d + d*k - 3*k*k + 2"
    assert str(polynomial({})) == "0"


def test_a_polynomial_has_a_limit() -> None:
    long = polynomial({(f"x{k}",): 1 for k in range(30)})
    with pytest.raises(RefusedError, match="too long to be checked"):
        _ = long * long


@pytest.mark.parametrize("name", sorted(_TABLE))
@pytest.mark.parametrize("z", [0.3, 1.7])
def test_slopes_are_the_limits_of_differences(name: str, z: float) -> None:
    for order in (0, 1):
        low, high = (_function(name, order, 0.1, z + step) for step in (-1e-5, 1e-5))
        assert _function(name, order, 0.1, Dual(z, 3)).slope == pytest.approx(3 * (high - low) / 2e-5, rel=1e-5)


@pytest.mark.parametrize("name", sorted({*VALUES, *SLOPES}))
def test_quotients_are_the_functions(name: str) -> None:
    def value(quotient: Quotient, z: float) -> float:
        over, under = (
            sum(float(c) * math.exp(z) ** a * math.sqrt(z) ** b for (a, b), c in part.items())
            for part in (quotient.over, quotient.under)
        )
        return over / under

    z = 0.7
    if name in VALUES:
        assert value(VALUES[name](), z) == pytest.approx(_function(name, 0, 0, z))
    slope = SLOPES[name]() if name in SLOPES else VALUES[name]().slope()
    assert value(slope, z) == pytest.approx(_function(name, 1, 0, z))


@pytest.mark.parametrize("name", ROOTS)
def test_roots_of_numbers_that_have_none_are_not_tried(name: str) -> None:
    with pytest.raises(UnfitError):
        _function(name, 0, 0, -1)
    with pytest.raises(UnfitError):
        _function("exp", 0, 0, 10_000)


def sides(key: str) -> list[tuple[Any, Any]]:
    """(derivation, term) for every side that is no gradient."""
    found = []
    for derivation in exported(key)["derivations"]:
        terms = [step[side] for step in derivation["steps"] for side in ("left", "right")]
        found += [(derivation, one) for one in terms if not (isinstance(one, dict) and "gradient" in one)]
    return found


@pytest.mark.parametrize("key", KEYS)
def test_values_are_those_of_the_plain_loops(key: str) -> None:
    random, compared = Random(key), 0
    for derivation, one in sides(key):
        whole = isinstance(one, dict) and "integer" in one
        for _ in range(400):
            names = plain.letters_of(derivation)
            sizes = {x: random.randint(0 if x[:1] == "p" else 1, 7 if whole else 2) for x in sorted(names)}
            loops = plain.drawn(derivation, sizes, random)
            if loops is not None:
                break
        else:
            raise LookupError(f"no small sizes for {key}")
        known = tensors(Field(derivation["tensors"], "tensors"))
        arrays = {name: list(array.values()) for name, array in loops.arrays.items()}
        found = entries(term(Field(one, "term"), known), Place(sizes, arrays))
        expected = [loops.entry(one, index) for index in loops.indices(one)]
        assert found == pytest.approx(expected, rel=1e-6) if isinstance(expected[0], float) else found == expected
        compared += len(found)
    assert compared


def number(value: int) -> Expression:
    return Expression("number", number=value)


@given(st.tuples(*(st.integers(1, 5),) * 4), st.integers(-2, 3), st.integers(-2, 3))
def test_positions_are_counted_one_by_one(sizes: tuple[int, ...], low: int, high: int) -> None:
    n, k, s, d = sizes
    fields = {"input": n, "kernel": k, "stride": s, "low": low, "high": high, "dilation": d, "input_dilation": 2}
    for kind in ("outputs", "transposed_outputs"):
        used = {name: value for name, value in fields.items() if kind == "outputs" or name != "input_dilation"}
        count = Integer(kind, tuple((name, number(value)) for name, value in used.items()), ())
        room = (
            (2 * (n - 1) + low + high - d * (k - 1), s)
            if kind == "outputs"
            else (s * (n - 1) + d * (k - 1) - low - high, 1)
        )
        assert count.at({}) == max(0, room[0] // room[1] + 1), kind


# What the screen alone, with every piece of evidence believed, must still find.
def _flip(parts: Any) -> None:
    right = parts[0]["steps"][1]["right"]
    right["product"] = ["F" if isinstance(one, dict) else one for one in right["product"]]


def _stride_for_dilation(parts: Any) -> None:
    row = parts[0]["steps"][1]["right"]["rows"][0]
    row["s"], row["d"] = row["d"], row["s"]


def _padding(parts: Any) -> None:
    parts[0]["steps"][1]["right"]["rows"][1]["p"] = "p2"


def _factor(parts: Any) -> None:
    parts[0]["steps"][0]["right"]["scale"] = 2


def _sign_of_softmax(parts: Any) -> None:
    parts[0]["steps"][0]["right"]["sum"][0]["scale"] = 1


def _size(parts: Any) -> None:
    parts[0]["steps"][-1]["right"]["integer"] = "i"


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("input-gradient", _flip),
        ("input-gradient", _stride_for_dilation),
        ("filter-gradient", _stride_for_dilation),
        ("input-gradient", _padding),
        ("bias-gradient", _factor),
        ("max-pool-backward", _factor),
        ("softmax-cross-entropy", _sign_of_softmax),
        ("arithmetic-6", _size),
        ("arithmetic-14", _size),
    ],
)
def test_the_screen_finds_what_is_false(monkeypatch: pytest.MonkeyPatch, key: str, change: Any) -> None:
    assert "the screen found" not in changed(key, change).message
    for kind in evidence.CHECKS:
        monkeypatch.setitem(evidence.CHECKS, kind, lambda _: None)
    result = changed(key, change)
    assert not result.ok
    assert "the screen found" in result.message


def test_a_screen_that_sees_only_zeros_is_refused() -> None:
    nothing = {"number": 0, "shape": ["n"]}
    result = changed("rot180-is-two-flips", lambda parts: parts.__setitem__(slice(None), [
        {"tensors": {}, "steps": [{"left": nothing, "right": nothing, "by": "definition"}]}
    ]))  # fmt: skip
    assert result.message == "theorem rot180-is-two-flips: the screen saw nothing but zeros"


def test_fractions_stay_exact() -> None:
    known = tensors(Field({"X": [2]}, "x"))
    total = {"product": ["X"], "output": [], "operands": [[["x"]]], "letters": {"x": 2}, "rows": []}
    one = term(Field(total | {"scale": [1, 3], "divisor": 1}, "x"), known)
    assert entries(one, Place({}, {"X": [1, 1]})) == [Fraction(2, 3)]


def test_flat_positions_run_last_letter_fastest() -> None:
    known = tensors(Field({"X": [6]}, "x"))
    split = {"product": ["X"], "output": [["b"], ["a"]], "operands": [[["a", "b"]]], "letters": {"a": 2, "b": 3}}
    one = term(Field(split | {"rows": [], "scale": 1, "divisor": 1}, "x"), known)
    assert entries(one, Place({}, {"X": list(range(6))})) == [3 * a + b for b, a in product(range(3), range(2))]
