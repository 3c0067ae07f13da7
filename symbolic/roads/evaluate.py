"""Numbers for terms: ints and Fractions stay exact (dtype object), floats are float64.

A form is computed by windows: where the input letter a of a row belongs to an operand, the operand is viewed
through (i, u) without copying; where it belongs to the output, the product over (i, u) is added up into it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from symbolic.errors import GradproofError
from symbolic.terms import functions as local
from symbolic.terms.size import ints
from symbolic.terms.term import (
    AxisMap,
    Const,
    Data,
    Entry,
    Flip,
    Grad,
    Leaf,
    Map,
    Multi,
    Node,
    Route,
    Stack,
    Sum,
    Tensor,
    Term,
    Winner,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symbolic.terms.form import Form
    from symbolic.terms.size import Row

Array = NDArray[Any]


class Numbers:
    """Evaluates terms at given values; every node and gradient is computed once."""

    def __init__(self, values: Mapping[Tensor, Array], rules: Mapping[Any, Term]) -> None:
        self.known: dict[Term, Array] = {}
        self.known.update(values.items())
        self.rules = rules
        self.exact = all(array.dtype == object for array in values.values())
        self.kind: np.dtype[Any] = np.dtype(object if self.exact else np.float64)

    def of(self, term: Term) -> Array:
        """The array of a term."""
        if isinstance(term, Node | Grad):
            if term not in self.known:
                meaning = term.body if isinstance(term, Node) else self.rules[term.wrt]
                self.known[term] = self._finite(term, meaning)
            return self.known[term]
        return self.known[term] if isinstance(term, Leaf) else self._compute(term)

    def _finite(self, term: Node | Grad, meaning: Term) -> Array:
        """The array that a node or gradient means; where it has none (1/0, an overflow) that is said."""
        try:
            with np.errstate(all="ignore"):
                array = self._compute(meaning)
        except (ZeroDivisionError, OverflowError) as wrong:
            reason = "a division by 0" if isinstance(wrong, ZeroDivisionError) else "a number too large for a float"
            raise GradproofError(f"evaluate: {_shown(term)} meets {reason} at these values") from wrong
        if array.dtype == np.float64 and not np.isfinite(array).all():
            raise GradproofError(
                f"evaluate: {_shown(term)} is not finite at these values (a division by 0, or overflow)"
            )
        return array

    def _compute(self, term: Term) -> Array:
        match term:
            case Const(value, shape):
                return np.full(ints(shape), self._number(value), dtype=self.kind)
            case Data(values, shape):
                flat = np.empty(len(values), dtype=self.kind)
                flat[:] = [self._number(value) for value in values]
                return flat.reshape(ints(shape))
            case Multi(form, operands):
                return contract(form, [self.of(operand) for operand in operands], self.kind)
            case Sum(terms, _):
                first, *others = alike([self.of(part) for part in terms])
                total = first
                for part in others:
                    total = total + part
                return np.asarray(total, dtype=first.dtype)
            case Route(source, shape, pairs):
                return self._routed(self.of(source), ints(shape), pairs)
            case Flip(source, axes):
                return np.flip(self.of(source), axes)
            case Map(function, source, order, param):
                return local.apply(function, self.of(source), param, order)
            case AxisMap(function, source, axis):
                return local.along_axis(function, self.of(source), axis)
            case Winner(source, form):
                return winners(form, self.of(source))
            case Entry(source, index):
                return np.asarray(self.of(source)[index], dtype=object if self.exact else None)
            case Stack(entries, shape):
                return np.array([self.of(entry)[()] for entry in entries]).reshape(ints(shape))
        return self.of(term)

    def _number(self, value: Fraction) -> int | float | Fraction:
        return plain(value) if self.exact else float(value)

    @staticmethod
    def _routed(source: Array, shape: tuple[int, ...], pairs: tuple[tuple[int, int], ...]) -> Array:
        out = np.zeros(shape, dtype=source.dtype).reshape(-1)
        places = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        np.add.at(out, places[:, 0], source.reshape(-1)[places[:, 1]])
        return out.reshape(shape)


def _shown(term: Node | Grad) -> str:
    """`O = conv2d(X, F)` or `dL/dX`, for messages."""
    if isinstance(term, Node):
        return repr(term)
    return f"the gradient by {getattr(term.wrt, 'name', '') or repr(term.wrt)}"


def plain(value: Fraction) -> int | Fraction:
    """An int where the denominator is 1."""
    return value.numerator if value.denominator == 1 else value


def alike(arrays: list[Array]) -> list[Array]:
    """All exact, or all float64 as soon as one of them is."""
    if all(array.dtype == object for array in arrays):
        return arrays
    return [array.astype(np.float64) for array in arrays]


def contract(form: Form, arrays: list[Array], kind: np.dtype[Any]) -> Array:
    """The output of a form applied to arrays of its operands' shapes; of type `kind` where it has none."""
    arrays = alike(arrays)
    kind = arrays[0].dtype if arrays else kind
    letters = [[x for axis in slot for x in axis] for slot in form.operands]
    views = [array.reshape(ints(form.extent[x] for x in names)) for array, names in zip(arrays, letters, strict=True)]
    wanted = [x for axis in form.output for x in axis]
    if any(row.a in wanted and (row.i in wanted or row.u in wanted) for row in form.rows):
        return _by_table(form, arrays, kind)
    scatters = [row for row in form.rows if row.a in wanted]
    for row in form.rows:
        if row not in scatters:
            _gather(row, form, views, letters)
    product = [x for x in wanted if x not in {row.a for row in scatters}]
    product += [x for row in scatters for x in (row.i, row.u)]
    array, product = _einsum(views, letters, product, form, kind)
    for row in scatters:
        array, product = _scatter(row, form, array, product)
    array = array.transpose([product.index(x) for x in wanted]).reshape(ints(form.output_shape))
    return _times(array, form.scale)


