"""The gradient that follows from a given output error: BP2-BP4 without BP1, and so for any cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from gradcheck.reference.recognise import build
from nets.backprop import backprop
from nets.outputs import Output

Array = NDArray[Any]


class _Given(Output):
    """The targets are taken for δ^L."""

    def error(self, z: Array, a: Array, y: Array) -> Array:
        """y."""
        return y


def gradient_of_error(
    activations: Sequence[str], named: Mapping[str, Array], x: Array, error: Array
) -> dict[str, Array]:
    """What BP2-BP4 make of the output error δ^L, for the parameters that are given.

    Args:
        activations: one name for each layer after the input.
        named: parameters under our names.
        x: inputs (n_in, m).
        error: δ^L (n_out, m).

    Summed over the examples. It cannot tell whether the error is that of any cost (BP1).
    """
    network = build(activations, named)
    network.output = _Given(network.activations[-1], network.cost_function)
    gradient = backprop(network, x, error)
    return {name: gradient[name] * x.shape[1] for name in named}
