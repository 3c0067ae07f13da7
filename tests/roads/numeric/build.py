"""Networks for the numeric road, built from bare nodes: it reads op, args and params, never a body."""

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from symbolic.roads.numeric.arrays import Array
from symbolic.terms.term import Const, Leaf, Node, Tensor

DATA = Path(__file__).resolve().parents[2] / "data"


def document(name: str) -> dict[str, Any]:
    """A JSON file of tests/data."""
    found: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return found


def exact(nested: object) -> Array:
    """Nested lists of ints, floats and strings "p/q" as ints and Fractions."""
    array = np.array(nested, dtype=object)
    read = [Fraction(entry) for entry in array.reshape(-1)]
    out = np.empty(len(read), dtype=object)
    out[:] = [int(number) if number.denominator == 1 else number for number in read]
    return out.reshape(array.shape)


def node(op: str, args: tuple[Tensor, ...], shape: tuple[int, ...], name: str = "", /, **params: object) -> Node:
    """A node of the given shape whose body is a placeholder."""
    return Node(op, args, Const(Fraction(0), shape), params, name)


def paired(y: Tensor, cotangent: object) -> Node:
    """The scalar sum(y * cotangent), whose gradients are vector-Jacobian products."""
    return node("vjp", (y,), (), cotangent=exact(cotangent))


class Case:
    """One case of cases.json as a network: `loss`, `values` of its leaves, `tensors` by name."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.values: dict[str, Array] = {name: exact(v) for name, v in raw["inputs"].items()}
        self.tensors: dict[str, Tensor] = {n: Leaf(n, v.shape) for n, v in self.values.items()}
        shapes = {name: np.shape(value) for name, value in raw.get("node_values", {}).items()}
        shapes[raw["output_node"]] = tuple(raw["output_shape"])
        for step in raw["graph"]:
            args = tuple(self.tensors[name] for name in step["args"])
            self.tensors[step["name"]] = _step(step, args, shapes[step["name"]])
        self.output = self.tensors[raw["output_node"]]
        self.loss = self._loss(raw["loss"])

    def _constant(self, name: str, value: object) -> Leaf:
        self.values[name] = exact(value)
        return Leaf(name, self.values[name].shape)

    def _loss(self, spec: Mapping[str, Any]) -> Node:
        y, kind = self.output, spec["kind"]
        if kind == "seed":
            return paired(y, spec["seed"])
        if kind == "softmax_ce":
            reduction = spec["reduction"]
            if "labels" in spec:
                target = tuple(spec["labels"])
                return node("cross_entropy", (y,), (), target=target, reduction=reduction)
            return node("cross_entropy", (y, self._constant("P", spec["probs"])), (), reduction=reduction)
        given = spec.get("target_input")
        target_leaf = self.tensors[given] if given else self._constant("target", spec["target"])
        if kind == "l1":
            return node("l1_loss", (y, target_leaf), (), reduction=spec["reduction"])
        batch = self.raw["output_shape"][0]
        reduction, factor = {
            "sum": ("sum", Fraction(1)),
            "mean": ("mean", Fraction(1)),
            "half": ("sum", Fraction(1, 2)),
            "half_mean": ("mean", Fraction(1, 2)),
            "batch_mean": ("sum", Fraction(1, batch)),
        }[spec["reduction"]]
        squared = node("mse_loss", (y, target_leaf), (), reduction=reduction)
        return node("mul", (squared,), (), number=factor, position=1)


def _step(step: Mapping[str, Any], args: tuple[Tensor, ...], shape: tuple[int, ...]) -> Tensor:
    """One node of a case in this project's words."""
    op, p = step["op"], step["params"]
    if op == "identity":
        return args[0]
    if op == "scale":
        return node("mul", args, shape, step["name"], number=Fraction(p["c"]), position=1)
    if op in {"sum", "mean"}:
        axes = range(len(args[0].shape)) if p["axes"] is None else p["axes"]
        return node(op, args, shape, step["name"], dim=tuple(axes), keepdim=p["keepdims"])
    names = {"concat": "cat", "global_avg_pool2d": "adaptive_avg_pool2d"}
    words = {"kernel": "kernel_size", "axis": "dim", "slope": "negative_slope"}
    params = {words.get(key, key): _tuples(value) for key, value in p.items()}
    if op == "global_avg_pool2d":
        params["output_size"] = (1, 1)
    if op == "flatten":
        params.setdefault("start_dim", 1)
    return node(names.get(op, op), args, shape, step["name"], **params)


def _tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_tuples(entry) for entry in value)
    return Fraction(value) if isinstance(value, str) and value[:1].isdigit() else value
