"""Finding a tensor of a network by its name or by itself, and saying why a stranger is none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symbolic.errors import GradproofError, nearest, shown
from symbolic.terms.term import Leaf, Tensor

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

Key = Tensor | str


def member(key: Key, tensors: Container[Tensor], names: Mapping[str, Tensor]) -> Tensor:
    """The tensor of a network; `names` are those of its named tensors.  GradproofError where there is none."""
    known = ", ".join(names)
    if isinstance(key, str):
        if key not in names:
            raise GradproofError(f"this network has no tensor '{key:.60}'{nearest(key, names)}; it has {known}")
        return names[key]
    if not isinstance(key, Tensor):
        raise GradproofError(
            f"{type(key).__name__} {shown(key)} is not part of this network; expected one of its tensors or names: "
            f"{known}"
        )
    if key not in tensors:
        raise GradproofError(f"{_stranger(key, names)}; the network has {known}")
    return key


def _stranger(tensor: Tensor, names: Mapping[str, Tensor]) -> str:
    """Why a tensor is not part of a network: another one has its name, in another shape or made otherwise."""
    own = names.get(tensor.name) if tensor.name else None
    if own is None:
        return f"'{tensor.name or shown(tensor)}' is not part of this network"
    if own.shape != tensor.shape:
        return f"'{own.name}' of this network has shape {own.shape}; got a tensor '{own.name}' of shape {tensor.shape}"
    if isinstance(own, Leaf) != isinstance(tensor, Leaf):
        kinds = ("an input", "the result of an operator")
        one, other = kinds if isinstance(own, Leaf) else kinds[::-1]
        return f"'{own.name}' of this network is {one}; got a tensor '{own.name}' that is {other}"
    return f"'{own.name}' was made a second time; give the one that this network was made from, or its name"
