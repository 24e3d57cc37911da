"""Activation functions: value, derivative and difference of each, side by side.

An activation acts on weighted inputs ``z`` of shape (neurons, examples). Next to its value stand
its derivative σ′(z) and its *difference* σ(z + d) − σ(z), written so that no digits cancel however
small ``d`` is. The difference is what turns Eqs. 47-52 of the chapter into an algorithm.
"""

from __future__ import annotations

from nets.activations.base import Activation
from nets.activations.elementwise import (
    GELU,
    GELU_CUBIC,
    GELU_SCALE,
    RELU,
    Identity,
    LeakyReLU,
    ReLU,
    Sigmoid,
    Softplus,
    Tanh,
)
from nets.activations.layers import Mixed, Softmax, of_rows

__all__ = [
    "ACTIVATIONS",
    "GELU",
    "GELU_CUBIC",
    "GELU_SCALE",
    "Activation",
    "Identity",
    "LeakyReLU",
    "Mixed",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
    "activation",
    "of_rows",
]

ACTIVATIONS: dict[str, Activation] = {
    f.name: f for f in (Sigmoid(), Tanh(), RELU, LeakyReLU(), Identity(), Softplus(), GELU(), Softmax())
}


def activation(which: str | Activation) -> Activation:
    """The activation of that name, or *which* itself if it is one.

    Raises ValueError naming the known ones.
    """
    if isinstance(which, Activation):
        return which
    if which not in ACTIVATIONS:
        raise ValueError(f"No activation is called {which!r}; there are {', '.join(ACTIVATIONS)}.")
    return ACTIVATIONS[which]
