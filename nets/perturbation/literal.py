"""Eq. 46 as it is written: perturb one entry, run the whole network, put the entry back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.feedforward import Feedforward
from nets.perturbation.base import base_point, checked_epsilon
from nets.perturbation.blocks import Block

Array = NDArray[Any]


class Literal:
    """(C(w + ε e_j) − C(w)) / ε for one entry at a time, by one full forward pass each.

    The entry is perturbed in place and its saved value assigned back, also when the pass is
    interrupted; ε is never subtracted. ``cost`` is C(w). Raises ValueError like ``perturbation``.
    """

    def __init__(self, network: Feedforward, x: Array, y: Array, epsilon: float = 1e-8) -> None:
        self.network, self.epsilon = network, checked_epsilon(network, epsilon)
        base = base_point(network, x, y)
        self.x, self.y = base.inputs[0], base.y
        self.parameters = network.parameters
        self.cost = network.cost(self.x, self.y)

    def derivative(self, name: str, index: tuple[int, ...]) -> float:
        """Eq. 46 for the entry ``network.parameters[name][index]``."""
        array = self.parameters[name]
        saved = array[index]
        try:
            array[index] = saved + self.epsilon
            ahead = self.network.cost(self.x, self.y)
        finally:
            array[index] = saved
        return float((ahead - self.cost) / self.epsilon)

    def blocks(self) -> Iterator[Block]:
        """Every derivative, a block for each neuron: its weights and its bias."""
        for layer, w in enumerate(self.network.weights, start=2):
            for j in range(w.shape[0]):
                row = [self.derivative(f"w{layer}", (j, k)) for k in range(w.shape[1])]
                bias = self.derivative(f"b{layer}", (j, 0))
                yield Block(layer, slice(j, j + 1), np.array([row], w.dtype), np.array([[bias]], w.dtype))
