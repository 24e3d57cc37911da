"""Points at which reported costs are compared with ours, and the reduction that makes them agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference.conventions import REDUCTIONS, Reduction
from gradcheck.reference.points import parameters, targets
from gradcheck.reference.recognise import Recognition, build

Array = NDArray[Any]
Named = dict[str, Array]
LOG_FLOOR = 1e-4
"""How closely code agrees that has a small ε in its logarithm, or single precision inside."""


@dataclass(frozen=True)
class CostProbe:
    """A point at which costs are compared: canonical parameters, inputs and targets in columns."""

    parameters: Named
    x: Array
    y: Array


def probes_of(recognition: Recognition, rng: np.random.Generator, *, batches: bool) -> tuple[CostProbe, ...]:
    """Random points for that network, of 3, 1, 5 and 3 examples, or of one each."""
    sizes = recognition.sizes
    probes = []
    for m in (3, 1, 5, 3) if batches else (1, 1, 1):
        named = parameters(sizes, rng, has=recognition.biases)
        y = targets(sizes[-1], m + 1, rng)[:, 1:] if m == 1 else targets(sizes[-1], m, rng)
        probes.append(CostProbe(named, rng.standard_normal((sizes[0], m)), y))
    return tuple(probes)


def copied(named: Named) -> Named:
    """Copies of arrays, for code that may change what it is given."""
    return {name: array.copy() for name, array in named.items()}


def summed(activations: Sequence[str], name: str, probe: CostProbe) -> float:
    """Σ_x C_x at a point, for the network with those activations and the cost of that name."""
    return float(build(activations, probe.parameters, name).costs(probe.x, probe.y).sum())


def fitted(
    reported: list[float], sums: list[float], probes: tuple[CostProbe, ...], tolerance: float
) -> tuple[Reduction, float] | None:
    """The reduction that turns the sums into what was reported, and the largest relative difference."""
    n_out = len(probes[0].y)
    if not np.isfinite([*reported, *sums]).all() or min(np.abs(sums)) == 0:
        return None
    for reduction in REDUCTIONS:
        ours = [s * reduction.of(p.x.shape[1], n_out) for s, p in zip(sums, probes, strict=True)]
        worst = max(abs(a - b) / abs(a) for a, b in zip(ours, reported, strict=True))
        if worst <= tolerance:
            return reduction, worst
    return None
