"""Short NumPy functions that a written text brings along, each only where it is called."""

from __future__ import annotations

WINDOWS = '''
def windows(x, axis, count, kernel, stride=1, dilation=1, padding=0, spread=1, fill=0):
    """The axis becomes two, [i, u]: the entry at (stride i + dilation u - padding) / spread, or fill outside x."""
    at = stride * np.arange(count)[:, None] + dilation * np.arange(kernel) - padding
    size = np.shape(x)[axis]
    inside = (at % spread == 0) & (at >= 0) & (at < spread * size)
    line = np.concatenate([x, np.full_like(np.take(x, [0], axis), fill)], axis)
    return np.take(line, np.where(inside, at // spread, size), axis)
'''

SCATTER = '''
def scatter(products, axis, size, stride=1, dilation=1, padding=0, spread=1):
    """The transpose of windows: the axes [i, u] at `axis` become one, every product added where it was read."""
    products = np.moveaxis(products, (axis, axis + 1), (0, 1))
    count, kernel = products.shape[:2]
    out = np.zeros((size, *products.shape[2:]), dtype=products.dtype)
    for u in range(kernel):
        at = stride * np.arange(count) + dilation * u - padding
        inside = (at % spread == 0) & (at >= 0) & (at < spread * size)
        out[at[inside] // spread] += products[inside, u]
    return np.moveaxis(out, 0, axis)
'''

WINNERS = '''
def winners(view, kernel):
    """1 at the first largest entry of every window in row-major order, else 0; kernel: the axes of a window."""
    last = range(-len(kernel), 0)
    moved = np.moveaxis(view, kernel, last)
    flat = moved.reshape(*moved.shape[: -len(kernel)], -1)
    first = np.argmax(flat, axis=-1)[..., None] == np.arange(flat.shape[-1])
    return np.moveaxis(first.reshape(moved.shape) * 1, last, kernel)
'''

ROUTE = '''
def route(x, shape, to, source):
    """Entries moved between flat positions, those that meet added up; 0 elsewhere."""
    x = np.reshape(x, -1)
    out = np.zeros(int(np.prod(shape)), dtype=x.dtype)
    np.add.at(out, list(to), x[list(source)])
    return out.reshape(shape)
'''

SIGMOID = '''
def sigmoid(x):
    """1 / (1 + exp(-x)); nothing overflows."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)
'''

SOFTMAX = '''
def softmax(x, axis):
    """exp x / sum exp x along the axis; nothing overflows."""
    small = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return small / np.sum(small, axis=axis, keepdims=True)
'''

LOGSUMEXP = '''
def logsumexp(x, axis):
    """log sum exp x along the axis, which stays with size 1; nothing overflows."""
    top = np.max(x, axis=axis, keepdims=True)
    return top + np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True))
'''

NORMAL = '''
def normal(x):
    """The distribution function of the normal distribution."""
    from math import erf  # NumPy has none

    return (1 + np.vectorize(erf, otypes=[float])(x / np.sqrt(2))) / 2
'''

HELPERS = {
    "windows": WINDOWS,
    "scatter": SCATTER,
    "winners": WINNERS,
    "route": ROUTE,
    "sigmoid": SIGMOID,
    "softmax": SOFTMAX,
    "logsumexp": LOGSUMEXP,
    "normal": NORMAL,
}

READ_FLOAT = '''
def read(name, value, shape):
    """The value as a float64 array of that shape."""
    array = np.asarray(value, dtype=np.float64)
    if array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}; got {array.shape}")
    return array
'''

READ_EXACT = '''
def read(name, value, shape):
    """The value as an array of that shape: float64, or as it is where its entries are Fractions (dtype object)."""
    array = np.asarray(value)
    if array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}; got {array.shape}")
    return array if array.dtype == object else array.astype(np.float64)
'''
