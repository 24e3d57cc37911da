"""Slips in the factor σ′(z^l) of BP1 and BP2."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.activations import LeakyReLU, ReLU, Sigmoid, Tanh
from nets.faults.backward import Backward
from nets.faults.fault import Fault, Where, curved_layers, hidden_layers, separate_layers, size
from nets.feedforward import Feedforward

Array = NDArray[Any]

CHAIN = "A change in z{l} reaches the cost only through a{l} = σ(z{l}), so the chain rule multiplies by σ′(z{l}) once."
FROM_Z = "σ′ is a function of the weighted input z{l}; where it is written with a{l}, as a(1 − a), σ is already in it."


def _without(*kinds: type) -> Where:
    """Separate layers whose activation is none of *kinds*."""

    def where(network: Feedforward) -> tuple[int, ...]:
        return tuple(l for l in separate_layers(network) if not isinstance(network.activations[l - 2], kinds))

    return where


def _rectified(network: Feedforward) -> tuple[int, ...]:
    return tuple(l for l in separate_layers(network) if isinstance(network.activations[l - 2], LeakyReLU))


def _leaky(network: Feedforward) -> tuple[int, ...]:
    return tuple(l for l in _rectified(network) if not isinstance(network.activations[l - 2], ReLU))


def _below_same_size(network: Feedforward) -> tuple[int, ...]:
    return tuple(l for l in hidden_layers(network) if l in separate_layers(network) and _alike(network, l, l + 1))


def _above_same_size(network: Feedforward) -> tuple[int, ...]:
    return tuple(l for l in separate_layers(network) if l > 2 and _alike(network, l, l - 1))


def _above_separate(network: Feedforward) -> tuple[int, ...]:
    return tuple(l for l in hidden_layers(network) if l + 1 in _without(ReLU)(network))


def _alike(network: Feedforward, l: int, other: int) -> bool:
    return size(network, l) == size(network, other) > 0


def _wrong_side(run: Backward, l: int, slope: Array) -> Array:
    f = run.network.activations[l - 2]
    below = f.slope if isinstance(f, LeakyReLU) else 0.0
    return np.where(run.z[l] > 0, below, 1.0)


def _mask_of_error(run: Backward, l: int, slope: Array) -> Array:
    f = run.network.activations[l - 2]
    below = f.slope if isinstance(f, LeakyReLU) else 0.0
    return np.where(run.back[l] > 0, 1.0, below)


SLOPES = (
    Fault(
        "slope_missing",
        "BP2",
        "δ{l} lacks the factor σ′(z{l})",
        CHAIN,
        ("error",),
        lambda run, l, delta: run.back[l],
        curved_layers,
    ),
    Fault(
        "slope_of_activation",
        "BP2",
        "δ{l} contains σ′(a{l}) where σ′(z{l}) belongs",
        FROM_Z,
        ("slope",),
        lambda run, l, slope: run.derivative(l, run.a[l]),
        _without(LeakyReLU),  # whose slope depends on the sign alone, and a has the sign of z
    ),
    Fault(
        "slope_twice",
        "BP2",
        "δ{l} contains the factor σ′(z{l}) twice",
        CHAIN,
        ("slope",),
        lambda run, l, slope: slope * slope,
        _without(ReLU),  # whose slopes are 0 and 1
    ),
    Fault(
        "slope_one_minus",
        "BP2",
        "δ{l} contains 1 − a{l} where σ′(z{l}) belongs",
        "For the sigmoid σ′(z{l}) is a{l} times 1 − a{l}, for tanh it is 1 minus the square of a{l}: "
        "one factor or one square is lost.",
        ("slope",),
        lambda run, l, slope: 1 - run.a[l],
        separate_layers,
    ),
    Fault(
        "slope_only_activation",
        "BP2",
        "δ{l} contains a{l} itself where σ′(z{l}) belongs",
        "The factor is the slope of σ at z{l}, not its value there.",
        ("slope",),
        lambda run, l, slope: run.a[l],
        separate_layers,
    ),
    Fault(
        "slope_applied_again",
        "BP2",
        "δ{l} contains σ(a{l}) where σ′(z{l}) belongs",
        "The factor is the slope of σ at z{l}, not σ applied once more.",
        ("slope",),
        lambda run, l, slope: run.network.activations[l - 2].value(run.a[l]),
        separate_layers,
    ),
    Fault(
        "slope_formula_sigmoid",
        "BP2",
        "δ{l} contains a(1 − a) of a{l}, the sigmoid's slope, where this layer's σ′(z{l}) belongs",
        "Each activation has its own slope: the one used on the way back must belong to the one used on the way there.",
        ("slope",),
        lambda run, l, slope: run.a[l] * (1 - run.a[l]),
        _without(Sigmoid),
    ),
    Fault(
        "slope_formula_tanh",
        "BP2",
        "δ{l} contains 1 − a² of a{l}, the slope of tanh, where this layer's σ′(z{l}) belongs",
        "Each activation has its own slope: the one used on the way back must belong to the one used on the way there.",
        ("slope",),
        lambda run, l, slope: 1 - run.a[l] ** 2,
        _without(Tanh),
    ),
    Fault(
        "slope_of_sigmoid",
        "BP2",
        "δ{l} contains the sigmoid's derivative at z{l} where this layer's own σ′(z{l}) belongs",
        "The way back has to use the derivative of the same function that the way there used.",
        ("slope",),
        lambda run, l, slope: Sigmoid().derivative(run.z[l], run.a[l]),
        _without(Sigmoid),
    ),
    Fault(
        "slope_of_tanh",
        "BP2",
        "δ{l} contains the derivative of tanh at z{l} where this layer's own σ′(z{l}) belongs",
        "The way back has to use the derivative of the same function that the way there used.",
        ("slope",),
        lambda run, l, slope: Tanh().derivative(run.z[l], run.a[l]),
        _without(Tanh),
    ),
    Fault(
        "slope_of_relu",
        "BP2",
        "δ{l} contains the derivative of ReLU at z{l} where this layer's own σ′(z{l}) belongs",
        "The way back has to use the derivative of the same function that the way there used.",
        ("slope",),
        lambda run, l, slope: (run.z[l] > 0).astype(float),
        _without(ReLU),
    ),
    Fault(
        "slope_formula_of_z",
        "BP2",
        "δ{l} contains z(1 − z) of z{l}: a formula meant for a{l} is given z{l}",
        "a(1 − a) is the sigmoid's slope written with its output a{l}; with z{l} in it, it means nothing.",
        ("slope",),
        lambda run, l, slope: run.z[l] * (1 - run.z[l]),
        separate_layers,
    ),
    Fault(
        "slope_square_of_z",
        "BP2",
        "δ{l} contains 1 − z² of z{l}: a formula meant for a{l} is given z{l}",
        "1 − a² is the slope of tanh written with its output a{l}; with z{l} in it, it means nothing.",
        ("slope",),
        lambda run, l, slope: 1 - run.z[l] ** 2,
        separate_layers,
    ),
    Fault(
        "slope_of_next_layer",
        "BP2",
        "δ{l} contains σ′(z{next}) where σ′(z{l}) belongs",
        "The slope belongs to the layer whose error is being computed, not to the one that the error comes from.",
        ("slope",),
        lambda run, l, slope: run.derivative(l, run.z[l + 1]),
        _below_same_size,
    ),
    Fault(
        "slope_of_layer_before",
        "BP2",
        "δ{l} contains σ′(z{before}) where σ′(z{l}) belongs",
        "The slope belongs to the layer whose error is being computed, not to the one below it.",
        ("slope",),
        lambda run, l, slope: run.derivative(l, run.z[l - 1]),
        _above_same_size,
    ),
    Fault(
        "slope_of_next_layer_again",
        "BP2",
        "on its way to δ{l} the error δ{next} is multiplied by σ′(z{next}) a second time",
        "δ{next} already contains σ′(z{next}); going one layer back adds w{next} and σ′(z{l}), nothing else.",
        ("back",),
        lambda run, l, back: run.w(l + 1).T @ (run.errors[l + 1] * run.derivative(l + 1, run.z[l + 1])),
        _above_separate,
    ),
    Fault(
        "mask_wrong_side",
        "BP2",
        "δ{l} passes where z{l} is negative and stops where it is positive: the ReLU's mask is the wrong way round",
        "A ReLU's slope is 1 where z{l} is positive.",
        ("slope",),
        _wrong_side,
        _rectified,
    ),
    Fault(
        "mask_of_error",
        "BP2",
        "the ReLU's mask in δ{l} looks at the sign of the incoming error instead of z{l}",
        "Whether a ReLU passes its error on was decided on the way there, by the sign of z{l}.",
        ("slope",),
        _mask_of_error,
        _rectified,
    ),
    Fault(
        "leak_forgotten",
        "BP2",
        "δ{l} is 0 where z{l} is negative: the leaky ReLU's small slope is forgotten",
        "A leaky ReLU has a slope on both sides of 0.",
        ("slope",),
        lambda run, l, slope: (run.z[l] > 0).astype(float),
        _leaky,
    ),
    Fault(
        "dot_for_elementwise",
        "BP2",
        "in δ{l} the dot product with σ′(z{l}) is taken where the elementwise product ⊙ belongs",
        "Each neuron's error is multiplied by its own slope and by no other's; nothing is summed there.",
        ("error",),
        lambda run, l, delta: np.broadcast_to(delta.sum(axis=0), delta.shape),
        lambda network: tuple(l for l in separate_layers(network) if size(network, l) > 1),
    ),
    Fault(
        "broadcast_slope",
        "BP2",
        "in δ{l} a row meets a column, (n,) with (n, 1), and the table that results is summed over the wrong axis",
        "Give every vector of the backward pass one shape, a column, so that ⊙ pairs each neuron with itself.",
        ("error",),
        lambda run, l, delta: run.back[l].sum(axis=0) * run.derivative(l, run.z[l]),
        lambda network: tuple(l for l in separate_layers(network) if size(network, l) > 1),
    ),
)
