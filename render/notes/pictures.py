"""Pictures that several notes share; what they say in words comes from the phrasebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from render.document import Block, Calculation, Figure
from render.figure import (
    GraphEdge,
    GraphNode,
    Scene,
    computation_graph,
    entries,
    film_strip,
    flips,
    network_graph,
    prose,
    rot180,
    sliding_window,
    sliding_windows,
)
from render.notes.numbers import numbers_of
from render.notes.steps import two_flips
from symbolic.terms.term import Grad

if TYPE_CHECKING:
    from collections.abc import Callable

    from render.notes.numbers import Point
    from render.words import Phrasebook
    from symbolic.terms.term import Leaf, Term


def flip_scene(kernel: Leaf) -> Callable[[Phrasebook], Scene]:
    """The kernel, upside down, then left to right."""
    rows, columns = (int(n) for n in kernel.shape)  # type: ignore[arg-type]

    def scene(book: Phrasebook) -> Scene:
        arrows = (prose(book.plain("flips.down")), prose(book.plain("flips.across")))
        titles = (kernel.name, "", f"rot180 {kernel.name}")
        return flips(entries(kernel.name, rows, columns), steps=arrows, titles=titles)

    return scene


def turned(kernel: Leaf) -> tuple[Block, ...]:
    """rot180 as two flips: the calculation and its picture."""
    reasons = ("flips.two", "flips.vertical", "flips.horizontal")
    return (
        Calculation(two_flips(kernel).steps, reasons),
        Figure(flip_scene(kernel), "flips", "flips.caption", "flips.alt"),
    )


def full_windows(kernel: Leaf, image: Leaf) -> Scene:
    """rot180 of the kernel sliding over the padded 2 x 2 error term, one frame per entry of the image."""
    k, n = int(kernel.shape[0]), int(image.shape[0])  # type: ignore[arg-type]
    m = n - k + 1
    frames = sliding_windows(
        m,
        k,
        padding=k - 1,
        names=("δ", kernel.name, image.name),
        titles=("", "", ""),
        kernel_labels=rot180(entries(kernel.name, k, k)),
        cell=5.5,
    )
    return film_strip(frames)


def numbered_window(point: Point, error: Grad, kernel: Leaf, image: Grad) -> Scene:
    """The turned kernel on the error term, for the pixel in the middle of the image, in numbers."""
    m, k, n = (int(term.shape[0]) for term in (error, kernel, image))  # type: ignore[arg-type]
    place = (n - 1) // 2
    return sliding_window(
        m,
        k,
        padding=k - 1,
        at=(place, place),
        titles=("δ", "", f"∂L/∂{image.wrt.name}"),  # type: ignore[attr-defined]
        input_labels=_numbers(point, error),
        kernel_labels=rot180(_numbers(point, kernel)),
        output_labels=_numbers(point, image),
    )


def _numbers(point: Point, matrix: Term) -> list[list[str]]:
    """The numbers of a matrix, row by row."""
    numbers, columns = numbers_of(point.value(matrix)), int(matrix.shape[1])  # type: ignore[arg-type]
    return [[str(number) for number in numbers[k : k + columns]] for k in range(0, len(numbers), columns)]


def layer_graph(book: Phrasebook) -> Scene:
    """X and F into the layer, O into whatever lies above, delta back."""
    nodes = (
        GraphNode("X", "X", "leaf", "3×3"),
        GraphNode("F", "F", "leaf", "2×2"),
        GraphNode("conv", prose("conv2d")),
        GraphNode("above", prose(book.plain("setting.above"))),
        GraphNode("L", "L", "result"),
    )
    edges = (
        GraphEdge("X", "conv", "", "∂L/∂X"),
        GraphEdge("F", "conv", "", "∂L/∂F"),
        GraphEdge("conv", "above", "O", "δ"),
        GraphEdge("above", "L", "", "1"),
    )
    return computation_graph(nodes, edges)


def numbered_graph(point: Point, *without: str) -> Scene:
    """The graph with the values above the wires and the gradients below; none for the names in `without`."""
    sweep, loss = point.derived.sweep, point.derived.loss
    tensors = (*sweep.leaves, *sweep.nodes)
    values = {tensor.name: str(point.amount(tensor)) for tensor in tensors}
    inner = [tensor for tensor in tensors if tensor is not loss and tensor.name not in without]
    gradients = {tensor.name: str(point.amount(Grad(loss, tensor))) for tensor in inner}
    return network_graph(loss, values=values, gradients={**gradients, **dict.fromkeys(without)}, shapes=False)


def pooled_graph(book: Phrasebook) -> Scene:
    """Z, a sigmoid, the pooling, whatever lies above, and the error terms back."""
    nodes = (
        GraphNode("Z", "Z", "leaf"),
        GraphNode("sigma", prose("sigmoid")),
        GraphNode("pool", prose("avg_pool2d")),
        GraphNode("above", prose(book.plain("below.above"))),
        GraphNode("L", "L", "result"),
    )
    edges = (
        GraphEdge("Z", "sigma", "", "∂L/∂Z"),
        GraphEdge("sigma", "pool", "A", "∂L/∂A"),
        GraphEdge("pool", "above", "O", "∂L/∂O"),
        GraphEdge("above", "L", "", "1"),
    )
    return computation_graph(nodes, edges)
