"""The nodes that the functions users call make: their parameters are the ones that the rows read."""

from collections.abc import Callable

import numpy as np
import pytest

from symbolic import functional as op
from symbolic.roads.numeric import OPERATORS, finite_differences, run
from symbolic.roads.numeric.arrays import floats
from symbolic.terms.term import Leaf, Node, walk

Build = Callable[..., Node]
Shapes = tuple[tuple[int, ...], ...]

IMAGE = (2, 2, 4, 3)
NETWORKS: list[tuple[Build, Shapes]] = [
    (lambda x, f, b: op.conv1d(x, f, b, 2, 1, 2), ((1, 2, 6), (3, 2, 2), (3,))),
    (lambda x, f: op.conv2d(x, f, None, (1, 2), ((1, 0), (0, 1)), 1, 2), (IMAGE, (4, 1, 2, 2))),
    (lambda x, f, b: op.conv2d(x, f, b, padding="full"), ((3, 3), (2, 2), ())),
    (op.conv3d, ((1, 2, 3, 2), (1, 1, 2, 2, 1))),
    (lambda x, f, b: op.conv_transpose1d(x, f, b, 2), ((3,), (3,), ())),
    (lambda x, f, b: op.conv_transpose2d(x, f, b, 2, 1, 1, 2), ((1, 2, 3, 2), (2, 1, 3, 3), (2,))),
    (lambda x, f: op.conv_transpose3d(x, f, dilation=2), ((2, 1, 2, 1), (2, 1, 1, 2, 2))),
    *[(lambda x, f, m=mode: op.convolve2d(x, f, m), ((4, 3), (2, 3))) for mode in ("full", "same", "valid")],
    *[(lambda x, f, m=mode: op.correlate2d(x, f, m), ((4, 3), (2, 2))) for mode in ("full", "same", "valid")],
    (lambda x: op.avg_pool1d(x, 2, 1, 1), ((1, 2, 4),)),
    (lambda x: op.avg_pool2d(x, 2, padding=1, ceil_mode=True, count_include_pad=False), (IMAGE,)),
    (lambda x: op.avg_pool2d(x, (2, 1), divisor_override=3), ((4, 3),)),
    (lambda x: op.avg_pool3d(x, 2), ((1, 2, 2, 3),)),
    (lambda x: op.max_pool1d(x, 2, 1, dilation=2), ((5,),)),
    (lambda x: op.max_pool2d(x, 3, 2, 1, ceil_mode=True), (IMAGE,)),
    (lambda x: op.max_pool3d(x, (1, 2, 2)), ((1, 2, 2, 3),)),
    (lambda x: op.adaptive_avg_pool2d(x, 1), (IMAGE,)),
    (lambda x, w, b: op.linear(op.flatten(x, 1), w, b), ((2, 2, 3), (2, 6), (2,))),
    (lambda x: op.flatten(x, 1, 2), ((2, 2, 3, 1),)),
    (lambda x: op.reshape(x, (3, 4)), ((2, 6),)),
    (lambda x, y: op.cat((x, y, x), -1), ((2, 1), (2, 2))),
    (lambda x: op.mean(op.sum(x, dim=1, keepdim=True), dim=(0, 1)), ((2, 3, 2),)),
    (lambda x, y: (1 - x) * y / 2 + x**2 - y, ((2, 3), (3,))),
    (lambda x, y: x / (y**2 + 1) + 3 / (x**2 + 2), ((2, 2), (2, 2))),
    *[(getattr(op, name), ((3, 2),)) for name in ("relu", "leaky_relu", "sigmoid", "tanh", "softplus", "gelu")],
    (lambda x: op.softmax(x, -1), ((2, 3),)),
    (lambda x: op.log_softmax(x, 0), ((2, 3),)),
    (lambda x, t: op.mse_loss(x, t, "none"), ((2, 2), (2, 2))),
    (op.mse_loss, ((2, 2), (2, 2))),
    (lambda x, t: op.l1_loss(x, t, "sum"), ((2, 2), (2, 2))),
    (lambda z: op.cross_entropy(z, 1), ((3,),)),
    (lambda z: op.cross_entropy(z, [2, 0]), ((2, 3),)),
    (lambda z: op.cross_entropy(z, [[1, 0], [0, 1]], "none"), ((2, 2, 2),)),
    (lambda z, p: op.cross_entropy(z, p, "sum"), ((2, 3), (2, 3))),
    (lambda x, w, b: op.batch_norm(x, None, None, w, b, training=True), ((3, 2, 2), (2,), (2,))),
    (lambda x, b: op.batch_norm(x, None, None, None, b, training=True), ((3, 2), (2,))),
    (lambda x: op.batch_norm(x, None, None, training=True, eps=0.1), ((3, 2, 1, 2),)),
]


def network(build: Build, shapes: Shapes) -> tuple[Node, list[Leaf]]:
    """The sum of the squares of what `build` makes of leaves of these shapes."""
    leaves = [Leaf(f"A{i}", shape) for i, shape in enumerate(shapes)]
    return op.sum(build(*leaves) ** 2), leaves


@pytest.mark.parametrize("case", range(len(NETWORKS)))
def test_values_have_the_networks_shapes_and_gradients_are_those_of_differences(case: int) -> None:
    loss, leaves = network(*NETWORKS[case])
    rng = np.random.default_rng(case)
    values = {leaf.name: rng.permutation(leaf.size).reshape(leaf.shape) - 1 for leaf in leaves}  # type: ignore[arg-type]
    grads = run(loss, values).grads
    for leaf in leaves:
        differences = finite_differences(loss, values, leaf.name)
        smooth = ~differences.kinks
        assert smooth.any()
        got, want = grads[leaf][smooth], differences.array[smooth]
        if differences.exact:
            assert (got == want).all()
        else:
            np.testing.assert_allclose(floats(got), want, rtol=1e-8, atol=1e-8)


def test_every_row_but_the_pairing_is_reached_by_a_public_operator() -> None:
    made = {part.op for case in NETWORKS for part in walk(network(*case)[0]) if isinstance(part, Node)}
    assert made == OPERATORS.keys() - {"vjp"}
