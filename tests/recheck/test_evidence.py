"""Wrong statements written by hand, each with the evidence that would suit it best: all refused, in words."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.recheck import plain
from tests.recheck.exported import outcome, rechecked

Json = Any
ONE = {"number": 1, "shape": ["N"]}
SAME = {"by": "reindex", "renaming": []}
DROP = {"by": "drop-operand", "renaming": []}


def product(terms: list[Json], output: str, slots: list[str], letters: dict[str, Json], **more: Json) -> Json:
    """A sum of products; slots such as "n,(g c)" are written "n gc": one word for each axis."""

    def slot(text: str) -> list[list[str]]:
        return [list(axis) for axis in text.split()]

    whole = {"product": terms, "output": slot(output), "operands": [slot(text) for text in slots], "letters": letters}
    return whole | {"rows": [], "scale": 1, "divisor": 1} | more


def function(name: str, of: Json, order: int = 0) -> Json:
    return {"function": name, "order": order, "of": of}


def softmax(axis: int) -> Json:
    return {"along": "softmax", "axis": axis, "of": "z"}


def gradient(of: Json, wrt: str = "X") -> Json:
    return {"gradient": of, "wrt": wrt}


def times(*terms: Json, **more: Json) -> Json:
    return product(list(terms), "x", ["x"] * len(terms), {"x": "N"}, **more)


def total(*terms: Json, **more: Json) -> Json:
    return product(list(terms), "", ["x"] * len(terms), {"x": "N"}, **more)


def integer(value: Json, *given: Json) -> Json:
    return {"integer": value, "given": list(given)}


def plus(*parts: Json) -> Json:
    return {"plus": list(parts)}


def certified(*certificates: Json) -> Json:
    return {"by": "bounds", "certificates": [{"terms": list(terms)} for terms in certificates]}


def verdict(left: Json, right: Json, by: Json, **tensors: Json) -> tuple[str, str]:
    data = {"derivations": [{"tensors": tensors, "steps": [{"left": left, "right": right, **by}]}]}
    return outcome("made", json.loads(json.dumps(data)))


X, Z = {"X": ["N"]}, {"z": ["N", "K"]}
SIGMA = function("sigmoid", "X")
MATRIX = {"x": "N", "y": "K"}
DIAGONAL = product(["X"], "x x", ["x"], {"x": "N"})
WIDE = {"floor": ["i", "s"]}

WRONG: dict[str, tuple[Json, Json, Json, dict[str, Json], str]] = {
    "a letter summed over and read nowhere is a factor": (
        product(["X"], "x", ["x"], MATRIX), times("X"), SAME, X, "the letter x runs|do not correspond",
    ),
    "a scale": (times("X", scale=2), times("X"), SAME, X, "the scales differ: 2 on the left, 1 on the right"),
    "a divisor": (times("X", divisor="N"), times("X"), SAME, X, r"the scales differ: 1/\(N\)"),
    "a constant operand": (
        times("X", {"number": [1, 2], "shape": ["N"]}), times("X"), SAME, X, "the scales differ: 1/2",
    ),
    "a transposed matrix": (
        product(["z"], "x y", ["x y"], {"x": "N", "y": "N"}), product(["z"], "y x", ["x y"], {"x": "N", "y": "N"}),
        SAME, {"z": ["N", "N"]}, "the outputs differ: x, y on the left, y, x on the right",
    ),
    "a diagonal read as a matrix": (DIAGONAL, DIAGONAL, SAME, X, "the letter x stands in the output twice"),
    "a flip": ({"flip": "X", "axes": [0]}, "X", SAME, X, r"the operands differ: X\[N - 1 - x0\]"),
    "a flip renamed away in the output": (
        times({"flip": "X", "axes": [0]}), times("X"), {"by": "reindex", "renaming": [["x", "x", True]]}, X,
        "the outputs differ",
    ),
    "two letters renamed to one": (
        product(["z"], "", ["x y"], {"x": "N", "y": "N"}), product(["z"], "", ["x y"], {"x": "N", "y": "N"}),
        {"by": "reindex", "renaming": [["y", "x", False]]}, {"z": ["N", "N"]}, "one to one: x, y",
    ),
    "a renaming that says nothing": (
        times("X"), times("X"), {"by": "reindex", "renaming": [["x", "x", False]]}, X, "renames no letter",
    ),
    "the same axis split in two ways": (
        product([product(["z"], "xy", ["x y"], MATRIX)], "yx", ["yx"], MATRIX), product(["z"], "xy", ["x y"], MATRIX),
        SAME, Z, "an axis is split into",
    ),
    "a square is not linear": (
        gradient(total("X", "X")), times("X"), DROP, X, "X does not stand exactly once",
    ),
    "an operand hidden in a function": (
        gradient(total("X", function("relu", function("relu", "X")))), function("relu", function("relu", "X")),
        DROP, X, "X does not stand exactly once, by itself",
    ),
    "the derivative of a square loses its 2": (
        gradient(total("X", "X")), times("X"), {"by": "tangent", "pairs": [[0, [["x0_0", "x", False]]]]}, X,
        "the derivative has 2 terms, the gradient 1",
    ),
    "two terms with one partner": (
        gradient(total("X", "X")), {"sum": [times("X"), times("X")]},
        {"by": "tangent", "pairs": [[0, [["x0_0", "x", False]]], [0, [["x0_0", "x", False]]]]}, X,
        "are not each term once",
    ),
    "the derivative of a sigmoid is not itself": (
        gradient(total(SIGMA)), SIGMA, {"by": "tangent", "pairs": [[0, [["x0_0", "x", False]]]]}, X,
        "the operands differ",
    ),
    "a gradient read backwards": (
        gradient(total("X", "Y")), times({"flip": "Y", "axes": [0]}), DROP, X | {"Y": ["N"]}, "the operands differ",
    ),
    "a gradient of something without the tensor": (
        gradient(total("Y")), "X", DROP, X | {"Y": ["N"]}, "taken of something without it",
    ),
    "a gradient of an array": (gradient(times("X")), "X", DROP, X, "a gradient is taken of a scalar"),
    "s' = s + s^2": (
        function("sigmoid", "X", 1), {"sum": [SIGMA, times(SIGMA, SIGMA)]}, {"by": "elementary", "of": "X"}, X,
        "different functions",
    ),
    "r^2 z = 1 with a divisor": (
        times(function("rsqrt", "X"), function("rsqrt", "X"), "X", divisor="N"), ONE, {"by": "elementary", "of": "X"},
        X, "no known smooth function",
    ),
    "r^2 z = 1 with a letter to spare": (
        product([function("rsqrt", "X")] * 2 + ["X"], "x", ["x"] * 3, MATRIX), ONE, {"by": "elementary", "of": "X"},
        X, "no known smooth function",
    ),
    "functions of another array": (SIGMA, SIGMA, {"by": "elementary", "of": "Y"}, X | {"Y": ["N"]}, "neither side"),
    "a softmax along another axis": (
        product([softmax(0)], "x", ["x y"], MATRIX), ONE, {"by": "normalized"}, Z, "axis 0 is not what adds up",
    ),
    "a softmax counted twice": (
        product([softmax(1)], "x", ["x y"], MATRIX | {"u": "K"}), ONE, {"by": "normalized"}, Z, "not the plain sum",
    ),
    "a scaled softmax": (
        product([softmax(1)], "x", ["x y"], MATRIX, scale=2), ONE, {"by": "normalized"}, Z, "not the plain sum",
    ),
    "any array normalized": (product(["z"], "x", ["x y"], MATRIX), ONE, {"by": "normalized"}, Z, "sum of a softmax"),
    "a hypothesis about all entries": (
        product(["z"], "", ["x y"], MATRIX), {"number": 1, "shape": []}, {"by": "sums-to-one"}, Z, "not the plain sum",
    ),
    "a hypothesis with another sum": (
        product(["z"], "x", ["x y"], MATRIX), {"number": 2, "shape": ["N"]}, {"by": "sums-to-one"}, Z, "is not 1",
    ),
    "a rewriting without effect": (
        times("X"), times("X"), {"by": "rewrite", "steps": [{"left": "Y", "right": "Y", **SAME}]}, X | {"Y": ["N"]},
        "its step 1 replaces no part",
    ),
    "a rewriting by a wrong step": (
        times("X"), times("Y"), {"by": "rewrite", "steps": [{"left": "X", "right": "Y", **SAME}]}, X | {"Y": ["N"]},
        "its step 1: the operands differ: X",
    ),
    "a definition": (times("X"), "X", {"by": "definition"}, X, "these sides differ"),
    "an unknown kind of evidence": (times("X"), times("X"), {"by": "authority"}, X, "no evidence 'authority'"),
    "fields of another kind": (times("X"), times("X"), {"by": "bounds", "renaming": []}, X, "has the fields certif"),
    "different shapes": (times("X"), total("X"), SAME, X, "different shapes"),
    "an operand of another shape": (times("z"), times("z"), SAME, Z, "by 1"),
    "an extent of another size": (
        product(["X"], "x", ["x"], {"x": "K"}), "X", SAME, X, r"operand of shape \(N\) as \(K\)",
    ),
    "integers that differ": (
        integer(plus("i", 1)), integer("i"), certified([[1, []]], []), {}, "the values differ: .* wanted is -1",
    ),
    "a negative multiplier": (
        integer(plus("i", 1)), integer("i"), certified([[1, []]], [[-1, []]]), {}, "no positive integer",
    ),
    "a fact not known yet": (
        integer("i"), integer("i"), certified([], [[1, [1]]]), {}, "1 facts are known at this place, none is 1",
    ),
    "an inequality left out": (integer("i"), integer("i"), certified([]), {}, "2 inequalities are to be shown, 1 are"),
    "a divisor that may be 0": (
        integer({"floor": ["i", "p"]}), integer({"floor": ["i", "p"]}), certified([[1, [2]]], [], []), {},
        "the divisor p >= 1: 2 facts are known",
    ),
    "conditions on one side only": (
        integer("i"), integer("i", {"at_least": ["i", 2]}), certified([], []), {},
        "the conditions differ: none on the left, i >= 2 on the right",
    ),
    "nothing shown of no sizes": (
        integer("i", {"at_least": [0, "i"]}), integer("i", {"at_least": [0, "i"]}), certified([], []), {},
        "found no small sizes that the statement is meant for",
    ),
    "a floor without its floor": (
        integer(WIDE), integer("i"), certified([[1, [1]]], [[1, [0]]], [[1, [0]]]), {}, "the values differ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_statement_is_refused(name: str) -> None:
    left, right, by, tensors, words = WRONG[name]
    result, message = verdict(left, right, by, **tensors)
    assert result == "refused", name
    assert re.search(words, message), message
    assert message.startswith("theorem made"), message


RIGHT: dict[str, tuple[Json, Json, Json, dict[str, Json]]] = {
    "a sum in two orders": (
        product(["z", "X"], "y", ["x y", "x"], MATRIX), product(["X", "z"], "y", ["x", "x y"], MATRIX), SAME, X | Z,
    ),
    "a double flip": ({"flip": {"flip": "X", "axes": [0]}, "axes": [0]}, "X", SAME, X),
    "the gradient of a linear form": (gradient(total("X", "Y")), times("Y"), DROP, X | {"Y": ["N"]}),
    "the gradient of a square": (
        gradient(total("X", "X")), {"sum": [times("X"), times("X")]},
        {"by": "tangent", "pairs": [[k, [["x0_0", "x", False]]] for k in (0, 1)]}, X,
    ),
    "the gradient of a sum of relu": (
        gradient(total(function("relu", "X"))), function("relu", "X", 1),
        {"by": "tangent", "pairs": [[0, [["x0_0", "x", False]]]]}, X,
    ),
    "s' = s - s^2": (
        function("sigmoid", "X", 1), {"sum": [SIGMA, times(SIGMA, SIGMA, scale=-1)]},
        {"by": "elementary", "of": "X"}, X,
    ),
    "a softmax sums to 1": (product([softmax(1)], "x", ["x y"], MATRIX), ONE, {"by": "normalized"}, Z),
    "an integer is itself": (integer(plus("i", 1, -1)), integer("i"), certified([], []), {}),
    "a remainder by its floor": (
        integer({"mod": ["i", "s"]}), integer(plus("i", {"times": [-1, "s", WIDE]})),
        certified([[1, [1]]], [], []), {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_statement_is_proved_and_true_by_the_plain_loops(name: str) -> None:
    left, right, by, tensors = RIGHT[name]
    assert verdict(left, right, by, **tensors) == ("accepted", ""), name
    statement = {"tensors": tensors, "steps": [{"left": left, "right": right, **by}]}
    assert plain.false_step(json.loads(json.dumps(statement)), name) is None


def test_a_kink_is_a_condition() -> None:
    left, right, by, tensors = RIGHT["the gradient of a sum of relu"]
    data = {"derivations": [{"tensors": tensors, "steps": [{"left": left, "right": right, **by}]}]}
    assert rechecked("made", data).conditions == ("relu is not at its kink",)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ([[1, "N"]], "the size N is written as a list"),
        ([[3]], "the size 3 is written as a list"),
        ([[1], [0, "N"]], "none of them 0"),
        ([[1, "N"], [1, "K"]], "lists its terms in order"),
        ([[1, "N", "K"]], "lists its terms in order"),
        ([[1, "K"], [1, "K"]], "lists its terms in order"),
        ("N*K", "is no name for a letter"),
        ("", "is no name for a letter"),
    ],
)
def test_a_size_has_one_spelling(size: Json, words: str) -> None:
    result, message = verdict("X", "X", SAME, X=[size])
    assert (result, words in message) == ("refused", True), message


@pytest.mark.parametrize(
    ("scale", "words"), [([2, 4], "2/4 is not in lowest terms"), ([3, 1], "3/1"), ([1, -2], "1/-2")]
)
def test_a_fraction_has_one_spelling(scale: Json, words: str) -> None:
    result, message = verdict(times("X", scale=scale), times("X", scale=scale), SAME, **X)
    assert (result, words in message) == ("refused", True), message


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ({"flip": "X", "axes": []}, "a flip of an array with 1 axes"),
        ({"flip": "X", "axes": [1]}, "a flip of an array with 1 axes"),
        ({"sum": ["X"]}, "at least two terms"),
        (times("X", divisor=2), "a divisor is 1 or has a letter"),
        (product(["X"], "x", ["y"], {"x": "N"}), "the letter y has no extent"),
        (product(["X"], "x", ["x", "x"], {"x": "N"}), "a sum over 2 operands has 1"),
        (function("sin", "X"), "there is no function 'sin'"),
        (function("exp", "X", 2), "got order 2"),
        ({"along": "softmax", "axis": 1, "of": "X"}, "along axis 1 of an array of 1 axes"),
        ("Y", "there is no tensor 'Y'; the tensors are X"),
    ],
)
def test_a_term_without_meaning_is_refused(term: Json, words: str) -> None:
    result, message = verdict(term, term, SAME, **X)
    assert (result, words in message) == ("refused", True), message


def test_a_tensor_that_stands_nowhere_is_refused() -> None:
    result, message = verdict("X", "X", SAME, **X, Y=["N"])
    assert (result, message) == ("refused", "theorem made: the tensor Y stands in no step")
