"""Every published case through the public interface: values exactly equal, floats to 1e-10.

The numbers come from PyTorch autograd in float64; rational ones were recovered exactly and confirmed by JAX.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import symbolic as s

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = json.loads((Path(__file__).parent / "data" / "cases.json").read_text())["cases"]


def conv(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(args: list[Any], p: dict[str, Any]) -> Any:
        options = {
            "stride": p["stride"],
            "padding": p["padding"],
            "dilation": p["dilation"],
            "groups": p["groups"],
        }
        return function(*args, **options)

    return call


def transposed(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(args: list[Any], p: dict[str, Any]) -> Any:
        names = ("stride", "padding", "output_padding", "groups", "dilation")
        return function(*args, **{name: p[name] for name in names})

    return call


OPERATORS: dict[str, Callable[[list[Any], dict[str, Any]], Any]] = {
    "conv1d": conv(s.conv1d),
    "conv2d": conv(s.conv2d),
    "conv3d": conv(s.conv3d),
    "conv_transpose1d": transposed(s.conv_transpose1d),
    "conv_transpose2d": transposed(s.conv_transpose2d),
    "conv_transpose3d": transposed(s.conv_transpose3d),
    "convolve2d": lambda a, p: s.convolve2d(*a, mode=p["mode"]),
    "correlate2d": lambda a, p: s.correlate2d(*a, mode=p["mode"]),
    "avg_pool2d": lambda a, p: s.avg_pool2d(
        *a,
        p["kernel"],
        p["stride"],
        p["padding"],
        p["ceil_mode"],
        p["count_include_pad"],
        p["divisor_override"],
    ),
    "max_pool2d": lambda a, p: s.max_pool2d(*a, p["kernel"], p["stride"], p["padding"], p["dilation"], p["ceil_mode"]),
    "global_avg_pool2d": lambda a, _: s.adaptive_avg_pool2d(*a, 1),
    "sum": lambda a, p: s.sum(*a, dim=p["axes"], keepdim=p["keepdims"]),
    "mean": lambda a, p: s.mean(*a, dim=p["axes"], keepdim=p["keepdims"]),
    "linear": lambda a, _: s.linear(*a),
    "flatten": lambda a, p: s.flatten(*a, start_dim=p["start_dim"]),
    "relu": lambda a, _: s.relu(*a),
    "leaky_relu": lambda a, p: s.leaky_relu(*a, negative_slope=Fraction(p["slope"])),
    "sigmoid": lambda a, _: s.sigmoid(*a),
    "tanh": lambda a, _: s.tanh(*a),
    "softmax": lambda a, p: s.softmax(*a, dim=p["axis"]),
    "add": lambda a, _: a[0] + a[1],
    "sub": lambda a, _: a[0] - a[1],
    "mul": lambda a, _: a[0] * a[1],
    "scale": lambda a, p: a[0] * Fraction(p["c"]),
    "concat": lambda a, p: s.cat(a, dim=p["axis"]),
    "identity": lambda a, _: a[0] + 0,
}


def fractions(value: Any) -> Any:
    if isinstance(value, list):
        return [fractions(item) for item in value]
    return value if isinstance(value, float) else Fraction(value)


def squared(output: Any, target: Any, spec: dict[str, Any]) -> Any:
    kind = spec["reduction"]
    total = s.mse_loss(output, target, reduction="mean" if kind in {"mean", "half_mean"} else "sum")
    factor = {"half": Fraction(1, 2), "half_mean": Fraction(1, 2), "batch_mean": Fraction(1, output.shape[0])}
    return total * factor[kind] if kind in factor else total


def derived(case: dict[str, Any]) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """The network of a case, its tensors by the case's names, and the values to evaluate it at."""
    env: dict[str, Any] = {name: s.tensor(name, tuple(case["input_shapes"][name])) for name in case["inputs"]}
    values = {name: fractions(value) for name, value in case["inputs"].items()}
    for node in case["graph"]:
        params = node["params"]
        env[node["name"]] = (
            OPERATORS[node["op"]]([env[name] for name in node["args"]], params) if node["op"] in OPERATORS else None
        )
    output, spec = env[case["output_node"]], case["loss"]
    if spec["kind"] == "seed":
        return s.derive(output, gradient=fractions(spec["seed"])), env, values
    if spec["kind"] == "softmax_ce":
        target = spec.get("labels")
        if target is None:
            target = env[spec["target_input"]] if "target_input" in spec else s.tensor("Tgt", output.shape)
            values |= {} if "target_input" in spec else {"Tgt": fractions(spec["probs"])}
        return s.derive(s.cross_entropy(output, target, reduction=spec["reduction"])), env, values
    target = env[spec["target_input"]] if "target_input" in spec else s.tensor("Tgt", output.shape)
    if "target_input" not in spec:
        values["Tgt"] = fractions(spec["target"])
    if spec["kind"] == "l1":
        return s.derive(s.l1_loss(output, target, reduction=spec["reduction"])), env, values
    return s.derive(squared(output, target, spec)), env, values


def same(got: np.ndarray[Any, Any], want: Any, case: dict[str, Any]) -> None:
    want = np.array(fractions(want), dtype=object)
    assert got.shape == want.shape
    if case["exact"]:
        assert (got == want).all()
    else:
        np.testing.assert_allclose(got.astype(float), want.astype(float), rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    network, env, values = derived(case)
    result = network.evaluate(values)
    output = env[case["output_node"]]
    same(np.asarray(result.values[output], dtype=object), case["output"], case)
    same(np.asarray(result.value, dtype=object), case["loss_value"], case)
    for name, want in case["grads"].items():
        same(np.asarray(result.grads[name], dtype=object), want, case)
    for name, want in case.get("node_grads", {}).items():
        same(np.asarray(result.grads[env[name]], dtype=object), want, case)
    for name, want in case.get("node_values", {}).items():
        same(np.asarray(result.values[env[name]], dtype=object), want, case)
    for name in case["inputs"]:
        assert network.proof(name).steps
