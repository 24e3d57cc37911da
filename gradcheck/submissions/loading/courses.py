"""What the helper modules of well-known courses compute: they are handed out with an assignment, and not handed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Function = Callable[..., Any]


def sigmoid(z: Any) -> Any:
    """σ(z)."""
    return 1.0 / (1.0 + np.exp(-z))


def relu(z: Any) -> Any:
    """max(0, z)."""
    return np.maximum(0, z)


def softmax(z: Any) -> Any:
    """Of each column."""
    shifted = np.exp(z - np.max(z, axis=0, keepdims=True))
    return shifted / shifted.sum(axis=0, keepdims=True)


def kept(function: Function) -> Function:
    """The activation that returns its z too, for the way back."""
    return lambda z: (function(z), z)


def sigmoid_backward(gradient: Any, z: Any) -> Any:
    """δ = ∂C/∂a ⊙ σ′(z)."""
    return gradient * sigmoid(z) * (1 - sigmoid(z))


def relu_backward(gradient: Any, z: Any) -> Any:
    """δ = ∂C/∂a where z > 0."""
    return np.where(z > 0, gradient, 0.0)


def three_layers(x: Any, parameters: Mapping[str, Any]) -> tuple[Any, tuple[Any, ...]]:
    """The output of two layers of rectified units and one sigmoid, and all that was computed on the way."""
    a, cache = x, []
    for layer, activation in enumerate((relu, relu, sigmoid), start=1):
        w, b = parameters[f"W{layer}"], parameters[f"b{layer}"]
        z = np.dot(w, a) + b
        a = activation(z)
        cache += [z, a, w, b]
    return a, tuple(cache)


def cross_entropy(a: Any, y: Any) -> Any:
    """The mean over the columns."""
    return -np.nansum(y * np.log(a) + (1 - y) * np.log(1 - a)) / y.shape[1]


NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")
SHAPES = ((5, 4), (5, 1), (3, 5), (3, 1), (1, 3), (1, 1))
"""The network of the course's own gradient checking."""


def as_column(parameters: Mapping[str, Any], names: tuple[str, ...] = NAMES) -> Any:
    """Arrays of a dictionary, one below the other."""
    return np.concatenate([np.reshape(parameters[name], (-1, 1)) for name in names])


def dictionary_to_vector(parameters: Mapping[str, Any]) -> tuple[Any, list[str]]:
    """The column, and of every entry of it the array that it came from."""
    return as_column(parameters), [name for name in NAMES for _ in range(np.size(parameters[name]))]


def vector_to_dictionary(theta: Any) -> dict[str, Any]:
    """The column parted again."""
    ends = np.cumsum([rows * columns for rows, columns in SHAPES])
    parts = np.split(np.asarray(theta), ends[:-1])
    return {name: part.reshape(shape) for name, part, shape in zip(NAMES, parts, SHAPES, strict=True)}


def gradients_to_vector(gradients: Mapping[str, Any]) -> Any:
    """The column of the gradients ``dW1, db1, ...``."""
    return as_column(gradients, tuple(f"d{name}" for name in NAMES))


def sigmoid_gradient(z: Any) -> Any:
    """σ′(z)."""
    return sigmoid(z) * (1 - sigmoid(z))


PLAIN: dict[str, Function] = {
    "sigmoid": sigmoid, "relu": relu, "sigmoidGradient": sigmoid_gradient, "sigmoid_gradient": sigmoid_gradient,
}  # fmt: skip
NETWORK: dict[str, Function] = {
    "forward_propagation": three_layers, "compute_cost": cross_entropy, "compute_loss": cross_entropy
}  # fmt: skip
VECTORS: dict[str, Function] = {
    "dictionary_to_vector": dictionary_to_vector, "vector_to_dictionary": vector_to_dictionary,
    "gradients_to_vector": gradients_to_vector,
}  # fmt: skip
CACHED: dict[str, Function] = {
    "sigmoid": kept(sigmoid), "relu": kept(relu), "softmax": kept(softmax),
    "sigmoid_backward": sigmoid_backward, "relu_backward": relu_backward,
}  # fmt: skip

HELPERS = (
    (re.compile(r"dnn_(app_)?utils\w*$"), CACHED),
    (re.compile(r"planar_utils\w*$"), {"sigmoid": sigmoid}),
    (re.compile(r"(init|reg|opt)_utils\w*$"), PLAIN | NETWORK),
    (re.compile(r"gc_utils\w*$"), PLAIN | VECTORS),
    (re.compile(r"rnn_utils\w*$"), {"sigmoid": sigmoid, "softmax": softmax}),
    (re.compile(r"\w*(utils?|helpers?|functions?|activations?|funcs?|maths?|common|sigmoid|relu)\w*$"), PLAIN),
)
"""Of a module's name, what it is known or likely to hold."""


def helpers(module: str) -> dict[str, Function]:
    """The functions that a missing module of that name would give: none where its name says nothing."""
    return next((functions for name, functions in HELPERS if name.match(module.rpartition(".")[2].lower())), {})
