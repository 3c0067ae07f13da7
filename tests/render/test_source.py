"""Source: the Python that is written builds the same network again, whatever it is made of."""

import keyword
from fractions import Fraction
from typing import Any

import pytest

import symbolic
from render.source import Source
from symbolic import conv2d, derive, mse_loss, tensor
from symbolic import sum as total
from symbolic.terms.term import Leaf, Node, Tensor
from tests.networks import networks
from tests.roads.numeric.test_public_operators import NETWORKS, network


def rebuilt(loss: Node) -> Any:
    """The network that the written lines make."""
    source = Source()
    lines = source.network(loss) if loss.shape else source.derivation(loss, "d")
    space: dict[str, Any] = {}
    imports = ", ".join(sorted(source.imports))
    text = "\n".join([f"from symbolic import {imports}", "from fractions import Fraction", *lines])
    exec(compile(text, "source", "exec"), space)  # noqa: S102 - lines written a moment ago, from our own network
    return space[source.names[loss]] if loss.shape else space["d"].loss


def alike(one: Tensor, other: Tensor) -> None:
    """The same operators, parameters, shapes and names, all the way down."""
    assert type(one) is type(other)
    assert (one.name, one.shape) == (other.name, other.shape)
    if isinstance(one, Node) and isinstance(other, Node):
        assert one.op == other.op
        assert repr(one.params) == repr(other.params)
        assert len(one.args) == len(other.args)
        for part, its in zip(one.args, other.args, strict=True):
            alike(part, its)


@pytest.mark.parametrize("case", range(len(NETWORKS)))
def test_every_operator_is_written_as_it_was_called(case: int) -> None:
    loss, _ = network(*NETWORKS[case])
    alike(loss, rebuilt(loss))


@pytest.mark.parametrize("name", networks())
def test_networks_with_shared_and_repeated_parts(name: str) -> None:
    loss = networks()[name]
    alike(loss, rebuilt(loss))


def test_defaults_are_left_out_and_equal_ones_written_once() -> None:
    X, F = tensor("X", (5, 5)), tensor("F", (2, 2))
    O = conv2d(X, F, stride=2, padding=1, name="O")
    pooled = symbolic.avg_pool2d(O, 2)
    loss = mse_loss(pooled, tensor("T", pooled.shape), name="L")
    assert Source().network(loss) == [
        'X = tensor("X", (5, 5))',
        'F = tensor("F", (2, 2))',
        'O = conv2d(X, F, stride=2, padding=1, name="O")',
        "t = avg_pool2d(O, kernel_size=2)",
        'T = tensor("T", (1, 1))',
        'L = mse_loss(t, T, name="L")',
    ]


def test_a_network_as_one_call() -> None:
    X, F, b = tensor("X", (5, 5)), tensor("F", (2, 2)), tensor("b")
    loss = mse_loss(symbolic.avg_pool2d(conv2d(X, F, stride=2, name="O") * 2 + b, 2), tensor("T", (1, 1)), name="L")
    text = "mse_loss(avg_pool2d(((conv2d(X, F, stride=2) * 2) + b), kernel_size=2), T)"
    assert Source().expression(loss) == text
    deep = X
    for _ in range(12):
        deep = deep + deep
    lines = Source().expression(total(deep)).split("\n")
    assert len(lines) == 14
    assert lines[-1] == "t_13 = sum(t_12)"


@pytest.mark.parametrize("cotangent", [tensor("S", (2, 2)), [[1, Fraction(1, 2)], [0, -3]]])
def test_a_cotangent_is_handed_to_derive(cotangent: Any) -> None:
    O = conv2d(tensor("X", (3, 3)), tensor("F", (2, 2)), name="O")
    loss = derive(O, gradient=cotangent).loss
    alike(loss, rebuilt(loss))


@pytest.mark.parametrize("name", ["sum", "lambda", "d", "at", "tensor", "conv2d", "print", "Fraction", "at_1"])
def test_a_tensor_with_a_name_of_python_gets_another_variable(name: str) -> None:
    loss = total(Leaf(name, (2,)) ** 2)
    source = Source()
    source.network(loss)
    (variable,) = [source.names[term] for term in source.names if term.name == name]
    assert variable != name
    assert variable.isidentifier()
    assert not keyword.iskeyword(variable)
    alike(loss, rebuilt(loss))
