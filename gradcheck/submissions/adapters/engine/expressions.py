"""Expressions for an autodiff engine: every operator, reflected operators, and values that are used more than once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Build = Callable[..., Any]


@dataclass(frozen=True)
class Expression:
    """A formula of leaves a, b, c...

    ``formula`` is its text, ``build`` makes it of values and, where ``known``, of plain numbers too.
    ``shapes`` are the leaves' in an engine of arrays; none: every leaf has the same.
    """

    formula: str
    leaves: int
    build: Build
    theme: str = "operators"
    known: bool = True
    shapes: tuple[tuple[int, ...], ...] = ()


def chain(a: Any, b: Any) -> Any:
    """Six rounds of x ← x b + a."""
    x = a
    for _ in range(6):
        x = x * b + a
    return x


def diamonds(a: Any, b: Any) -> Any:
    """Values that reach the end on ways of different lengths: an order that is not topological shows."""
    u = a * b
    v = u + a
    w = u * v
    return w * u + v


def unequal_ways(a: Any, b: Any) -> Any:
    """One short and one long way from the same value."""
    s = a + b
    t = s * s
    return (t * a + s) * s


def staircase(a: Any, b: Any, c: Any) -> Any:
    """Each step uses the two before it."""
    x, y = a * b, b * c
    for _ in range(4):
        x, y = y, x * y + a
    return y


SCALAR = (
    Expression("a + b", 2, lambda a, b: a + b),
    Expression("a * b", 2, lambda a, b: a * b),
    Expression("a - b", 2, lambda a, b: a - b),
    Expression("a / b", 2, lambda a, b: a / b),
    Expression("-a", 1, lambda a: -a),
    Expression("a ** 2", 1, lambda a: a**2),
    Expression("a ** 3", 1, lambda a: a**3),
    Expression("a ** -1", 1, lambda a: a**-1),
    Expression("a ** 0.5", 1, lambda a: a**0.5),
    Expression("a ** b", 2, lambda a, b: a**b),
    Expression("a + 2", 1, lambda a: a + 2, "numbers"),
    Expression("2 + a", 1, lambda a: 2 + a, "numbers"),
    Expression("a * 3", 1, lambda a: a * 3, "numbers"),
    Expression("3 * a", 1, lambda a: 3 * a, "numbers"),
    Expression("a - 2", 1, lambda a: a - 2, "numbers"),
    Expression("2 - a", 1, lambda a: 2 - a, "numbers"),
    Expression("a / 4", 1, lambda a: a / 4, "numbers"),
    Expression("4 / a", 1, lambda a: 4 / a, "numbers"),
    Expression("2 ** a", 1, lambda a: 2**a, "numbers"),
    Expression("a + a", 1, lambda a: a + a, "used twice"),
    Expression("a * a", 1, lambda a: a * a, "used twice"),
    Expression("a - a * a", 1, lambda a: a - a * a, "used twice"),
    Expression("a / (a + 1)", 1, lambda a: a / (a + 1), "used twice"),
    Expression("a * b + a", 2, lambda a, b: a * b + a, "used twice"),
    Expression("(a + b) * (a - b)", 2, lambda a, b: (a + b) * (a - b), "used twice"),
    Expression("a * b * c - a / c", 3, lambda a, b, c: a * b * c - a / c, "used twice"),
    Expression("(a * b - c) ** 2", 3, lambda a, b, c: (a * b - c) ** 2, "chains"),
    Expression("x = a; six times x = x * b + a", 2, chain, "chains"),
    Expression("u = a * b; v = u + a; w = u * v; w * u + v", 2, diamonds, "order of the way back"),
    Expression("s = a + b; t = s * s; (t * a + s) * s", 2, unequal_ways, "order of the way back"),
    Expression("x, y = a * b, b * c; four times x, y = y, x * y + a", 3, staircase, "order of the way back"),
)
"""For any engine: of numbers, or elementwise."""

ARRAYS = (
    Expression("a @ b", 2, lambda a, b: a @ b, "matrices", shapes=((3, 4), (4, 2))),
    Expression("a.dot(b)", 2, lambda a, b: a.dot(b), "matrices", shapes=((3, 4), (4, 2))),
    Expression("a @ b + c", 3, lambda a, b, c: a @ b + c, "matrices", shapes=((5, 4), (4, 3), (3,))),
    Expression("a + b, b a row", 2, lambda a, b: a + b, "broadcasting", shapes=((3, 4), (4,))),
    Expression("a + b, b (1, n)", 2, lambda a, b: a + b, "broadcasting", shapes=((3, 4), (1, 4))),
    Expression("a * b, b a column", 2, lambda a, b: a * b, "broadcasting", shapes=((3, 4), (3, 1))),
    Expression("a - b, a a row", 2, lambda a, b: a - b, "broadcasting", shapes=((4,), (3, 4))),
    Expression("a / b, b a row", 2, lambda a, b: a / b, "broadcasting", shapes=((3, 4), (4,))),
    Expression("a.sum()", 1, lambda a: a.sum(), "reductions", shapes=((3, 4),)),
    Expression("a.mean()", 1, lambda a: a.mean(), "reductions", shapes=((3, 4),)),
    Expression("a.sum(axis=0)", 1, lambda a: a.sum(axis=0), "reductions", shapes=((3, 4),)),
    Expression("a.sum(axis=1)", 1, lambda a: a.sum(axis=1), "reductions", shapes=((3, 4),)),
    Expression("a.mean(axis=0)", 1, lambda a: a.mean(axis=0), "reductions", shapes=((3, 4),)),
    Expression("a.T", 1, lambda a: a.T, "shapes", shapes=((3, 4),)),
    Expression("a.transpose()", 1, lambda a: a.transpose(), "shapes", shapes=((3, 4),)),
    Expression("a.reshape(4, 3)", 1, lambda a: a.reshape(4, 3), "shapes", shapes=((3, 4),)),
)
"""For engines of arrays."""

UNARY: dict[str, tuple[str, ...]] = {
    "exp": ("exp",), "log": ("log", "ln"), "tanh": ("tanh",), "relu": ("relu",), "sqrt": ("sqrt",),
    "sigmoid": ("sigmoid", "logistic", "sigm", "sig"), "sin": ("sin",), "cos": ("cos",), "square": ("square", "pow2"),
    "abs": ("abs", "__abs__"), "leaky relu": ("leaky_relu", "leakyrelu", "lrelu"), "softplus": ("softplus",),
    "elu": ("elu",), "gelu": ("gelu",), "swish": ("swish", "silu"), "tan": ("tan",), "sinh": ("sinh",),
    "cosh": ("cosh",), "softmax": ("softmax",), "log softmax": ("log_softmax", "logsoftmax"),
}  # fmt: skip
"""Functions of one value, and what they may be called."""

REFERENCE: dict[str, Callable[[Any], Any]] = {
    "exp": np.exp, "log": np.log, "tanh": np.tanh, "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos,
}  # fmt: skip
"""Those that can be nothing else."""
