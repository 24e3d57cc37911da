"""What every mode starts from: checked arguments and the one unperturbed pass."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.backprop import checked_columns
from nets.feedforward import Feedforward

Array = NDArray[Any]


@dataclass(frozen=True)
class Base:
    """The pass at w: a^{l−1} (``inputs``), z^l and a^l of each layer after the input, and each example's cost.

    Every array has one column per example; ``costs`` has shape (examples,). Index 0 of the lists is
    the chapter's layer 2.
    """

    network: Feedforward
    y: Array
    inputs: Sequence[Array]
    zs: Sequence[Array]
    activations: Sequence[Array]
    costs: Array

    @property
    def examples(self) -> int:
        """m, the number of examples."""
        return int(self.costs.size)

    @property
    def last(self) -> int:
        """The index of the output layer."""
        return len(self.zs) - 1


def base_point(network: Feedforward, x: Array, y: Array) -> Base:
    """One forward pass, with every layer kept.

    Raises ValueError in a sentence for inputs or targets of the wrong shape and for weights that are
    not of the network's own dtype (integers and float16 have no room for ε).
    """
    _check_parameters(network)
    x, y = checked_columns(network, x, y)
    inputs, zs, activations = [x], [], []
    for w, b, f in zip(network.weights, network.biases, network.activations, strict=True):
        zs.append(np.matmul(w, inputs[-1]) + b)
        activations.append(f.value(zs[-1]))
        inputs.append(activations[-1])
    return Base(network, y, inputs[:-1], zs, activations, network.output.value(zs[-1], activations[-1], y))


def _check_parameters(network: Feedforward) -> None:
    for name, array in network.parameters.items():
        if array.dtype != network.dtype:
            raise ValueError(
                f"{name} is {array.dtype}, and Eq. 46 perturbs {network.dtype} weights; "
                f"convert it with .astype(np.{network.dtype})."
            )


def checked_epsilon(network: Feedforward, epsilon: float) -> float:
    """*epsilon* as a float, if a difference can be taken with it.

    Raises ValueError in a sentence where it is not positive and finite, is larger than every weight
    and bias, or is so small that ε² underflows.
    """
    epsilon = float(epsilon)
    if not (math.isfinite(epsilon) and epsilon > 0):
        raise ValueError(f"ε must be a positive, finite number, not {epsilon:g}; 1e-8 is usual.")
    smallest = math.sqrt(float(np.finfo(network.dtype).tiny))
    if epsilon < smallest:
        raise ValueError(f"ε = {epsilon:g} leaves {network.dtype} no room for ε²; take {smallest:.0e} or more.")
    largest = max(_largest(array) for array in network.parameters.values())
    if 0 < largest < epsilon:
        raise ValueError(
            f"ε = {epsilon:g} is larger than the largest weight ({largest:.3g}): Eq. 46 is about small changes; "
            f"take {largest / 1e3:.0e} or less."
        )
    return epsilon


def _largest(array: Array) -> float:
    return float(max(array.max(), -array.min()))
