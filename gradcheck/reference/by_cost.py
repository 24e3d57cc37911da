"""Which network of ours lies behind a reported cost: its activations, where no forward pass can be asked alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference.conventions import FIT
from gradcheck.reference.cost_probes import LOG_FLOOR, fitted, probes_of, summed
from gradcheck.reference.costs import ReportedCost
from gradcheck.reference.recognise import Recognition
from gradcheck.reference.variants import HIDDEN, OUTPUTS

Array = NDArray[Any]
COSTS = ("cross_entropy", "log_likelihood", "quadratic")
MOST_HIDDEN = 2  # hidden layers up to which activations are tried one by one, and not only alike


def recognise_by_cost(
    cost: ReportedCost, sizes: Sequence[int], *, seed: int = 0, biases: bool = True, batches: bool = True
) -> Recognition | None:
    """The network whose cost, under some known cost function and reduction, *cost* is; or None.

    Args:
        cost: ``cost(parameters, x, y, l2)`` with canonical arrays; it is asked with λ = 0.
        sizes: neurons per layer, input first.
        seed: of the random points.
        biases: false where the network has none.
        batches: false for code that takes one example at a time.

    What *cost* raises is passed on. Agreement is to 1e-7 at four points, or to 1e-4 for code with a
    small ε in its logarithm. It cannot tell apart networks with one and the same cost.
    """
    shape = Recognition(tuple(sizes), (), 0.0, biases)
    probes = probes_of(shape, np.random.default_rng(seed), batches=batches)
    reported = [
        float(cost({n: a.copy() for n, a in p.parameters.items()}, p.x.copy(), p.y.copy(), 0.0)) for p in probes
    ]
    with np.errstate(all="ignore"):  # a cost that does not suit the output leaves its domain, and fits nothing
        for tolerance in (FIT, LOG_FLOOR):
            for activations, name in _candidates(len(sizes) - 2):
                first = [summed(activations, name, probes[0])]
                if fitted(reported[:1], first, probes[:1], tolerance) is None:
                    continue
                sums = first + [summed(activations, name, probe) for probe in probes[1:]]
                found = fitted(reported, sums, probes, tolerance)
                if found is not None:
                    return Recognition(tuple(sizes), activations, found[1], biases)
    return None


def _candidates(hidden: int) -> Iterator[tuple[tuple[str, ...], str]]:
    """Activations and a cost, the likeliest first: one activation for all hidden layers, then each its own."""
    alike = [(name,) * hidden for name in (HIDDEN if hidden else HIDDEN[:1])]
    mixed = [names for names in product(HIDDEN[:6], repeat=hidden) if len(set(names)) > 1]
    for names in (*alike, *(mixed if hidden <= MOST_HIDDEN else ())):
        for last, cost in product(OUTPUTS, COSTS):
            yield (*names, last), cost
