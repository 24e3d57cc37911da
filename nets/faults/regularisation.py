"""Slips in the L2 term: λ w^l is added to ∂C/∂w^l, once, and to nothing else."""

from __future__ import annotations

import numpy as np

from nets.faults.backward import Backward
from nets.faults.fault import Fault, Where, every_layer, size
from nets.feedforward import Feedforward

TERM = (
    "The term (λ/2) Σ w² of the cost adds λ times each weight to that weight's own derivative, and nothing to a bias."
)


def _regularised(where: Where = every_layer) -> Where:
    """The layers *where*, in a network that has an L2 term."""

    def layers(network: Feedforward) -> tuple[int, ...]:
        return where(network) if network.l2 else ()

    return layers


def _same_shape_next(network: Feedforward) -> tuple[int, ...]:
    layers = every_layer(network)[:-1]
    return tuple(l for l in layers if size(network, l - 1) == size(network, l) == size(network, l + 1))


def _scaled(run: Backward, factor: float, term: np.ndarray) -> np.ndarray:
    return factor * term


PENALTY = ("weights penalty",)

REGULARISATION = (
    Fault(
        "l2_missing",
        "L2",
        "∂C/∂w{l} lacks the L2 term λ w{l}",
        TERM,
        PENALTY,
        lambda run, l, term: _scaled(run, 0.0, term),
        _regularised(),
    ),
    Fault(
        "l2_twice",
        "L2",
        "∂C/∂w{l} contains the L2 term λ w{l} twice: a 2 that the ½ of (λ/2) Σ w² cancels",
        TERM,
        PENALTY,
        lambda run, l, term: _scaled(run, 2.0, term),
        _regularised(),
    ),
    Fault(
        "l2_half",
        "L2",
        "∂C/∂w{l} contains half of the L2 term λ w{l}: the 2 of the square is not brought down",
        TERM,
        PENALTY,
        lambda run, l, term: _scaled(run, 0.5, term),
        _regularised(),
    ),
    Fault(
        "l2_sign",
        "L2",
        "the L2 term λ w{l} is subtracted from ∂C/∂w{l}, not added",
        TERM,
        PENALTY,
        lambda run, l, term: _scaled(run, -1.0, term),
        _regularised(),
    ),
    Fault(
        "l2_times_m",
        "L2",
        "∂C/∂w{l} contains the L2 term m times, once for each example",
        "The L2 term stands outside the sum over the examples: it is added once for the whole mini-batch.",
        PENALTY,
        lambda run, l, term: _scaled(run, run.examples, term),
        _regularised(),
    ),
    Fault(
        "l2_divided_by_m",
        "L2",
        "the L2 term in ∂C/∂w{l} is divided by m once too often",
        "Whatever factor stands before Σ w² in the cost stands before 2w in the gradient.",
        PENALTY,
        lambda run, l, term: _scaled(run, 1 / run.examples, term),
        _regularised(),
    ),
    Fault(
        "l2_rate_missing",
        "L2",
        "w{l} itself is added to ∂C/∂w{l}, without its factor λ",
        TERM,
        PENALTY,
        lambda run, l, term: run.w(l),
        _regularised(),
    ),
    Fault(
        "l1_for_l2",
        "L2",
        "∂C/∂w{l} contains λ times the sign of w{l}, the L1 term, where λ w{l} belongs",
        TERM,
        PENALTY,
        lambda run, l, term: run.network.l2 * np.sign(run.w(l)),
        _regularised(),
    ),
    Fault(
        "l2_on_biases",
        "L2",
        "∂C/∂b{l} contains λ b{l}: the biases are regularised, though the cost does not contain them",
        TERM,
        ("biases penalty",),
        lambda run, l, term: term + run.network.l2 * run.parameter(f"b{l}"),
        _regularised(),
    ),
    Fault(
        "l2_of_next_layer",
        "L2",
        "∂C/∂w{l} contains λ w{next} where λ w{l} belongs",
        TERM,
        PENALTY,
        lambda run, l, term: run.network.l2 * run.w(l + 1),
        _regularised(_same_shape_next),
        together="never",
    ),
)
