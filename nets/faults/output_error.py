"""Slips in the output error δ^L (BP1): the cost's derivative and the last layer taken together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.activations import Sigmoid, Softmax
from nets.costs import COSTS
from nets.faults.backward import Backward
from nets.faults.fault import Fault, Where, output_layer, size
from nets.feedforward import Feedforward
from nets.outputs import output

Array = NDArray[Any]

SAME_COST = (
    "The gradient has to belong to the cost that is reported: write down C first, then differentiate just that by a{l}."
)


def _softmax(network: Feedforward) -> tuple[int, ...]:
    return output_layer(network) if network.activations[-1].couples else ()


def _cancelling(network: Feedforward) -> tuple[int, ...]:
    """Pairs of activation and cost whose σ′ cancels."""
    return output_layer(network) if network.output.cancels else ()


def _plain(network: Feedforward) -> tuple[int, ...]:
    """Pairs whose δ^L is not a − y already."""
    linear = network.activations[-1].name == "identity" and network.cost_function.name == "quadratic"
    return () if linear else tuple(l for l in output_layer(network) if not _cancelling(network))


def _several(network: Feedforward) -> tuple[int, ...]:
    return tuple(l for l in output_layer(network) if size(network, l) > 1)


def _quadratic(network: Feedforward) -> tuple[int, ...]:
    return output_layer(network) if network.cost_function.name == "quadratic" else ()


def _with_cost(name: str) -> Where:
    """The output layer, where the network has another cost than *name* and its outputs suit that one."""

    def where(network: Feedforward) -> tuple[int, ...]:
        suits = name == "quadratic" or isinstance(network.activations[-1], Sigmoid | Softmax)
        return output_layer(network) if suits and network.cost_function.name != name else ()

    return where


def _differentiating(name: str) -> Fault:
    """δ^L of another cost than the network's."""
    title = name.replace("_", "-")

    def change(run: Backward, l: int, delta: Array) -> Array:
        return output(run.network.activations[-1], COSTS[name]).error(run.z[l], run.a[l], run.y)

    return Fault(
        f"other_cost_{name}",
        "BP1",
        f"δ{{l}} is that of the {title} cost, which is not the cost that is reported",
        SAME_COST,
        ("error",),
        change,
        _with_cost(name),
    )


def _per_slope(run: Backward, l: int, error: Array) -> Array:
    """The layer's pull-back of *error* in place of ∇_a C."""
    return run.network.activations[l - 2].pull_back(run.z[l], run.a[l], error)


def _broadcast(run: Backward, l: int, delta: Array) -> Array:
    return _per_slope(run, l, len(run.y) * run.a[l] - run.y.sum(axis=0))


def _broadcast_examples(run: Backward, l: int, delta: Array) -> Array:
    return _per_slope(run, l, run.examples * run.a[l] - run.y.sum(axis=1, keepdims=True))


OUTPUT_ERROR = (
    Fault(
        "target_reversed",
        "BP1",
        "δ{l} has the wrong sign, as with y − a{l} for a{l} − y",
        "∇ₐC points to where the cost grows: for the quadratic cost it is output minus target.",
        ("error",),
        lambda run, l, delta: -delta,
        output_layer,
    ),
    Fault(
        "cross_entropy_error",
        "BP1",
        "δ{l} is a{l} − y, as if σ′(z{l}) cancelled, which it does not with this cost",
        "σ′(z{l}) cancels only where the cost is made for it: cross-entropy on sigmoid, log-likelihood on softmax.",
        ("error",),
        lambda run, l, delta: run.a[l] - run.y,
        _plain,
    ),
    Fault(
        "slope_kept",
        "BP1",
        "δ{l} contains a factor a(1 − a) of a{l}, which cancels with this cost",
        "Work out ∇ₐC ⊙ σ′(z{l}) for this cost by hand: the denominator of ∇ₐC cancels the slope; a{l} − y is left.",
        ("error",),
        lambda run, l, delta: delta * run.a[l] * (1 - run.a[l]),
        _cancelling,
    ),
    Fault(
        "softmax_diagonal",
        "BP1",
        "δ{l} uses only the diagonal a(1 − a) of the softmax's Jacobian",
        "Every output of a softmax depends on every z{l}: the sum over all outputs has off-diagonal terms −aᵢaⱼ.",
        ("error",),
        lambda run, l, delta: run.back[l] * run.a[l] * (1 - run.a[l]),
        _softmax,
    ),
    Fault(
        "softmax_off_diagonal",
        "BP1",
        "δ{l} uses only the off-diagonal terms −aᵢaⱼ of the softmax's Jacobian",
        "The softmax's Jacobian has aᵢ(1 − aᵢ) on its diagonal besides −aᵢaⱼ off it.",
        ("error",),
        lambda run, l, delta: delta - run.back[l] * run.a[l] * (1 - run.a[l]),
        _softmax,
    ),
    _differentiating("quadratic"),
    _differentiating("cross_entropy"),
    _differentiating("log_likelihood"),
    Fault(
        "other_cost_absolute",
        "BP1",
        "δ{l} is that of the absolute error |a{l} − y|, which is not the cost that is reported",
        SAME_COST,
        ("error",),
        lambda run, l, delta: _per_slope(run, l, np.sign(run.a[l] - run.y)),
        output_layer,
    ),
    Fault(
        "target_missing",
        "BP1",
        "δ{l} does not depend on the target: a{l} stands where a{l} − y belongs",
        "The cost compares the output with the target, and so does its derivative.",
        ("error",),
        lambda run, l, delta: _per_slope(run, l, run.a[l]),
        _quadratic,
    ),
    Fault(
        "rounded_output",
        "BP1",
        "δ{l} compares the target with the rounded output (a prediction), not with a{l}",
        "Rounding has no slope: the error is measured on a{l} itself.",
        ("error",),
        lambda run, l, delta: _per_slope(run, l, np.round(run.a[l]) - run.y),
        _quadratic,
    ),
    Fault(
        "true_class_only",
        "BP1",
        "δ{l} is computed for the true class only; the other outputs have none",
        "Every output enters the cost, directly or through the softmax's sum, so every output has an error.",
        ("error",),
        lambda run, l, delta: delta * (run.y == run.y.max(axis=0)),
        _several,
    ),
    Fault(
        "broadcast_error",
        "BP1",
        "in δ{l} a row meets a column, (n,) with (n, 1): every output is compared with every target",
        "Give outputs and targets one shape, a column for each example, so that each is compared with its own.",
        ("error",),
        _broadcast,
        _several,
    ),
    Fault(
        "broadcast_examples",
        "BP1",
        "in δ{l} a row of targets meets a column of outputs: every example is compared with every target",
        "Give outputs and targets one shape, so that each example is compared with its own target.",
        ("error",),
        _broadcast_examples,
        output_layer,
    ),
)
