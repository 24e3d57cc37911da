"""Who sets the learning rate: an argument, an attribute, a global, or a number in the text that has to be inferred."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import attempt, duplicate
from gradcheck.submissions.adapters.common.slots import Slot, slots
from gradcheck.submissions.adapters.common.vocabulary.roles import roles
from gradcheck.submissions.adapters.train.learner import Learner, Step
from gradcheck.submissions.adapters.train.places import Place

Array = NDArray[Any]
Named = dict[str, Array]
Make = Callable[[Sequence[int], int], Any]
DISTANCE, ENTRIES = 1e-5, 24


@dataclass(frozen=True)
class Trial:
    """One network and one example at which rates are compared."""

    learner: Learner
    root: Any
    places: Mapping[str, Place]
    sizes: tuple[int, ...]
    x: Array
    y: Array

    @classmethod
    def of(cls, learner: Learner, sizes: Sequence[int]) -> Trial:
        """A fresh network and a typical example."""
        root = learner.make(sizes, 1)
        x = np.random.default_rng(4).standard_normal((sizes[0], 1))
        y = np.eye(sizes[-1])[:, [sizes[-1] // 2]] if sizes[-1] > 1 else np.array([[1.0]])
        return cls(learner, root, learner.places(root, sizes), tuple(sizes), x, y)

    def change(self, rate: float, learner: Learner | None = None, root: Any = None) -> Named | None:
        """What a step changes, or None where it fails."""
        root = self.root if root is None else root
        answer = attempt((learner or self.learner).change, root, self.places, self.x, self.y, rate).value
        return answer if isinstance(answer, dict) else None

    def at(self, slot: Slot, value: float) -> Any:
        """The network with one of its numbers set."""
        copy = duplicate(self.root)
        slot.set(copy, np.asarray(value))
        return copy


def with_rate(learner: Learner, sizes: Sequence[int]) -> Learner:
    """The learner with a rate of 1, however that is done; else with the factor that its changes have."""
    trial = Trial.of(learner, sizes)
    base = trial.change(1.0)
    if base is None or _differ(base, trial.change(0.5)):
        return learner
    for slot in _numbers(trial.root):
        if _differ(trial.change(1.0, root=trial.at(slot, 1.0)), trial.change(1.0, root=trial.at(slot, 0.5))):
            return replace(learner, step=_set_and_stepped(learner.step, slot))
    for holder, name in _shared_numbers(learner.namespace):
        candidate = replace(learner, step=_stepped_with(learner, holder, name))
        if _differ(trial.change(1.0, candidate), trial.change(0.5, candidate)):
            return candidate
    return replace(learner, factor=_factor(trial, base), free=True)


def _differ(one: Named | None, other: Named | None) -> bool:
    if one is None or other is None:
        return False
    return any(not np.allclose(one[name], other[name], rtol=1e-9, atol=0) for name in one)


def _numbers(root: Any) -> Iterator[Slot]:
    """Numbers of the object that are called like a learning rate."""
    for slot in slots(root, numbers=True):
        if "rate" in roles(slot.last) and np.ndim(slot.raw(root)) == 0:
            yield slot


def _set_and_stepped(step: Step, slot: Slot) -> Step:
    def stepped(root: Any, x: Array, y: Array, rate: float) -> None:
        slot.set(root, np.asarray(rate))
        step(root, x, y, rate)

    return stepped


def _shared_numbers(namespace: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    """Numbers called like a learning rate that are globals or attributes of a class: where they are, and the name."""
    yield from ((namespace, name) for name, value in namespace.items() if _is_rate(name, value))
    for cls in [value for value in namespace.values() if isinstance(value, type)]:
        if cls.__module__.startswith("submission"):
            yield from ((cls, name) for name, value in list(vars(cls).items()) if _is_rate(name, value))


def _is_rate(name: str, value: Any) -> bool:
    return isinstance(value, float | int) and "rate" in roles(name)


def _stepped_with(learner: Learner, holder: Any, name: str) -> Step:
    """The step with that number at the rate while it runs."""

    def step(root: Any, x: Array, y: Array, rate: float) -> None:
        values = holder if isinstance(holder, dict) else vars(holder)
        before = values[name]
        _put(holder, name, rate)
        try:
            learner.step(root, x, y, rate)
        finally:
            _put(holder, name, before)

    return step


def _put(holder: Any, name: str, value: float) -> None:
    if isinstance(holder, dict):
        holder[name] = value
    else:
        setattr(holder, name, value)


# ---- a rate written in the text ------------------------------------------------------------------


def squares(out: Array, y: Array) -> float:
    """½ Σ (out − y)²."""
    return float(((out - y) ** 2).sum()) / 2


def cross_entropy(out: Array, y: Array) -> float:
    """−Σ [y ln out + (1 − y) ln(1 − out)]."""
    return -float((y * np.log(out) + (1 - y) * np.log(1 - out)).sum())


def log_likelihood(out: Array, y: Array) -> float:
    """−Σ y ln out."""
    return -float((y * np.log(out)).sum())


COSTS: dict[str, Callable[[Array, Array], float]] = {
    "quadratic": squares,
    "cross-entropy": cross_entropy,
    "log-likelihood": log_likelihood,
}
"""Costs of one example that steps are compared with."""


def _factor(trial: Trial, change: Named) -> float:
    """How much longer a change of the last layer is than the gradient of a cost that it is parallel to; else 1."""
    if trial.learner.forward is None:
        return 1.0
    for cost in COSTS.values():
        for name in list(trial.places)[-2:]:
            factor = _ratio(-change[name], numeric_gradient(trial, trial.places[name], cost))
            if factor:
                return factor
    return 1.0


def numeric_gradient(trial: Trial, place: Place, cost: Callable[[Array, Array], float]) -> Array | None:
    """Central differences of a cost of the output, for one array; its first entries only, the rest is NaN."""
    at = place.get(trial.root)
    out = np.full_like(at, np.nan)
    for index in islice(np.ndindex(at.shape), ENTRIES):
        values = []
        for sign in (1, -1):
            moved = at.copy()
            moved[index] += sign * DISTANCE
            place.set(trial.root, moved)
            answer = attempt(trial.learner.output, trial.root, trial.sizes, trial.x).value
            with np.errstate(all="ignore"):
                values.append(cost(answer, trial.y) if isinstance(answer, np.ndarray) else np.nan)
        out[index] = (values[0] - values[1]) / (2 * DISTANCE)
    place.set(trial.root, at)
    return out if np.isfinite(out).any() else None


def _ratio(change: Array, numeric: Array | None) -> float:
    """The positive factor between the two, rounded to what an author would write; 0 where there is none."""
    if numeric is None or not change.any():
        return 0.0
    change, numeric = change[np.isfinite(numeric)], numeric[np.isfinite(numeric)]
    factor = float((change * numeric).sum() / max(float((numeric * numeric).sum()), 1e-300))
    if not np.allclose(change, factor * numeric, rtol=1e-5, atol=1e-6 * float(np.abs(change).max())):
        return 0.0
    rounded = float(f"{abs(factor):.2g}")
    return rounded if abs(rounded - abs(factor)) < 1e-5 * rounded else abs(factor)
