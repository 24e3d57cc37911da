"""What is measured: a network, an input and a target, made from options and a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.errors import UsageError
from gradcheck.evaluator import Evaluator
from gradcheck.noise import measure_noise
from gradcheck.reference.engine import Network

Array = NDArray[Any]
Progress = Callable[[str, int, int], None]


def silent(what: str, done: int, total: int) -> None:
    """Progress that nobody sees."""


@dataclass(frozen=True)
class Options:
    """A request: the network, and how many seconds its literal passes may take (all passes where ``full``).

    The budget may be overrun fourfold until ``least`` literal passes have been run.
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...] = ("sigmoid",)
    cost: str = "quadratic"
    examples: int = 1
    seed: int = 0
    budget: float = 3.0
    least: int = 0
    full: bool = False


@dataclass(frozen=True)
class Subject:
    """A network and its data; inputs are uniform in [0, 1] like pixels, targets are one-hot columns."""

    options: Options
    network: Network
    x: Array
    y: Array


def subject(options: Options) -> Subject:
    """The network with weights N(0, 1/n_in) and biases N(0, 1). Raises UsageError where there is none such."""
    rng = np.random.default_rng(options.seed)
    if options.examples < 1:
        raise UsageError(f"A mini-batch of {options.examples} examples does not exist; take 1 or more.")
    try:
        network = Network(
            options.sizes,
            activation=_per_layer(options),
            cost=options.cost,
            seed=options.seed,
            initialisation="scaled",
        )
    except ValueError as error:
        raise UsageError(str(error)) from error
    x = rng.random((options.sizes[0], options.examples))
    y = np.eye(options.sizes[-1])[:, rng.integers(0, options.sizes[-1], options.examples)]
    return Subject(options, network, x, y)


def cost_noise(of: Subject) -> float:
    """η: the standard deviation of one cost's noise, measured from the cost itself."""
    network = of.network
    evaluator = Evaluator(lambda point: float(network.cost_at(point, of.x, of.y)), network.parameters)
    return measure_noise(evaluator, np.random.default_rng(of.options.seed)).level


def _per_layer(options: Options) -> list[str]:
    """One name is for all layers, two are for the hidden ones and the output, else one for each."""
    layers, names = len(options.sizes) - 1, options.activations
    if len(names) == 1:
        return [names[0]] * layers
    return [names[0]] * (layers - 1) + [names[1]] if len(names) == 2 else list(names)
