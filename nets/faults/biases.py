"""Slips in the biases' gradient (BP3): ∂C/∂b^l = δ^l, gathered over the examples."""

from __future__ import annotations

import numpy as np

from nets.faults.fault import Fault, curved_layers, every_layer, hidden_layers, size
from nets.feedforward import Feedforward

OWN = "Each neuron has its own bias, so ∂C/∂b{l} has one number for each neuron, δ{l}, and only examples are gathered."


def _several(network: Feedforward) -> tuple[int, ...]:
    return tuple(l for l in every_layer(network) if size(network, l) > 1)


BIASES = (
    Fault(
        "bias_zero",
        "BP3",
        "∂C/∂b{l} is 0: the biases get no gradient",
        "A bias moves z{l} one for one, so its derivative is δ{l} itself.",
        ("biases",),
        lambda run, l, total: np.zeros_like(total),
        every_layer,
    ),
    Fault(
        "bias_one_number",
        "BP3",
        "∂C/∂b{l} is summed over the neurons too: every bias gets the same number",
        OWN,
        ("biases",),
        lambda run, l, total: np.full_like(total, total.sum()),
        _several,
    ),
    Fault(
        "bias_one_mean",
        "BP3",
        "∂C/∂b{l} is averaged over the neurons: every bias gets the same number",
        OWN,
        ("biases",),
        lambda run, l, total: np.full_like(total, total.mean()),
        _several,
    ),
    Fault(
        "bias_wrong_axis",
        "BP3",
        "∂C/∂b{l} is summed over the neurons and keeps the examples: the wrong axis",
        OWN,
        ("biases",),
        lambda run, l, total: run.errors[l].sum(axis=0, keepdims=True),
        _several,
    ),
    Fault(
        "bias_not_summed",
        "BP3",
        "∂C/∂b{l} keeps one column for each example: the sum over the examples is missing",
        "The cost gathers the examples, so its derivative by a bias gathers their errors.",
        ("biases",),
        lambda run, l, total: run.errors[l],
        every_layer,
    ),
    Fault(
        "bias_before_slope",
        "BP3",
        "∂C/∂b{l} is the error before it is multiplied by σ′(z{l})",
        "A bias acts on z{l}, and the derivative by z{l} is δ{l}, with σ′(z{l}) in it.",
        ("biases",),
        lambda run, l, total: run.back[l].sum(axis=1, keepdims=True),
        curved_layers,
    ),
    Fault(
        "bias_of_next_layer",
        "BP3",
        "∂C/∂b{l} is δ{next}, the error of the layer above",
        "∂C/∂b{l} is the error of the same layer, δ{l}.",
        ("biases",),
        lambda run, l, total: run.errors[l + 1].sum(axis=1, keepdims=True),
        lambda network: tuple(l for l in hidden_layers(network) if size(network, l) == size(network, l + 1)),
    ),
    Fault(
        "bias_times_activation",
        "BP3",
        "∂C/∂b{l} is δ{l} ⊙ a{l}: an activation too many",
        "A bias is the weight of an input that is always 1.",
        ("biases",),
        lambda run, l, total: (run.errors[l] * run.a[l]).sum(axis=1, keepdims=True),
        every_layer,
    ),
    Fault(
        "bias_times_itself",
        "BP3",
        "∂C/∂b{l} is δ{l} ⊙ b{l}: the bias itself does not belong in it",
        "z{l} is linear in b{l}: the derivative does not contain the bias.",
        ("biases",),
        lambda run, l, total: total * run.parameter(f"b{l}"),
        every_layer,
    ),
)
