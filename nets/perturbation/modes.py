"""The one door: every mode by its name, whole or in blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.feedforward import Feedforward, Named
from nets.perturbation.base import Base, base_point, checked_epsilon
from nets.perturbation.blocks import Block, Perturbation
from nets.perturbation.incremental import Incremental
from nets.perturbation.literal import Literal
from nets.perturbation.node import node_blocks
from nets.perturbation.propagated import Propagated, without_identity
from nets.perturbation.suffix import has_kinks

Array = NDArray[Any]
Progress = Callable[[int, int], object]
MODES = ("literal", "incremental", "propagated", "node")


def perturbation(
    network: Feedforward,
    x: Array,
    y: Array,
    epsilon: float = 1e-8,
    mode: str = "propagated",
    *,
    progress: Progress | None = None,
) -> Perturbation:
    """Eq. 46, ∂C/∂w_j ≈ (C(w + ε e_j) − C(w)) / ε, for every weight and bias of ``network.cost(x, y)``.

    Args:
        network: any network; ``literal`` perturbs its entries in place and restores them exactly.
        x: inputs (n_in, examples).
        y: targets (n_out, examples).
        epsilon: ε. ``literal`` and ``incremental`` lose digits below about 1e-8; the other two do not.
        mode: ``"literal"``, N + 1 full passes; ``"incremental"``, the same costs from where the change
            starts; ``"propagated"``, the change itself carried (Eqs. 47-52); ``"node"``, neurons + 1
            passes and BP4.
        progress: called with (entries done, entries in all) after each block; where it returns False
            the run stops, the entries not reached are NaN, and a note says how far it came.

    Returns:
        A mapping ``{"w2": ..., "b2": ..., ...}`` with ``passes``, ``crossings`` and ``notes``.

    Raises:
        ValueError: an ε, a mode, weights, inputs or targets that Eq. 46 cannot work with, in a sentence.

    None of the modes can see an error smaller than its own: (ε/2)|C″|, and for the first two the
    round-off of C over ε besides.
    """
    blocks = perturbation_blocks(network, x, y, epsilon, mode)
    gradient = {name: np.full_like(array, np.nan) for name, array in network.parameters.items()}
    crossed: dict[str, list[Array]] = {}
    total, done = network.parameter_count, 0
    for block in blocks:
        _store(block, gradient, crossed)
        done += block.entries
        if progress is not None and progress(done, total) is False:
            break
    return Perturbation(
        gradient,
        mode,
        float(epsilon),
        passes=_passes(network, mode, done),
        crossings={name: np.concatenate(parts) for name, parts in crossed.items()},
        notes=tuple(_notes(network, mode, float(epsilon), crossed, done)),
    )


def perturbation_blocks(
    network: Feedforward, x: Array, y: Array, epsilon: float = 1e-8, mode: str = "propagated"
) -> Iterator[Block]:
    """The same derivatives block by block, so that a gradient never has to be held whole.

    Memory: the activations of one pass and three buffers of at most 64 MiB; ``node`` holds a layer's
    gradient at a time. Arguments and errors as for ``perturbation``; they are checked at once.
    """
    if mode not in MODES:
        raise ValueError(f"No mode is called {mode!r}; there are {', '.join(MODES)}.")
    epsilon = checked_epsilon(network, epsilon)
    base = base_point(network, x, y)
    if mode == "literal":
        return _literal_blocks(base, Literal(network, x, y, epsilon))
    if mode == "node":
        return node_blocks(base, epsilon)
    return (Incremental if mode == "incremental" else Propagated)(base, epsilon).blocks()


def _literal_blocks(base: Base, literal: Literal) -> Iterator[Block]:
    """Literal passes know no kinks, so where the network has some the propagated changes tell which are crossed."""
    if not any(has_kinks(f) for f in base.network.activations):
        yield from literal.blocks()
        return
    crossed = {
        (block.layer, j): block.crossed[j - block.rows.start]
        for block in Propagated(base, literal.epsilon).blocks()
        if block.crossed is not None
        for j in range(block.rows.start, block.rows.stop)
    }
    for block in literal.blocks():
        mask = crossed.get((block.layer, block.rows.start))
        here = None if mask is None or not mask.any() else mask[None]
        yield Block(block.layer, block.rows, block.weights, block.biases, here)


def _store(block: Block, gradient: Named, crossed: dict[str, list[Array]]) -> None:
    for name, values in ((f"w{block.layer}", block.weights), (f"b{block.layer}", block.biases)):
        gradient[name][block.rows] = values
    if block.crossed is not None:
        for name, mask in ((f"w{block.layer}", block.crossed[:, :-1]), (f"b{block.layer}", block.crossed[:, -1:])):
            if mask.any():
                crossed.setdefault(name, []).append(np.argwhere(mask) + np.array([block.rows.start, 0]))


def _passes(network: Feedforward, mode: str, done: int) -> int:
    """Evaluations of the cost, the one at w included; in node mode one for each neuron reached."""
    if mode == "node":
        reached = np.cumsum([w.size + b.size for w, b in zip(network.weights, network.biases, strict=True)]) <= done
        return 1 + sum(b.size for b, there in zip(network.biases, reached, strict=True) if there)
    return done + 1


def _notes(
    network: Feedforward, mode: str, epsilon: float, crossed: dict[str, list[Array]], done: int
) -> Iterator[str]:
    total = network.parameter_count
    if done < total:
        yield f"Stopped after {done:,} of {total:,} entries; the others are NaN."
    if count := sum(len(part) for parts in crossed.values() for part in parts):
        yield (
            f"In {count:,} of {total:,} differences a kink lies between w and w + ε; "
            "there Eq. 46 gives a slope between the two one-sided ones."
        )
    if mode == "literal" and (unmoved := sum(_unmoved(array, epsilon) for array in network.parameters.values())):
        yield f"For {unmoved:,} of {total:,} entries w + ε rounds to w, so their differences are 0; take a larger ε."
    if mode in ("propagated", "node"):
        for layer, f in enumerate(network.activations, start=2):
            if without_identity(f):
                yield (
                    f"The activation of layer {layer} ({f}) has no difference identity: its change is a plain "
                    "subtraction, which loses digits as ε shrinks."
                )


def _unmoved(array: Array, epsilon: float) -> int:
    return int((array + array.dtype.type(epsilon) == array).sum())
