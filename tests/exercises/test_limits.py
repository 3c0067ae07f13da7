"""Every cap refuses one step past it, accepts what is on it, and the worst accepted input is quick."""

import inspect
import sys
import time

import pytest

from symbolic.exercises import limits
from symbolic.exercises.reader import Unreadable, read

SHAPES = {"X": (8, 8), "Y": (60, 60)}
NAMES = ("z", "t", "u", "v", "w")


def outcome(text: str, fmt: str = "auto") -> str:
    """Return "read" or the key of the refusal; either within a second."""
    start = time.process_time()
    try:
        read(text, fmt, symbols=NAMES, shapes=SHAPES)
        result = "read"
    except Unreadable as refusal:
        result = refusal.key
    assert time.process_time() - start < 1
    return result


def nested(depth: int) -> str:
    return "(" * depth + "z" + ")" * depth


@pytest.mark.parametrize(
    ("inside", "outside", "key"),
    [
        ("z" + " " * (limits.BYTES - 1), "z" + " " * limits.BYTES, "too_many_bytes"),
        ("z+" * (limits.TOKENS // 2 - 1) + "z", "z+" * (limits.TOKENS // 2) + "z", "too_many_tokens"),
        (nested(limits.DEPTH - 1), nested(limits.DEPTH), "too_deep"),
        (r"\frac" * (limits.DEPTH - 1) + "1" * limits.DEPTH, r"\frac" * limits.DEPTH + "1" * 30, "too_deep"),
        ("1^" * (limits.DEPTH - 1) + "1", "1^" * limits.DEPTH + "1", "too_deep"),
        ("X.T.T", "X.T.T.T", "too_deep"),
        ("9" * limits.DIGITS, "9" * (limits.DIGITS + 1), "too_many_digits"),
        ("0." + "9" * (limits.DIGITS - 1), "0." + "9" * limits.DIGITS, "too_many_digits"),
        (f"1e{limits.DECIMAL_EXPONENT}", f"1e{limits.DECIMAL_EXPONENT + 1}", "decimal_exponent"),
        (f"1e-{limits.DECIMAL_EXPONENT}", f"1e-{limits.DECIMAL_EXPONENT + 1}", "decimal_exponent"),
        (f"z**{limits.POWER}", f"z**{limits.POWER + 1}", "power_too_large"),
        ("(z**16)**4", "(z**16)**4*z", "degree"),
        ("(9**32)**32", "((9**32)**32)**2", "too_many_digits_inside"),
        ("(z+t+u+v+w)**12", "(z+t+u+v+w)**13", "too_many_terms"),
        ("[" + "1," * 4095 + "1]", "[" + "1," * 4096 + "1]", "too_many_entries"),
        ("[[[[1]]]]", "[[[[[1]]]]]", "too_many_axes"),
        ("conv(Y, [[1, 2]])", "full_conv(Y, [" + "[1,1]," * 9 + "[1,1]])", "too_many_entries"),
        ("conv(Y, [[1, 2]])", "conv(Y, X)", "too_many_terms"),
        ("matmul(X, X)", "matmul(Y, Y)", "too_many_terms"),
        ("matmul(X, X)", "[" + "[1]," * 65 + "] @ [[" + "1," * 65 + "]]", "too_many_entries"),
        ("X + X", "+".join(["Y"] * 5000), "too_many_terms"),
    ],
    ids=lambda value: value if len(value) < 24 else value[:20] + "...",
)  # fmt: skip
def test_each_cap(inside: str, outside: str, key: str) -> None:
    assert outcome(inside) == "read"
    assert outcome(outside) == key


@pytest.mark.parametrize(
    ("inside", "outside", "key"),
    [
        ("[[[[1]]]]", "[" * (limits.JSON_DEPTH + 1) + "1" + "]" * (limits.JSON_DEPTH + 1), "too_deep"),
        ("9" * limits.DIGITS, "9" * (limits.DIGITS + 1), "too_many_digits"),
        ("1e100", "1e101", "decimal_exponent"),
        ("[" + "1," * 4095 + "1]", "[" + "1," * 4096 + "1]", "too_many_entries"),
        ('["z**32"]', '["z**33"]', "power_too_large"),
        ('["(z+t)**32", "(z+t)**32"]', "[" + '"(z+t+u)**16",' * 40 + "1]", "too_many_terms"),
    ],
)
def test_each_cap_of_json(inside: str, outside: str, key: str) -> None:
    assert outcome(inside, "json") == "read"
    assert outcome(outside, "json") == key


SLOW_LOOKING = {
    "powers": "9**9**9**9",
    "sum of fractions": "+".join(f"1/{10**50 + i}" for i in range(1500)),
    "fractions in an array": "[" + ",".join(f"{10**90 + i}/{10**99 + i}" for i in range(490)) + "]",
    "product of sums": "*".join(["(z+t+u+v+w)"] * 2000),
    "squares of squares": "((((z+t)**2+u)**2+v)**2+w)**2",
    "long product of numbers": "*".join(["9" * 90] * 1000),
    "long product of symbols": "*".join(["z"] * 9000),
    "transposes": "+".join(["Y.T"] * 4000),
    "rotations": "rot180(" * 20 + "Y" + ")" * 20,
    "rotations of sums": "+".join(["rot180(rot180(Y))"] * 1000),
    "equals": "=".join(["X"] * 9000),
    "equals of products": "=".join(["conv(X,X)"] * 2000),
    "signs": "-" * 15000 + "z",
    "opening brackets": "(" * 90000,
    "opening braces": "{" * 90000,
    "fractions": "\\frac" * 15000,
    "begins": "\\begin{pmatrix}" * 6000,
    "begin blanks": ("\\begin" + " " * 400) * 200,
    "row breaks": "\\\\ [" * 20000,
    "row blanks": ("\\\\" + " " * 400 + "[") * 200,
    "subscripts": "X_" * 30000,
    "one long name": "a" * 90000,
    "one long unknown index": "X_" + "1" * 90000,
    "letters": "\\, " + "zt" * 4000,
    "long words": " ".join(["z" * 4000] * 20),
    "dots": "." * 90000,
    "commas": "1," * 9000,
    "ragged": "[" + "[1,2]," * 2000 + "[1]]",
    "quotes": '"' * 90000,
    "escaped quotes": '"' + '\\"' * 40000,
    "objects": '{"a":' * 15000,
    "strings": "[" + '"z",' * 4000 + '"z"]',
    "zeros": "X-X+" * 300 + "X",
    "zero products": "[" + ",".join(["(z-z)*(z-z)"] * 1500) + "]",
    "spaced thousands": "1" + "{,}111" * 15000,
    "almost thousands": "1{,}" * 20000,
    "transposed names": "X^T" * 5000,
    "text commands": "\\text{" * 15000,
    "underscored": "a_" * 40000,
}


@pytest.mark.slow
@pytest.mark.parametrize("fmt", ["auto", "sympy", "latex", "json"])
@pytest.mark.parametrize("name", sorted(SLOW_LOOKING))
def test_nothing_takes_a_second(name: str, fmt: str) -> None:
    outcome(SLOW_LOOKING[name], fmt)


def test_the_deepest_accepted_text_leaves_most_of_pythons_stack() -> None:
    deepest = "z"
    for _ in range(limits.DEPTH - 3):
        deepest = f"z+2*-({deepest})"
    limit = sys.getrecursionlimit()
    depth = len(inspect.stack())
    try:
        sys.setrecursionlimit(depth + 600)
        assert outcome(deepest) == "read"
        assert outcome("\\frac{" * 11 + "1" + "}{2}" * 11) == "read"
    finally:
        sys.setrecursionlimit(limit)


def test_a_stack_that_is_nearly_full_is_no_crash() -> None:
    def sink(levels: int) -> str:
        return sink(levels - 1) if levels else outcome(nested(limits.DEPTH - 1))

    levels = sys.getrecursionlimit() - len(inspect.stack()) - 60
    assert sink(levels) == "too_deep"
