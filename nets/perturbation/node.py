"""Node perturbation (Widrow & Lehr 1990): the chapter's footnote, z as the intermediate variable, taken at its word."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nets.perturbation.base import Array, Base
from nets.perturbation.blocks import Block, Mask
from nets.perturbation.propagated import Propagated


def node_blocks(base: Base, epsilon: float) -> Iterator[Block]:
    """One block for each layer: δ^l_j is the difference in z^l_j over ε, and BP4 gives the weights.

    A weight acts on the rest of the net through z^l_j alone, so neurons + 1 passes are enough. All
    examples of a mini-batch are perturbed in the same pass, since each has its own cost. It borrows
    BP4, so it cannot see a fault that BP4 itself would have.
    """
    suffix = Propagated(base, epsilon)
    for index, a in enumerate(base.inputs):
        delta, crossed = _errors(suffix, index)
        weights = delta @ a.T
        weights /= base.examples
        if base.network.l2:
            weights += base.network.l2 * base.network.weights[index]
        mask = None if crossed is None else np.repeat(crossed, a.shape[0] + 1, axis=1)
        yield Block(index + 2, slice(0, delta.shape[0]), weights, delta.mean(axis=1, keepdims=True), mask)


def _errors(suffix: Propagated, index: int) -> tuple[Array, Mask | None]:
    """δ^l, shape (neurons, examples), and the neurons (as a column) whose step crosses a kink."""
    base = suffix.base
    delta = np.empty_like(base.zs[index])
    crossed = np.zeros((delta.shape[0], 1), dtype=bool)
    step = np.array([suffix.epsilon], delta.dtype)
    for rows in suffix.row_slices(index, 1):
        for example in range(base.examples):
            values, mask = suffix.costs(index, example, rows, step)
            delta[rows, example] = values[:, 0]
            if mask is not None:
                crossed[rows] |= mask
    delta /= suffix.epsilon
    return delta, crossed if crossed.any() else None
