"""Something that learns by changing its weights: run forward, run one step, read the gradient off the change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import duplicate, one_round, quietly, seeded
from gradcheck.submissions.adapters.train.places import Place
from gradcheck.submissions.adapters.train.watch import watching
from gradcheck.submissions.subjects import BadReturnError, ModelInfo, Named

Array = NDArray[Any]
Forward = Callable[[Any, Array, int], Array | None]
"""A root, inputs (n, m) and n_out to the output (n_out, m), None where there is none."""
Step = Callable[[Any, Array, Array, float], None]
"""One step of learning on a root, for inputs, targets and a rate; it changes the root's weights."""


SMALL_RATES = (4e-3, 2e-3, 1e-3, 5e-4)


class Dimensions(set[int]):
    """Lengths that a loop may have for a good reason."""

    @classmethod
    def of(cls, sizes: Sequence[int], m: int) -> Dimensions:
        """Those of a network and of m examples."""
        ends = (sizes[0] + sizes[-1], sizes[0] * sizes[-1], sum(sizes))
        return cls({m, len(sizes), *sizes, *(n + 1 for n in sizes), *ends})


@dataclass(frozen=True)
class Learner:
    """What was found out about one object, class or script.

    ``factor`` is by how much a change is longer than the gradient; ``free`` is true where it is an
    inference, because the learning rate is a number in the text. ``report`` is where a step leaves the cost.
    ``sequential``: later arrays move with the earlier ones moved already, so that only small steps are a gradient.
    """

    make: Callable[[Sequence[int], int], Any]
    places: Callable[[Any, Sequence[int]], Mapping[str, Place]]
    step: Step
    forward: Forward | None
    namespace: dict[str, Any] = field(repr=False, default_factory=dict)
    factor: float = 1.0
    free: bool = False
    rate: float = 1.0
    report: tuple[str, str] | None = None
    sequential: bool = False
    own_cost: Callable[[Any, Array, Array], float] | None = None

    def output(self, root: Any, sizes: Sequence[int], x: Array) -> Any:
        """The output for *x* on a copy of the root."""
        if self.forward is None:
            return None
        with quietly(), seeded(0), one_round(self.namespace, Dimensions.of(sizes, x.shape[1])):
            return self.forward(duplicate(root), x.copy(), sizes[-1])

    def change(self, root: Any, places: Mapping[str, Place], x: Array, y: Array, rate: float) -> Named:
        """How a step of that rate on a copy of the root changes the weights."""
        copy = duplicate(root)
        before = {name: place.get(copy) for name, place in places.items()}
        sizes = (len(x), len(y), *(n for value in before.values() for n in value.shape))
        with quietly(), seeded(0), one_round(self.namespace, Dimensions.of(sizes, x.shape[1])):
            self.step(copy, x.copy(), y.copy(), rate)
        return {name: place.get(copy) - before[name] for name, place in places.items()}

    def gradient(self, root: Any, places: Mapping[str, Place], x: Array, y: Array) -> Named:
        """Minus the change, divided by the rate; for rate 0 where it depends on the rate by design."""
        if not self.sequential:
            return self._slope(root, places, x, y, self.rate)
        slopes = [self._slope(root, places, x, y, rate) for rate in SMALL_RATES]
        for level in range(1, len(slopes)):  # Richardson's extrapolation; each rate is half the one before
            slopes = [
                {name: (2**level * finer[name] - array) / (2**level - 1) for name, array in coarse.items()}
                for coarse, finer in pairwise(slopes)
            ]
        return slopes[0]

    def _slope(self, root: Any, places: Mapping[str, Place], x: Array, y: Array, rate: float) -> Named:
        change = self.change(root, places, x, y, rate)
        return {name: -array / (rate * self.factor) for name, array in change.items()}


class LearnerNet:
    """One live network: every call works on a copy of it, so that what a step leaves behind is not seen by the next."""

    def __init__(self, learner: Learner, sizes: Sequence[int], seed: int) -> None:
        self.learner, self.sizes = learner, tuple(sizes)
        with quietly(), seeded(seed), one_round(learner.namespace, Dimensions.of(sizes, 1)):
            self.root = learner.make(sizes, seed)
            self.places = learner.places(self.root, sizes)

    def parameters(self) -> Named:
        """Copies of the weights and biases, own names and shapes."""
        return {name: place.get(self.root) for name, place in self.places.items()}

    def set(self, parameters: Mapping[str, Array]) -> None:
        """Write them."""
        for name, value in parameters.items():
            self.places[name].set(self.root, value)

    def forward(self, parameters: Mapping[str, Array], x: Array) -> Any:
        """The output (n_out, m)."""
        self.set(parameters)
        out = self.learner.output(self.root, self.sizes, x)
        if out is None:
            raise BadReturnError(f"The forward pass gave no {self.sizes[-1]} numbers for an example.")
        return out

    def cost(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float) -> Any:
        """The cost that a step reports, or a method of its own."""
        if self.learner.own_cost is not None:
            self.set(parameters)
            return self.learner.own_cost(self.root, x.copy(), y.copy())
        value = self.watched(parameters, x, y).get(self.learner.report or ("", ""))
        if value is None:
            raise BadReturnError("It reports no cost.")
        return value

    def watched(self, parameters: Mapping[str, Array], x: Array, y: Array) -> dict[tuple[str, str], float]:
        """The single numbers that one step leaves behind."""
        self.set(parameters)
        with watching() as values:
            self.learner.change(self.root, self.places, x, y, self.learner.rate)
        return values

    def change(self, parameters: Mapping[str, Array], x: Array, y: Array) -> Named:
        """How one step of learning changes the weights."""
        self.set(parameters)
        return self.learner.change(self.root, self.places, x, y, self.learner.rate)

    def gradient(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float) -> Named:
        """What one step of learning says it to be."""
        self.set(parameters)
        return self.learner.gradient(self.root, self.places, x, y)


@dataclass(frozen=True)
class LearnerModel:
    """A learner as a model."""

    info: ModelInfo
    learner: Learner

    def build(self, sizes: Sequence[int], seed: int) -> LearnerNet:
        """A fresh network."""
        return LearnerNet(self.learner, sizes, seed)


def settled(change: Mapping[str, Array]) -> bool:
    """Whether a step changed something, and everything stayed finite."""
    return all(np.isfinite(a).all() for a in change.values()) and any(a.any() for a in change.values())
