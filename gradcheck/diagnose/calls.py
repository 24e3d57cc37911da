"""Faults that show between calls: an answer that changes, or that still holds what earlier calls left."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.diagnose.evidence import Evidence
from gradcheck.diagnose.relations import ENOUGH, explained
from gradcheck.results.check import Diagnosis

Array = NDArray[Any]

NOISE = (
    "the gradient changes from call to call: two calls at the same point with the same examples differ by {size:.1e}"
)
STALE = "the gradient still holds what earlier calls left in it: each call's gradient is added to the one before"


def changing(evidence: Evidence) -> tuple[Diagnosis, ...]:
    """A diagnosis where the answer depends on the calls before it, else empty."""
    if (share := _stale_share(evidence)) >= ENOUGH:
        return (Diagnosis("stale_calls", "the whole gradient", f"{STALE}.", round(share, 6)),)
    for k, other in combinations(range(len(evidence.probes)), 2):
        if _same_point(evidence, k, other) and (size := _change(evidence, k, other)) > evidence.tolerance:
            return (Diagnosis("noise", "the whole gradient", f"{NOISE.format(size=size)} of its size.", 1.0),)
    return ()


def _stale_share(evidence: Evidence) -> float:
    """How well every answer is the one before plus its own exact gradient, the probes being calls in order."""
    share = 1.0
    for k in range(1, len(evidence.probes)):
        for name, exact in evidence.probes[k].exact.items():
            before, answer = evidence.answers[k - 1][name], evidence.answers[k][name]
            if before is None or answer is None or not before.shape == answer.shape == exact.shape:
                return 0.0
            share = min(share, explained(answer, exact, before + exact))
    return share if len(evidence.probes) > 1 else 0.0


def _same_point(evidence: Evidence, k: int, other: int) -> bool:
    one, two = evidence.probes[k], evidence.probes[other]
    if one.x.shape != two.x.shape or not (np.array_equal(one.x, two.x) and np.array_equal(one.y, two.y)):
        return False
    parameters = two.network.parameters
    return one.network.l2 == two.network.l2 and all(
        np.array_equal(array, parameters[name]) for name, array in one.network.parameters.items()
    )


def _change(evidence: Evidence, k: int, other: int) -> float:
    """The largest difference between two answers, relative to the array's largest entry."""
    largest = 0.0
    for name, answer in evidence.answers[k].items():
        again = evidence.answers[other][name]
        if answer is None or again is None or answer.shape != again.shape:
            continue
        scale = float(np.abs(answer).max())
        largest = max(largest, float(np.abs(answer - again).max()) / scale if scale else 0.0)
    return largest