def _by_table(form: Form, arrays: list[Array], kind: np.dtype[Any]) -> Array:
    """A form with both ends of a row in its output, such as the Toeplitz matrix of a kernel: product by product."""
    places, reads = form.solutions()
    products = np.ones(len(places), dtype=kind)
    for array, at in zip(arrays, reads, strict=True):
        products = products * array.reshape(-1)[at]
    out = np.zeros(ints(form.output_shape), dtype=kind)
    np.add.at(out.reshape(-1), places, products)
    return _times(out, form.scale)


def winners(form: Form, source: Array) -> Array:
    """The 0/1 pattern W[i,u] of the first largest entry of every window, row-major; padding is minus infinity."""
    views, letters = [source], [[x for axis in form.operands[1] for x in axis]]
    if source.dtype != object:
        views = [source.astype(np.float64)]
    for row in form.rows:
        _gather(row, form, views, letters, fill=-np.inf)
    kernel = [row.u for row in form.rows]
    outer = [x for x in letters[0] if x not in kernel]
    window = views[0].transpose([letters[0].index(x) for x in outer + kernel])
    flat = window.reshape(*window.shape[: len(outer)], -1)
    best = np.argmax(flat, axis=-1)[..., None] == np.arange(flat.shape[-1])
    pattern = best.reshape(window.shape).astype(source.dtype) * 1
    wanted = [x for axis in form.operands[0] for x in axis]
    return np.asarray(pattern).transpose([(outer + kernel).index(x) for x in wanted])


def _gather(row: Row, form: Form, views: list[Array], letters: list[list[str]], fill: float = 0) -> None:
    """View the operand that holds the row's letter a through (i, u); outside the extents it reads `fill`."""
    s, d, e, p = ints((row.s, row.d, row.e, row.p))
    m, k, n = ints(form.extent[x] for x in (row.i, row.u, row.a))
    which = next(w for w, names in enumerate(letters) if row.a in names)
    axis = letters[which].index(row.a)
    length = s * (m - 1) + d * (k - 1) + 1
    source = np.moveaxis(views[which], axis, -1)
    if not (e == 1 and p == 0 and length <= n):
        source = _padded(source, length, e, p, fill)
    step = source.strides[-1]
    window = as_strided(source, (*source.shape[:-1], m, k), (*source.strides[:-1], s * step, d * step), writeable=False)
    views[which] = window
    letters[which] = [x for x in letters[which] if x != row.a] + [row.i, row.u]


def _padded(source: Array, length: int, e: int, p: int, fill: float) -> Array:
    """The last axis at positions e*a + p of a constant line of the given length; what falls outside is cropped."""
    n = source.shape[-1]
    first, last = max(0, -(p // e)), min(n - 1, (length - 1 - p) // e)
    line = np.full((*source.shape[:-1], length), fill, dtype=source.dtype)
    if first <= last:
        line[..., e * first + p : e * last + p + 1 : e] = source[..., first : last + 1]
    return line


def _scatter(row: Row, form: Form, array: Array, letters: list[str]) -> tuple[Array, list[str]]:
    """Add up the products at (i, u) into position a: the transpose of the window view."""
    s, d, e, p = ints((row.s, row.d, row.e, row.p))
    m, k, n = ints(form.extent[x] for x in (row.i, row.u, row.a))
    array = np.moveaxis(array, [letters.index(row.i), letters.index(row.u)], [-2, -1])
    line = np.zeros((*array.shape[:-2], s * (m - 1) + d * (k - 1) + 1), dtype=array.dtype)
    for u in range(k):
        line[..., d * u : d * u + s * (m - 1) + 1 : s] += array[..., u]
    first, last = max(0, -(p // e)), min(n - 1, (line.shape[-1] - 1 - p) // e)
    out = np.zeros((*array.shape[:-2], n), dtype=array.dtype)
    if first <= last:
        out[..., first : last + 1] = line[..., e * first + p : e * last + p + 1 : e]
    return out, [x for x in letters if x not in (row.i, row.u)] + [row.a]


def _einsum(
    views: list[Array], letters: list[list[str]], wanted: list[str], form: Form, kind: np.dtype[Any]
) -> tuple[Array, list[str]]:
    """The product summed over letters that are not wanted; letters in no operand stretch, or count, the result."""
    present = {x for names in letters for x in names}
    bound = {x for row in form.rows for x in (row.i, row.u, row.a)}
    kept = [x for x in wanted if x in present]
    number = {x: index for index, x in enumerate(form.letters)}
    if views:
        args: list[Any] = []
        for view, names in zip(views, letters, strict=True):
            args += [view, [number[x] for x in names]]
        array = np.asarray(np.einsum(*args, [number[x] for x in kept], optimize=False), dtype=kind)
    else:
        array = np.ones((), dtype=kind)
    missing = [x for x in wanted if x not in present]
    if missing:
        sizes = ints(form.extent[x] for x in missing)
        array = np.broadcast_to(array, (*sizes, *array.shape))
        kept = missing + kept
    counted = [x for x in form.extent if x not in present and x not in wanted and x not in bound]
    for letter in counted:
        array = np.asarray(array * form.extent[letter], dtype=kind)
    return array, kept


def _times(array: Array, scale: Fraction) -> Array:
    if scale == 1:
        return array
    if array.dtype == object:
        exact = np.asarray(array * plain(scale), dtype=object)
        return np.asarray(np.frompyfunc(_normal, 1, 1)(exact), dtype=object)
    return array * float(scale)


def _normal(value: int | Fraction) -> int | Fraction:
    return plain(value) if isinstance(value, Fraction) else value
