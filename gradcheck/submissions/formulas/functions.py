"""Functions of one value: what they may be called, and what they are, for real and complex numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Function = Callable[[Any], Any]

SPELLINGS: dict[str, tuple[str, ...]] = {
    "exp": ("exp",), "log": ("log", "ln"), "tanh": ("tanh",), "relu": ("relu",), "sqrt": ("sqrt",),
    "sigmoid": ("sigmoid", "logistic", "sigm", "sig"), "sin": ("sin",), "cos": ("cos",), "square": ("square", "pow2"),
    "abs": ("abs", "__abs__"), "leaky relu": ("leaky_relu", "leakyrelu", "lrelu"), "softplus": ("softplus",),
    "elu": ("elu",), "gelu": ("gelu",), "swish": ("swish", "silu"), "tan": ("tan",), "sinh": ("sinh",),
    "cosh": ("cosh",), "softmax": ("softmax",), "log softmax": ("log_softmax", "logsoftmax"),
    "clip": ("clip", "clamp"),
}  # fmt: skip
"""Functions of one value, and what they may be called."""


def positive_part(z: Any) -> Any:
    """The ReLU, whose complex numbers go by their real parts."""
    return np.where(np.real(z) > 0, z, 0 * z)


def softmax(axis: int | None) -> Function:
    """Along an axis, or over all entries."""

    def apply(z: Any) -> Any:
        e = np.exp(z - np.max(np.real(z), axis=axis, keepdims=True))
        return e / e.sum(axis=axis, keepdims=True)

    return apply


def leaky(slope: float) -> Function:
    """The leaky ReLU with that slope below 0."""
    return lambda z: np.where(np.real(z) > 0, z, slope * z)


def logarithm(function: Function) -> Function:
    """ln of it."""
    return lambda z: np.log(function(z))


AXES = (-1, 0, None)
EXACT: dict[str, tuple[Function, ...]] = {
    "exp": (np.exp,), "log": (np.log,), "tanh": (np.tanh,), "relu": (positive_part,), "sqrt": (np.sqrt,),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)),), "sin": (np.sin,), "cos": (np.cos,), "square": (np.square,),
    "abs": (lambda z: np.where(np.real(z) < 0, -z, z),),
    "leaky relu": tuple(map(leaky, (0.01, 0.1, 0.2, 0.05, 0.02, 0.3, 0.001))),
    "softplus": (lambda z: np.log(1 + np.exp(z)),), "elu": (lambda z: np.where(np.real(z) > 0, z, np.exp(z) - 1),),
    "gelu": (
        lambda z: z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))),
        lambda z: z / (1 + np.exp(-1.702 * z)),
    ),
    "swish": (lambda z: z / (1 + np.exp(-z)),), "tan": (np.tan,), "sinh": (np.sinh,), "cosh": (np.cosh,),
    "clip": (lambda z: np.where(np.abs(np.real(z)) < 1, z, np.sign(np.real(z))),),
    "softmax": tuple(map(softmax, AXES)), "log softmax": tuple(logarithm(softmax(axis)) for axis in AXES),
}  # fmt: skip
"""What each may be; a submission's that is none of these is judged by differences."""

MORE: dict[str, tuple[float, ...]] = {"clip": (-1.0, 1.0)}
"""What else a function is given."""

POSITIVE = ("log", "sqrt")
OF_ARRAYS = ("softmax", "log softmax")
