"""``Network`` under the chapter's own method names, to stand in for its ``network.py``.

A script that says ``import network`` works unchanged beside a file ``network.py`` that holds the
one line ``from nets.network import *``.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.backprop import backprop_example
from nets.feedforward import Feedforward
from nets.logistic import logistic, logistic_slope

Array = NDArray[Any]
Example = tuple[Array, Any]

__all__ = ["Network", "sigmoid", "sigmoid_prime"]


class Network(Feedforward):
    """A feedforward network with the methods of the chapter's class; see ``Feedforward`` for the arguments.

    ``training_data`` and ``test_data`` are lists (or iterators) of pairs ``(x, y)`` of columns; in
    ``test_data`` y may be the digit itself.
    """

    def backprop(self, x: Array, y: Array) -> tuple[list[Array], list[Array]]:
        """``(nabla_b, nabla_w)``, the gradient of C_x; for a matrix of examples, summed over them."""
        nabla_b, nabla_w = backprop_example(self, x, y)
        return [nb.sum(axis=1, keepdims=True) for nb in nabla_b], nabla_w

    def cost_derivative(self, output_activations: Array, y: Array) -> Array:
        """The partial derivatives ∂C_x/∂a for the output activations."""
        return self.cost_function.derivative(output_activations, y)

    def update_mini_batch(self, mini_batch: Sequence[Example], eta: float) -> None:
        """One gradient-descent step: w ← w − (η/m) Σ_x ∂C_x/∂w, and the L2 term if there is one."""
        x = np.hstack([example for example, _ in mini_batch])
        y = np.hstack([target for _, target in mini_batch])
        nabla_b, nabla_w = self.backprop(x, y)
        rate = eta / len(mini_batch)
        self.weights = [w - rate * nw - eta * self.l2 * w for w, nw in zip(self.weights, nabla_w, strict=True)]
        self.biases = [b - rate * nb for b, nb in zip(self.biases, nabla_b, strict=True)]

    def SGD(  # noqa: N802 - the chapter's name
        self,
        training_data: Iterable[Example],
        epochs: int,
        mini_batch_size: int,
        eta: float,
        test_data: Iterable[Example] | None = None,
    ) -> None:
        """Train by mini-batch stochastic gradient descent, writing a line per epoch as the chapter does."""
        training = list(training_data)
        test = list(test_data) if test_data is not None else []
        for epoch in range(epochs):
            random.shuffle(training)
            for start in range(0, len(training), mini_batch_size):
                self.update_mini_batch(training[start : start + mini_batch_size], eta)
            score = f": {self.evaluate(test)} / {len(test)}" if test else " complete"
            sys.stdout.write(f"Epoch {epoch}{score}\n")

    def evaluate(self, test_data: Iterable[Example]) -> int:
        """The number of examples that the network classifies right."""
        return sum(int(np.argmax(self.feedforward(x)) == _label(y)) for x, y in test_data)


def _label(y: Any) -> int:
    """The digit, whether given as itself or as a one-hot column."""
    return int(y) if np.ndim(y) == 0 else int(np.argmax(y))


def sigmoid(z: Any) -> Any:
    """The sigmoid function σ(z), of a number or an array."""
    return logistic(_floats(z))[()]


def sigmoid_prime(z: Any) -> Any:
    """σ′(z), of a number or an array."""
    return logistic_slope(_floats(z))[()]


def _floats(z: Any) -> Array:
    """Numbers, lists or arrays as an array of floats; float32 and complex stay what they are."""
    array = np.asarray(z)
    return array.astype(np.result_type(array, np.float32))
