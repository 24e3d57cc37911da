"""Stochastic gradient descent: shuffled mini-batches, epochs, evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.backprop import Workspace, backprop
from nets.feedforward import Feedforward

Array = NDArray[Any]


@dataclass(frozen=True)
class Epoch:
    """What one epoch ended with: the cost on the training data and, if asked, the share classified right."""

    number: int
    cost: float
    accuracy: float | None


def sgd(
    network: Feedforward,
    x: Array,
    y: Array,
    *,
    epochs: int,
    mini_batch_size: int = 10,
    eta: float = 3.0,
    test: tuple[Array, Array] | None = None,
    seed: int | None = None,
    progress: Callable[[Epoch], None] | None = None,
) -> list[Epoch]:
    """Train *network* in place by w ← w − η ∂C/∂w over shuffled mini-batches.

    Args:
        network: the network to train.
        x: inputs (n_in, examples).
        y: targets (n_out, examples).
        epochs: passes over the data.
        mini_batch_size: examples per step; the last mini-batch of an epoch may be smaller.
        eta: the learning rate η; the step uses the mean over the mini-batch, as the chapter does.
        test: inputs and targets to evaluate after each epoch.
        seed: of the shuffling.
        progress: called with each finished epoch.

    Returns:
        One ``Epoch`` for each.
    """
    rng = np.random.default_rng(seed)
    spaces: dict[int, Workspace] = {}
    history = []
    for number in range(1, epochs + 1):
        for columns in _mini_batches(x.shape[1], mini_batch_size, rng):
            space = spaces.setdefault(columns.size, Workspace.of(network, columns.size))
            step(network, x[:, columns], y[:, columns], eta, space)
        accuracy = evaluate(network, *test) if test is not None else None
        history.append(Epoch(number, float(network.cost(x, y)), accuracy))
        if progress is not None:
            progress(history[-1])
    return history


def step(network: Feedforward, x: Array, y: Array, eta: float, workspace: Workspace | None = None) -> None:
    """One gradient-descent step on one mini-batch, in place."""
    gradient = backprop(network, x, y, workspace)
    for name, parameter in network.parameters.items():
        change = gradient[name]
        change *= eta
        parameter -= change


def evaluate(network: Feedforward, x: Array, y: Array) -> float:
    """The share of examples whose largest output is the target's largest."""
    return float(np.mean(network.feedforward(x).argmax(axis=0) == y.argmax(axis=0)))


def _mini_batches(examples: int, size: int, rng: np.random.Generator) -> Iterator[NDArray[np.intp]]:
    order = rng.permutation(examples)
    for start in range(0, examples, size):
        yield order[start : start + size]
