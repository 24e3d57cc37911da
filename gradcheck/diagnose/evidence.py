"""What the probes say: which arrays are wrong, and how much of that a hypothesis accounts for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.diagnose.relations import ENOUGH, explained
from gradcheck.reference.faults import Planted, Prediction, Probe

Array = NDArray[Any]
NOT_AT_ALL = -np.inf
LARGE = 10_000


class Evidence:
    """Several probes of one submission; an explanation has to hold at every one of them.

    ``answers`` are the returned arrays in float64, None where missing; a shape that differs from its
    parameter's only by axes of length 1, and one number for a whole array, are brought into shape.
    ``wrong`` are the names of the arrays that are wrong at some probe, last layer first; ``small_first``
    are all names, in the order in which a hypothesis is soonest refuted.
    """

    def __init__(self, probes: Sequence[Probe], tolerance: float) -> None:
        self.probes, self.tolerance = tuple(probes), tolerance
        self.names = tuple(sorted(probes[0].exact, key=_from_the_output))
        self.small_first = tuple(sorted(self.names, key=lambda name: probes[0].exact[name].size > LARGE))
        self.answers = [
            {name: canonical(probe.gradient.get(name), array) for name, array in probe.exact.items()}
            for probe in probes
        ]
        self._scales = [max(_largest(array) for array in probe.exact.values()) for probe in probes]
        self._wrong = [
            {name for name in self.names if self._differs(k, name, answers[name])}
            for k, answers in enumerate(self.answers)
        ]
        self.wrong = tuple(name for name in self.names if any(name in wrong for wrong in self._wrong))

    def _differs(self, k: int, name: str, answer: Array | None, slack: float = 1.0) -> bool:
        """Whether *answer* is not the exact array at probe *k*."""
        exact = self.probes[k].exact[name]
        if answer is None or answer.shape != exact.shape or not np.isfinite(answer).all():
            return True
        scale = max(_largest(exact), 1e-12 * self._scales[k])
        return _largest(answer - exact) > slack * self.tolerance * scale

    def wrong_at(self, k: int, name: str) -> bool:
        """Whether the array of that name is wrong at probe *k*."""
        return name in self._wrong[k]

    def share(self, k: int, name: str, candidate: Array) -> float:
        """The share of the difference in that array at probe *k* that *candidate* accounts for.

        1 where the array is right there and stays so, minus infinity where a right one would be wrong.
        """
        answer, exact = self.answers[k][name], self.probes[k].exact[name]
        candidate = in_shape(candidate, exact)
        if name not in self._wrong[k]:
            return NOT_AT_ALL if self._differs(k, name, candidate, slack=10.0) else 1.0
        if answer is None or candidate.shape != answer.shape or not np.isfinite(candidate).all():
            return NOT_AT_ALL
        return explained(answer, exact if exact.shape == answer.shape else np.zeros_like(answer), candidate)


class Hypothesis:
    """These faults and no others, held against the evidence; nothing is computed before it is asked for."""

    def __init__(self, evidence: Evidence, faults: tuple[Planted, ...]) -> None:
        self.evidence, self.faults = evidence, faults
        self.touches = frozenset[str]().union(*(one.touches for one in faults))
        self._predictions: dict[int, Prediction] = {}
        self._shares: dict[str, float] = {}
        self.rates: dict[int, float] = {}

    def prediction(self, k: int) -> Prediction:
        """What it makes of probe *k*."""
        if k not in self._predictions:
            self.rates[k] = self._rate(k)
            self._predictions[k] = Prediction(self.evidence.probes[k], self.faults, self.rates[k])
        return self._predictions[k]

    def share(self, name: str) -> float:
        """The smallest share explained in that array at any probe; not exact where it is not enough."""
        if name not in self._shares:
            self._shares[name] = self._share(name)
        return self._shares[name]

    def _share(self, name: str) -> float:
        if name not in self.touches:
            return 0.0 if name in self.evidence.wrong else 1.0
        share = 1.0
        for k in range(len(self.evidence.probes)):
            share = min(share, self.evidence.share(k, name, self.prediction(k)[name]))
            if share < ENOUGH:
                break
        return share

    def _rate(self, k: int) -> float:
        """The learning rate η that fits the topmost layer it acts on best, where the gradient is linear in it."""
        early = next((one for one in self.faults if one.fault.rate), None)
        if early is None:
            return 0.0
        name = next(n for n in reversed(self.evidence.names) if int(n[1:]) == max(early.layers))
        answer = self.evidence.answers[k][name]
        without, unit = (Prediction(self.evidence.probes[k], self.faults, rate)[name] for rate in (0.0, 1.0))
        direction = unit - without
        norm = float((direction * direction).sum())
        if answer is None or answer.shape != without.shape or not norm or not np.isfinite(norm):
            return 0.0
        return float(((answer - without) * direction).sum()) / norm


def canonical(answer: Any, exact: Array) -> Array | None:
    """An answer as a float64 array, in the exact array's shape where that is a matter of axes of length 1."""
    try:
        return in_shape(np.array(answer, dtype=float), exact) if answer is not None else None
    except (TypeError, ValueError):
        return None


def in_shape(array: Array, exact: Array) -> Array:
    """*array* in the shape of *exact* where only axes of length 1 differ or it is a single number, else unchanged."""
    if array.shape == exact.shape:
        return array
    if array.size == 1:
        return np.full(exact.shape, array.reshape(()))
    long = tuple(n for n in array.shape if n != 1)
    return array.reshape(exact.shape) if long == tuple(n for n in exact.shape if n != 1) else array


def _largest(array: Array) -> float:
    return float(max(array.max(), -array.min())) if array.size else 0.0


def _from_the_output(name: str) -> tuple[int, str]:
    """Last layer first, the small bias before the large weights."""
    return -int(name[1:]), name
