"""Slips on the way from δ^{l+1} to a^l: the factor (w^{l+1})ᵀ δ^{l+1} of BP2."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.faults.backward import Backward
from nets.faults.fault import Fault, hidden_layers, size
from nets.feedforward import Feedforward

Array = NDArray[Any]

BACK = (
    "An error travels back over the same connections that the activation took there: w{next}, read from its other end."
)


def _same_size_next(network: Feedforward) -> tuple[int, ...]:
    return tuple(l for l in hidden_layers(network) if 1 < size(network, l) == size(network, l + 1))


def _same_size_around(network: Feedforward) -> tuple[int, ...]:
    return tuple(l for l in _same_size_next(network) if size(network, l - 1) == size(network, l))


def _same_size_beyond(network: Feedforward) -> tuple[int, ...]:
    return tuple(l for l in _same_size_next(network) if size(network, l + 2) == size(network, l))


def _several_next(network: Feedforward) -> tuple[int, ...]:
    return tuple(l for l in hidden_layers(network) if size(network, l + 1) > 1)


def _like_output(network: Feedforward) -> tuple[int, ...]:
    return tuple(l for l in hidden_layers(network)[:-1] if size(network, l) == size(network, network.num_layers))


def _updated(run: Backward, l: int, back: Array) -> Array:
    updated = run.w(l + 1) - run.rate * run.computed(f"w{l + 1}")
    return updated.T @ run.errors[l + 1]


PULL_BACK = (
    Fault(
        "error_dropped",
        "BP2",
        "δ{l} is 0: the error does not get this far back",
        "Every layer down to the first hidden one needs its error: the loop over the layers has to include it.",
        ("error",),
        lambda run, l, delta: np.zeros_like(delta),
        hidden_layers,
        together="never",
    ),
    Fault(
        "transpose_missing",
        "BP2",
        "δ{l} uses w{next} where its transpose belongs",
        BACK,
        ("back",),
        lambda run, l, back: run.w(l + 1) @ run.errors[l + 1],
        _same_size_next,
    ),
    Fault(
        "weights_of_this_layer",
        "BP2",
        "δ{l} uses w{l} where w{next} belongs",
        BACK,
        ("back",),
        lambda run, l, back: run.w(l).T @ run.errors[l + 1],
        _same_size_around,
    ),
    Fault(
        "weights_of_layer_beyond",
        "BP2",
        "δ{l} uses the weights of one layer too far up, where w{next} belongs",
        BACK,
        ("back",),
        lambda run, l, back: run.w(l + 2).T @ run.errors[l + 1],
        _same_size_beyond,
    ),
    Fault(
        "weights_updated_first",
        "BP2",
        "δ{l} uses w{next} after its update w − η ∂C/∂w; the gradient belongs to the weights before it",
        "All errors of one pass belong to the same weights: compute the whole gradient first, then change the weights.",
        ("back",),
        _updated,
        hidden_layers,
        rate=True,
    ),
    Fault(
        "weights_left_out",
        "BP2",
        "δ{l} lacks the factor w{next}: the errors of layer {next} are only added up",
        BACK,
        ("back",),
        lambda run, l, back: np.broadcast_to(run.errors[l + 1].sum(axis=0), back.shape),
        hidden_layers,
    ),
    Fault(
        "last_neuron_only",
        "BP2",
        "δ{l} takes only the last term of the sum over the neurons of layer {next}: = stands for +=",
        "A neuron's error gathers what all neurons of the next layer send back: a sum, not its last term.",
        ("back",),
        lambda run, l, back: run.w(l + 1)[-1:].T @ run.errors[l + 1][-1:],
        _several_next,
    ),
    Fault(
        "first_neuron_only",
        "BP2",
        "δ{l} takes only the first term of the sum over the neurons of layer {next}",
        "A neuron's error gathers what all neurons of the next layer send back.",
        ("back",),
        lambda run, l, back: run.w(l + 1)[:1].T @ run.errors[l + 1][:1],
        _several_next,
    ),
    Fault(
        "neurons_averaged",
        "BP2",
        "δ{l} takes the mean over the neurons of layer {next} where their sum belongs",
        "The chain rule adds the paths through the next layer; it does not average them.",
        ("back",),
        lambda run, l, back: back / size(run.network, l + 1),
        _several_next,
    ),
    Fault(
        "biases_for_weights",
        "BP2",
        "δ{l} uses b{next} where w{next} belongs",
        BACK,
        ("back",),
        lambda run, l, back: np.broadcast_to((run.parameter(f"b{l + 1}") * run.errors[l + 1]).sum(axis=0), back.shape),
        hidden_layers,
    ),
    Fault(
        "error_not_passed_on",
        "BP2",
        "δ{l} starts from δ{next} itself, without going back through w{next}",
        BACK,
        ("back",),
        lambda run, l, back: run.errors[l + 1],
        _same_size_next,
    ),
    Fault(
        "output_error_everywhere",
        "BP2",
        "δ{l} starts from the output error instead of δ{next}",
        "Errors go back layer by layer: each is made from the one just above it.",
        ("back",),
        lambda run, l, back: run.w(l + 1).T @ run.errors[run.last],
        lambda network: tuple(
            l for l in hidden_layers(network)[:-1] if size(network, l + 1) == size(network, network.num_layers)
        ),
    ),
    Fault(
        "output_error_copied",
        "BP2",
        "δ{l} is the output error itself",
        "Errors go back layer by layer: each is made from the one just above it.",
        ("error",),
        lambda run, l, delta: run.errors[run.last],
        _like_output,
    ),
)
