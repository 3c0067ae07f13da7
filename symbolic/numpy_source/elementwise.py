"""TABLE of the elementwise functions as NumPy text: `{x}` is the argument, an atom; {n} the parameter.

One row per function and order of the derivative. Kinks follow `local`: relu'(0) = 0, leaky_relu'(0) = slope.
"""

from __future__ import annotations

TABLE = {
    ("relu", 0): "np.where({x} > 0, {x}, 0)",
    ("relu", 1): "np.where({x} > 0, 1, 0)",
    ("leaky_relu", 0): "np.where({x} > 0, {x}, {x} * {n})",
    ("leaky_relu", 1): "np.where({x} > 0, 1, {n})",
    ("abs", 0): "np.abs({x})",
    ("abs", 1): "np.sign({x})",
    ("exp", 0): "np.exp({x})",
    ("exp", 1): "np.exp({x})",
    ("log", 0): "np.log({x})",
    ("log", 1): "(1 / {x})",
    ("sqrt", 0): "np.sqrt({x})",
    ("sqrt", 1): "(0.5 / np.sqrt({x}))",
    ("rsqrt", 0): "(1 / np.sqrt({x}))",
    ("rsqrt", 1): "(-0.5 / ({x} * np.sqrt({x})))",
    ("sigmoid", 0): "sigmoid({x})",
    ("sigmoid", 1): "(sigmoid({x}) * sigmoid(-{x}))",
    ("tanh", 0): "np.tanh({x})",
    ("tanh", 1): "(1 - np.tanh({x}) ** 2)",
    ("softplus", 0): "np.logaddexp(0, {x})",
    ("softplus", 1): "sigmoid({x})",
    ("gelu", 0): "({x} * normal({x}))",
    ("gelu", 1): "(normal({x}) + {x} * np.exp(-{x} ** 2 / 2) / np.sqrt(2 * np.pi))",
}
EXACT = {"pow", "relu", "leaky_relu", "abs"}  # Fractions in, Fractions out
