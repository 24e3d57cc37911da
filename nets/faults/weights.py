"""Slips in the weights' gradient (BP4): ∂C/∂w^l = δ^l (a^{l−1})ᵀ, gathered over the examples."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.activations import Identity, ReLU
from nets.faults.backward import Backward
from nets.faults.fault import Fault, curved_layers, every_layer, hidden_layers, size
from nets.feedforward import Feedforward

Array = NDArray[Any]

INPUT = "A weight in w{l} is multiplied by the activation that enters it, from a{before}; its derivative contains that."
ERROR = (
    "Both factors belong to the weight's own place: the error at its end, δ{l}, the activation at its start, a{before}."
)


def _from_curved(network: Feedforward) -> tuple[int, ...]:
    """Layers that are fed by a layer with an activation of its own."""
    return tuple(l for l in every_layer(network)[1:] if not isinstance(network.activations[l - 3], Identity))


def _from_changing(network: Feedforward) -> tuple[int, ...]:
    """Layers that are fed by an activation that changes its own values: not by a ReLU."""
    return tuple(l for l in _from_curved(network) if not isinstance(network.activations[l - 3], ReLU))


def _same_input(network: Feedforward, other: int) -> tuple[int, ...]:
    """Layers l for which a^{l+other} has as many neurons as a^{l−1}."""
    return tuple(l for l in every_layer(network) if size(network, l + other) == size(network, l - 1) > 0)


def _fed(run: Backward, l: int, a: Array) -> Array:
    """BP4 with another *a*."""
    return run.errors[l] @ a.T


def _means(run: Backward, l: int, total: Array) -> Array:
    return run.errors[l].sum(axis=1, keepdims=True) @ run.a[l - 1].mean(axis=1, keepdims=True).T


WEIGHTS = (
    Fault(
        "weighted_input_for_activation",
        "BP4",
        "∂C/∂w{l} uses z{before} where a{before} belongs",
        INPUT,
        ("weights",),
        lambda run, l, total: _fed(run, l, run.z[l - 1]),
        _from_curved,
    ),
    Fault(
        "slope_for_activation",
        "BP4",
        "∂C/∂w{l} uses σ′(z{before}) where a{before} belongs",
        INPUT,
        ("weights",),
        lambda run, l, total: _fed(run, l, run.derivative(l - 1, run.z[l - 1])),
        lambda network: every_layer(network)[1:],
    ),
    Fault(
        "activation_again",
        "BP4",
        "∂C/∂w{l} uses σ(a{before}) where a{before} belongs",
        INPUT,
        ("weights",),
        lambda run, l, total: _fed(run, l, run.network.activations[l - 3].value(run.a[l - 1])),
        _from_changing,
    ),
    Fault(
        "activation_of_this_layer",
        "BP4",
        "∂C/∂w{l} uses a{l} where a{before} belongs",
        INPUT,
        ("weights",),
        lambda run, l, total: _fed(run, l, run.a[l]),
        lambda network: _same_input(network, 0),
    ),
    Fault(
        "activation_of_layer_before",
        "BP4",
        "∂C/∂w{l} uses the activation of one layer too far down, where a{before} belongs",
        INPUT,
        ("weights",),
        lambda run, l, total: _fed(run, l, run.a[l - 2]),
        lambda network: _same_input(network, -2),
    ),
    Fault(
        "input_for_activation",
        "BP4",
        "∂C/∂w{l} uses the network's input x where a{before} belongs",
        INPUT,
        ("weights",),
        lambda run, l, total: _fed(run, l, run.a[1]),
        lambda network: tuple(l for l in every_layer(network)[2:] if size(network, 1) == size(network, l - 1)),
    ),
    Fault(
        "activation_missing",
        "BP4",
        "∂C/∂w{l} lacks the factor a{before}: every column is δ{l}",
        INPUT,
        ("weights",),
        lambda run, l, total: np.broadcast_to(run.errors[l].sum(axis=1, keepdims=True), total.shape),
        every_layer,
    ),
    Fault(
        "weights_before_slope",
        "BP4",
        "∂C/∂w{l} uses the error before it is multiplied by σ′(z{l})",
        ERROR,
        ("weights",),
        lambda run, l, total: run.back[l] @ run.a[l - 1].T,
        curved_layers,
    ),
    Fault(
        "error_of_next_layer",
        "BP4",
        "∂C/∂w{l} uses δ{next} where δ{l} belongs",
        ERROR,
        ("weights",),
        lambda run, l, total: run.errors[l + 1] @ run.a[l - 1].T,
        lambda network: tuple(l for l in hidden_layers(network) if size(network, l) == size(network, l + 1)),
    ),
    Fault(
        "outer_product_reversed",
        "BP4",
        "∂C/∂w{l} is a{before} (δ{l})ᵀ, the transpose of what belongs there",
        "Entry (j, k) of ∂C/∂w{l} is the error of neuron j times the activation of neuron k, in that order.",
        ("weights returned",),
        lambda run, l, array: array.T,
        every_layer,
    ),
    Fault(
        "weights_zero",
        "BP4",
        "∂C/∂w{l} is 0: the weights get no gradient",
        ERROR,
        ("weights",),
        lambda run, l, total: np.zeros_like(total),
        every_layer,
    ),
    Fault(
        "mean_of_each_factor",
        "BP4",
        "∂C/∂w{l} multiplies the gathered δ{l} by the mean of a{before}: the examples are gathered before the product",
        "Each example's δ{l} meets its own a{before}; the products are gathered afterwards.",
        ("weights",),
        _means,
        every_layer,
    ),
    Fault(
        "examples_misaligned",
        "BP4",
        "∂C/∂w{l} pairs the δ{l} of one example with the a{before} of another",
        "Both factors of the product belong to the same example; keep their columns in the same order.",
        ("weights",),
        lambda run, l, total: _fed(run, l, np.roll(run.a[l - 1], 1, axis=1)),
        every_layer,
    ),
)
