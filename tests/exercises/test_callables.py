"""Somebody's backward pass: right ones pass, wrong ones fail small and are named, broken ones are contained."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from symbolic import (
    GradproofError,
    check_backward,
    check_function,
    conv2d,
    derive,
    linear,
    mse_loss,
    relu,
    tensor,
)  # fmt: skip
from symbolic.exercises.blunders import SHAPES
from symbolic.exercises.blunders import TABLE as BLUNDERS
from symbolic.exercises.catalogue import FUNCTIONS
from symbolic.exercises.child import Child, Misbehaved
from symbolic.exercises.phrasebook import book
from symbolic.exercises.probes import TABLE, applied
from symbolic.exercises.trials import Operator
from symbolic.roads.numeric.sweep import run

SEEDS = json.loads((Path(__file__).parents[1] / "data" / "seed_numbers.json").read_text(encoding="utf-8"))["v"]
Array = NDArray[np.float64]


def backward(X: Array, F: Array, delta: Array, stride: int = 1, *, flipped: bool = False) -> tuple[Array, Array]:
    """From the definition; `flipped` is the published bug."""
    dX, dF = np.zeros_like(X), np.zeros_like(F)
    kh, kw = F.shape[2:]
    kernels = F[:, :, ::-1, ::-1] if flipped else F
    for n, o, i, j in np.ndindex(*delta.shape):
        rows, columns = slice(stride * i, stride * i + kh), slice(stride * j, stride * j + kw)
        dX[n, :, rows, columns] += delta[n, o, i, j] * kernels[o]
        dF[o] += delta[n, o, i, j] * X[n, :, rows, columns]
    return dX, dF


def buggy(X: Array, F: Array, delta: Array) -> tuple[Array, Array]:
    return backward(X, F, delta, flipped=True)


def test_the_right_operator_passes_at_the_published_numbers_and_everywhere() -> None:
    x, w, seed = (np.array(SEEDS[key], dtype=float) for key in ("x", "weights", "seed"))
    dX, dF = backward(x, w, seed)
    assert dX.tolist() == SEEDS["grad_x"]
    assert dF.tolist() == SEEDS["grad_w"]
    verdict = check_function("numpy-operators", backward)
    assert verdict.verdict == "correct"
    assert verdict.message().startswith("Correct: 24 cases")


def test_the_published_bug_is_caught_and_named_by_a_small_case() -> None:
    x, w, seed = (np.array(SEEDS[key], dtype=float) for key in ("x", "weights", "seed"))
    assert buggy(x, w, seed)[0].tolist() == SEEDS["WRONG_grad_x_unflipped"]
    verdict = check_function("numpy-operators", buggy)
    assert (verdict.verdict, verdict.tensor) == ("wrong", "X")
    assert "forgot_rot180" in verdict.misconceptions
    assert "not rotated by 180 degrees" in verdict.message()
    assert {name: int(np.count_nonzero(array)) for name, array in verdict.inputs.items()} == {
        "X": 0,
        "F": 1,
        "delta": 1,
    }
    assert max(array.size for array in verdict.inputs.values()) == 2
    expected, _ = backward(*verdict.inputs.values())
    returned, _ = buggy(*verdict.inputs.values())
    assert verdict.expected is not None
    assert verdict.returned is not None
    assert verdict.expected.tolist() == expected.tolist() != returned.tolist() == verdict.returned.tolist()
    assert "滤波器旋转" in verdict.message("zh")


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_a_forgotten_stride_is_named(stride: int) -> None:
    assert check_backward("conv2d", lambda X, F, d: backward(X, F, d, stride), stride=stride).verdict == "correct"
    found = check_backward("conv2d", lambda X, F, d: backward(X, F, d, 1), stride=stride)
    assert found.verdict == ("correct" if stride == 1 else "wrong")
    assert found.misconceptions == (() if stride == 1 else ("ignored_stride",))


OPTIONS: dict[str, dict[str, Any]] = {
    "softmax": {"dim": 1}, "log_softmax": {"dim": 1}, "batch_norm": {"training": True, "weight": True, "bias": True},
    "adaptive_avg_pool2d": {"output_size": 1}, "pow": {"exponent": 3}, "reshape": {"shape": (2, -1)}, "cat": {"dim": 1},
    "linear": {"bias": True}, "cross_entropy": {"target": "probabilities"},
    "conv2d": {"bias": True, "padding": ((0, 2), (1, 0)), "stride": (1, 2)},
    "conv_transpose1d": {"bias": True, "stride": 2, "output_padding": 1},
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("operator", TABLE)
def test_every_operator_can_be_checked_against_the_numeric_road(operator: str) -> None:
    options = OPTIONS.get(operator, {})
    if operator.endswith(("pool1d", "pool2d", "pool3d")) and operator not in OPTIONS:
        options = {"kernel_size": 2}
    names = [name for name in Operator(operator, options, frozenset(), None).cases()[0].inputs if name != "delta"]

    def second_opinion(*arrays: Array) -> tuple[Array, ...]:
        *inputs, delta = arrays
        leaves = {n: tensor(n, x.shape) for n, x in zip(names, inputs, strict=True)}
        loss = derive(applied(operator, leaves, options, None), gradient=tensor("delta", delta.shape)).loss
        grads = run(loss, dict(zip([*names, "delta"], arrays, strict=True))).grads
        return tuple(next(grads[leaf] for leaf in grads if leaf.name == name) for name in names)

    found = check_backward(operator, second_opinion, seconds=20, **options)
    assert found.verdict == "correct", found.message()
    wrong = check_backward(operator, lambda *arrays: [2 * x for x in second_opinion(*arrays)], seconds=20, **options)
    assert wrong.verdict == "wrong"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def backward(X,F,d:", "source"),
        ("x = 1", "source"),
        ("import sys; sys.exit(0)", "source"),
        ("raise KeyboardInterrupt", "source"),
        ("x" * 200_000, "source"),
        ("def backward(X, F, d):\n    while True: pass", "timeout"),
        ("while True: pass", "timeout"),
        ("def backward(X, F, d):\n    import time; time.sleep(60)", "timeout"),
        ("def backward(X, F, d):\n    import os; os._exit(0)", "died"),
        ("def backward(X, F, d):\n    import os, signal; signal.raise_signal(9)", "died"),
        ("def backward(X, F, d):\n    return f()\ndef f(): return f()", "raised"),
        ("def backward(X, F, d):\n    return bytearray(10**12)", "raised"),
        ("def backward(X, F, d):\n    return 1/0", "raised"),
        ("def backward(X, F, d):\n    raise SystemExit(0)", "raised"),
        ("def backward(X):\n    return X", "raised"),
        ("def backward(X, F, d):\n    return 'text', None", "not_arrays"),
        ("def backward(X, F, d):\n    return np.array([object()]), X", "not_arrays"),
        ("class E(Exception):\n    def __str__(self): raise self\ndef backward(X, F, d): raise E()", "raised"),
        ("def backward(X, F, d):\n    return np.zeros(3_000_000), X", "too_large"),
        ("def backward(X, F, d):\n    import os; os.system('touch {canary}'); return X, F", "raised"),
        ("def backward(X, F, d):\n    import os; os.fork()", "raised"),
        ("def backward(X, F, d):\n    import subprocess; subprocess.run(['touch', '{canary}'])", "raised"),
        ("def backward(X, F, d):\n    open('{canary}', 'w')", "raised"),
        ("import pathlib\npathlib.Path('{canary}').touch()\ndef backward(X, F, d): return X, F", "source"),
        ("def backward(X, F, d):\n    import socket; socket.create_connection(('127.0.0.1', 9))", "raised"),
    ],
)
def test_functions_that_misbehave_are_contained(source: str, reason: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    start = time.perf_counter()
    found = check_function("numpy-operators", source.replace("{canary}", str(canary)))
    assert time.perf_counter() - start < 2
    assert (found.verdict, found.reason) == ("unreadable", reason)
    for lang in ("en", "zh"):
        assert found.message(lang).isprintable()
        assert len(found.message(lang)) < 2000
    assert not canary.exists()


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda *a: a[:1], "wrong_count"),
        (lambda *a: a[0], "wrong_count"),
        (lambda *a: (a[0][0], a[1]), "wrong_shape"),
        (lambda *a: (a[0] * np.nan, a[1]), ""),
        (lambda *a: (a[0] * np.inf, a[1]), ""),
    ],
)
def test_wrong_shapes_and_numbers_that_are_none_are_wrong(function: Any, reason: str) -> None:
    found = check_function("numpy-operators", function)
    assert (found.verdict, found.reason) == ("wrong", reason)
    assert "Not right" in found.message()


def test_arguments_are_protected_from_the_function() -> None:
    def careless(X: Array, F: Array, delta: Array) -> tuple[Array, Array]:
        result = backward(X, F, delta)
        X *= 0
        F *= 0
        return result

    assert check_function("numpy-operators", careless).verdict == "correct"


def test_whatever_the_function_started_ends_with_it() -> None:
    with Child("def backward(x):\n    return x") as child:
        (answer,) = child.call([np.ones(2)])
        assert answer.tolist() == [1, 1]
        process = child._process.pid
    assert process is not None
    with pytest.raises(ProcessLookupError):
        os.kill(process, signal.SIGCONT)


def test_a_child_that_died_says_so_at_every_call() -> None:
    with Child("def backward(x):\n    import os; os._exit(3)") as child:
        for _ in range(2):
            with pytest.raises(Misbehaved) as found:
                child.call([np.ones(1)])
            assert found.value.reason == "died"


def strided(X: Array, F: Array, delta: Array, stride: int) -> tuple[Array, Array]:
    return backward(X, F, delta, stride)


def test_arguments_that_the_function_takes_are_drawn_or_handed_on() -> None:
    assert check_backward("conv2d", strided).verdict == "correct"
    assert check_backward("conv2d", strided, stride=3).verdict == "correct"
    blind = check_backward("conv2d", lambda X, F, delta, stride: backward(X, F, delta, min(stride, 2)))
    assert (blind.verdict, blind.options) == ("wrong", {"stride": 3})
    assert "conv2d(X, F, stride=3)" in blind.message()
    text = "def backward(X, F, delta, stride):\n    return X * 0 + stride, F * 0"
    assert check_backward("conv2d", text).options == {"stride": 1}


def test_the_error_terms_may_stand_first_and_options_come_in_a_dict() -> None:
    assert check_backward("conv2d", lambda dout, X, F: backward(X, F, dout)).verdict == "correct"
    assert check_backward("conv2d", "def backward(grad_output, X, F):\n    return X, F").verdict == "wrong"
    assert (
        check_backward("conv2d", lambda X, F, d, **more: backward(X, F, d, more["stride"]), stride=2).verdict
        == "correct"
    )

    def biased(X: Array, F: Array, bias: Array, delta: Array) -> tuple[Array, ...]:
        return (*backward(X, F, delta), delta.sum(axis=(0, 2, 3)) + 0 * bias)

    assert check_backward("conv2d", biased, bias=True).verdict == "correct"
    broken = check_backward("conv2d", lambda dout, X: X)  # noqa: ARG005
    assert "called with (delta, X, F)" in broken.message()


def test_a_derivation_is_judged_by_its_own_source_and_by_dicts() -> None:
    X, F, T = tensor("X", (4, 3)), tensor("F", (2, 2)), tensor("T", (3, 2))
    d = derive(mse_loss(relu(conv2d(X, F)), T))
    source = d.numpy_source()
    assert check_backward(d, source).verdict == "correct"

    def mistaken(X: Array, F: Array, T: Array) -> dict[str, Array]:
        space: dict[str, Any] = {}
        exec(source, space)  # noqa: S102 -- our own text
        dX, dF, dT = space["backward"](X, F, T)
        return {"dF": dF, "dX": dX, "T": -dT}

    found = check_backward(d, mistaken)
    assert (found.verdict, found.tensor, found.wrong) == ("wrong", "T", ("T",))
    assert "sign_error" in found.misconceptions
    assert "Right in every case: dX, dF." in found.message()
    assert {name: array.shape for name, array in found.inputs.items()} == {"X": (4, 3), "F": (2, 2), "T": (3, 2)}
    assert check_backward(d, lambda X, F, T: mistaken(X, F, T)["dF"], wrt=["F"]).verdict == "correct"
    missing = check_backward(d, lambda X, F, T: {"X": X})  # noqa: ARG005
    assert (missing.verdict, missing.reason) == ("unreadable", "wrong_names")
    assert "keys X; expected are X, F, T" in missing.message()


def test_a_network_that_is_no_scalar_gets_delta() -> None:
    X, W = tensor("X", (2, 3)), tensor("W", (2, 3))
    output = linear(X, W)
    assert check_backward(output, lambda X, W, delta: (delta @ W, delta.T @ X)).verdict == "correct"
    paired = derive(output, gradient=tensor("S", (2, 2)))
    assert check_backward(paired, lambda X, W, S: (S @ W, S.T @ X)).verdict == "correct"
    assert check_backward(paired, lambda X, W, S: (S @ W, S @ X)).verdict == "wrong"


def test_a_small_failure_stays_off_the_kinks() -> None:
    found = check_backward("relu", lambda X, delta: 2 * delta * (X > 0))
    assert found.inputs["X"].tolist() == [1]
    assert found.misconceptions == ("doubled",)


def test_every_blunder_has_a_sentence_in_both_languages() -> None:
    own, general = book("blunders"), book("misconceptions")
    keys = {*BLUNDERS, *SHAPES, "right_for_other_options", "gradients_in_other_order"}
    assert keys <= {*own, *general}
    assert set(own) <= keys
    assert not set(own) & set(general)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: check_backward("conv2d", buggy, wrt=["G"]), "wrt names 'G', but the tensors are X, F, delta"),
        (lambda: check_backward("conv2d", buggy, seconds=0), "seconds must be a number above 0; got 0"),
        (lambda: check_backward(3, buggy), "expected an operator's name or derive(.*); got int 3"),
        (
            lambda: check_backward(linear(tensor("X", (1, 2)), tensor("W", (1, 2))), buggy, stride=2),
            "'stride' is for op",
        ),
        (lambda: check_function("numpy-operator", buggy), "did you mean 'numpy-operators'"),
        (lambda: check_function("numpy-operators", 3), "expected a function or its source text; got int"),
        (lambda: check_backward("conv2", buggy), "no operator 'conv2' to try; .*did you mean 'conv2d'"),
        (lambda: check_backward("conv2d", buggy, strid=2), "unexpected keyword argument 'strid'"),
        (lambda: check_backward("conv2d", buggy, stride=0), "stride must be a whole number"),
        (lambda: check_backward("conv2d", buggy, groups=0), "groups"),
    ],
)
def test_the_callers_mistakes_are_one_sentence(call: Any, message: str) -> None:
    with pytest.raises(GradproofError, match=message):
        call()


def test_functions_of_the_catalogue_are_operators_that_can_be_tried() -> None:
    for operator, _ in FUNCTIONS.values():
        assert operator in TABLE
