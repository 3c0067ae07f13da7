"""d.numpy_source(): the written text runs on NumPy alone and returns what `evaluate` returns, for every operator."""

from __future__ import annotations

import ast
import subprocess
import sys
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import symbolic as s
from symbolic.errors import GradproofError
from symbolic.exercises.callables import check_backward
from symbolic.numpy_source.layout import tidied, wrapped
from symbolic.terms.form import Form
from symbolic.terms.size import Row
from symbolic.terms.term import Map, Multi, Node
from tests.networks import networks
from tests.operators import BUILDERS, applications
from tests.varied import varied

if TYPE_CHECKING:
    from pathlib import Path


def executed(d: Any) -> dict[str, Any]:
    """The functions of our own text, after a look at what it imports."""
    text = d.numpy_source()
    for statement in ast.walk(ast.parse(text)):
        if isinstance(statement, ast.Import):
            assert [alias.name for alias in statement.names] == ["numpy"]
        if isinstance(statement, ast.ImportFrom):
            assert (statement.module, [alias.name for alias in statement.names]) == ("math", ["erf"])
    space: dict[str, Any] = {}
    exec(compile(text, "numpy_source", "exec"), space)  # noqa: S102 -- the text under test is our own
    return space


def called(function: Any, arrays: list[Any]) -> list[Any]:
    found = function(*arrays)
    return list(found) if isinstance(found, tuple) else [found]


def agree(mine: Any, right: Any) -> None:
    right = np.asarray(right)
    mine = np.asarray(mine)
    assert mine.shape == right.shape
    np.testing.assert_allclose(mine.astype(float), right.astype(float), rtol=1e-10, atol=1e-10)


def compare(d: Any, values: dict[str, Any], output: Any) -> None:
    """Both functions in float64 against the engine."""
    space, right = executed(d), d.evaluate(values)
    arrays = [np.array(values[leaf.name], dtype=float) for leaf in d.inputs]
    below = {leaf.name for leaf in s.derive(output).inputs} if output is d.loss else set(values) - {"delta"}
    own = [leaf for leaf in d.inputs if leaf.name in below]
    (value,) = called(space["forward"], arrays[: len(own)])
    agree(value, right.values[output])
    grads = called(space["backward"], arrays)
    assert len(grads) == len(own)
    for leaf, mine in zip(own, grads, strict=True):
        agree(mine, right.grads[leaf])


@pytest.mark.parametrize("operator", BUILDERS)
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_every_operator_with_a_cotangent(operator: str, data: st.DataObject) -> None:
    application = data.draw(applications(operator))
    node = application.node
    values = {leaf: application.values[leaf] for leaf in application.values}
    d = s.derive(node, gradient=s.tensor("delta", node.shape))
    used = {leaf.name for leaf in d.inputs}
    size = int(np.prod(node.shape))
    values["delta"] = (np.arange(size) * 3 % 7 - 2).reshape(node.shape).tolist()
    compare(d, {name: value for name, value in values.items() if name in used}, node)


@pytest.mark.parametrize("name", networks())
def test_networks_in_floats_and_in_fractions(name: str) -> None:
    loss = networks()[name]
    d = s.derive(loss, gradient=None if loss.shape == () else np.full(loss.shape, 2))
    draw = np.random.default_rng(3)
    values = {leaf.name: draw.integers(1, 9, size=leaf.shape).tolist() for leaf in d.inputs}
    compare(d, values, loss)
    exact = [np.vectorize(Fraction, otypes=[object])(np.array(values[leaf.name], dtype=object)) for leaf in d.inputs]
    right = d.evaluate(values)
    grads = called(executed(d)["backward"], exact)
    for leaf, mine in zip(d.inputs, grads, strict=True):
        if name == "numbers":  # its constants such as 1 / 3 are written as NumPy reads them, in floats
            agree(mine, right.grads[leaf])
        else:
            assert np.array_equal(np.asarray(mine, dtype=object), np.asarray(right.grads[leaf], dtype=object))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"stride": 2, "padding": 1},
        {"dilation": 2, "padding": ((0, 2), (1, 0))},
        {"stride": (1, 2), "groups": 2},
        {"stride": 2, "padding": 2, "dilation": 2, "groups": 2},
    ],
)
def test_a_written_backward_passes_our_own_check(options: dict[str, Any]) -> None:
    def backward(X: Any, F: Any, delta: Any) -> Any:
        output = s.conv2d(s.tensor("X", X.shape), s.tensor("F", F.shape), **options)
        text = s.derive(output, gradient=s.tensor("delta", delta.shape)).numpy_source()
        space: dict[str, Any] = {}
        exec(text, space)  # noqa: S102 -- our own text
        return space["backward"](X, F, delta)

    def flipped(X: Any, F: Any, delta: Any) -> Any:
        dX, dF = backward(X, F[..., ::-1], delta)
        return dX, dF

    assert check_backward("conv2d", backward, **options).verdict == "correct"
    assert check_backward("conv2d", flipped, **options).verdict == "wrong"


def test_the_text_reads_like_a_persons() -> None:
    X, F, T = s.tensor("X", (3, 3)), s.tensor("F", (2, 2)), s.tensor("T", (2, 2))
    text = s.derive(s.mse_loss(s.conv2d(X, F, name="O"), T, name="L")).numpy_source()
    assert "def forward(X, F, T):" in text
    assert "    # conv2d(X, F): [i,j] = [u,v] * [a,b]; i + u - a = 0; j + v - b = 0\n" in text
    assert "    X_windows = windows(windows(X, 0, 2, 2), 2, 2, 2)\n" in text
    assert '    O = np.einsum("uv,iujv->ij", F, X_windows)\n' in text
    assert "    L = (np.sum((O - T) ** 2) / 4)\n" not in text
    assert "    L = np.sum((O - T) ** 2) / 4\n" in text
    assert "    return dX, dF, dT\n" in text
    assert "softmax" not in text


RULES = "E,F,W,I,UP,B,SIM,C4,PIE,RUF,PERF,FURB,D1"


@pytest.mark.slow
@pytest.mark.parametrize("name", varied())
def test_varied_networks_pass_their_own_check_and_are_clean(name: str, tmp_path: Path) -> None:
    output = varied()[name]
    d = s.derive(output, gradient=None if output.shape == () else s.tensor("delta", output.shape))
    text = d.numpy_source()
    found = check_backward(d, text, seconds=5)
    assert found.verdict == "correct", found.message()
    code = [line for line in text.splitlines() if not line.lstrip().startswith(("#", '"'))]
    assert max(map(len, code)) <= 100
    file = tmp_path / f"{name}.py"
    file.write_text(text, encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", RULES, "--line-length", "120", str(file)]
    ignored = ["--ignore", "E741,E501"]  # O is the output in every text; a comment holds a whole relation
    done = subprocess.run([*ruff, *ignored], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + text


def test_long_statements_are_laid_out_and_brackets_that_say_nothing_left_out() -> None:
    assert tidied("y = f((a + b), ((c)), (4,), (1, 2)) ** 2") == "y = f(a + b, c, (4,), (1, 2)) ** 2"
    assert tidied("y = x ** 2 + np.sqrt(x) ** 2") == "y = x**2 + np.sqrt(x) ** 2"
    long = " + ".join(f"some_longer_name_{k}" for k in range(8))
    lines = wrapped(f"total = np.sum(({long}) * weights, axis=(0, 1))", "    ")
    assert len(lines) > 5
    assert max(map(len, lines)) <= 88
    assert ast.dump(ast.parse("\n".join(line[4:] for line in lines))) == ast.dump(
        ast.parse(f"total = np.sum(({long}) * weights, axis=(0, 1))")
    )


def test_names_that_python_or_the_text_has_taken() -> None:
    names = ("np", "lambda", "windows", "dX", "X")
    leaves = [s.tensor(name, (2,)) for name in names]
    total = leaves[0] * leaves[1]
    for leaf in leaves[2:]:
        total = total * leaf
    d = s.derive(s.sum(total))
    compare(d, {name: [k + 2, k + 3] for k, name in enumerate(names)}, d.loss)


def test_other_shapes_are_refused_in_words() -> None:
    X = s.tensor("X", (2, 2))
    forward = executed(s.derive(s.sum(X)))["forward"]
    with pytest.raises(ValueError, match=r"X must have shape \(2, 2\); got \(3,\)"):
        forward([1, 2, 3])


def test_large_logits_do_not_overflow() -> None:
    d = s.derive(s.cross_entropy(s.tensor("z", (3,)), 1))
    with np.errstate(all="raise", under="ignore"):
        dz = executed(d)["backward"](np.array([1000.0, -1000.0, 0.0]))
    agree(dz, [1.0, -1.0, 0.0])


def test_what_has_no_text_is_named() -> None:
    X = s.tensor("X", (3,))
    second = Node("bend", (X,), Map("tanh", X, order=1))
    with pytest.raises(GradproofError, match="derivative 2 of tanh is not written"):
        s.derive(s.sum(second)).numpy_source()
    F = s.tensor("F", (2,))
    toeplitz = Form((("i",), ("a",)), ((("u",),),), (("a", 3), ("i", 2), ("u", 2)), (Row("i", "u", "a"),))
    matrix = Node("matrix", (F,), Multi(toeplitz, (F,)))
    with pytest.raises(GradproofError, match="both ends of a relation"):
        s.derive(s.sum(matrix)).numpy_source()
