"""A learner that is no chain of layers as a case: its parameters, a cost that its steps fit, and the steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.slots import Place
from gradcheck.submissions.adapters.train.learner import Learner, LearnerNet
from gradcheck.submissions.adapters.train.rates import COSTS, Trial, numeric_gradient
from gradcheck.submissions.subjects import CaseInfo, Named

Array = NDArray[Any]
PARALLEL = 1e-5


@dataclass(frozen=True)
class StepCase:
    """One example; the cost is the factor times the named one of the output."""

    title: str
    learner: Learner
    sizes: tuple[int, ...]
    cost_name: str
    factor: float
    nets: dict[str, LearnerNet] = field(default_factory=dict, repr=False, compare=False)

    @property
    def info(self) -> CaseInfo:
        """What is known of it."""
        times = "" if self.factor == 1 else f"{self.factor:.4g} times the "
        return CaseInfo(
            id=self.title,
            family="train",
            title=f"{self.title} (gradient read off the change of the parameters)",
            equation="w ← w − η ∂C/∂w",
            precision=1e-9,
            notes=(f"no cost is reported: its steps fit {times}{self.cost_name} cost",),
        )

    def point(self, seed: int) -> Named:
        """Parameters."""
        rng = np.random.default_rng([seed, 4])
        return {name: 0.8 * rng.standard_normal(np.shape(a)) for name, a in self._net().parameters().items()}

    def cost(self, point: Mapping[str, Array], seed: int) -> Any:
        """The cost of the output for one example."""
        x, y = self._example(seed)
        return self.factor * COSTS[self.cost_name](self._net().forward(point, x), y)

    def gradient(self, point: Mapping[str, Array], seed: int) -> Named:
        """Minus the change that one step makes."""
        return self._net().gradient(point, *self._example(seed), 0.0)

    def _net(self) -> LearnerNet:
        """The one network that is asked; every call works on a copy of it."""
        if "net" not in self.nets:
            self.nets["net"] = LearnerNet(self.learner, self.sizes, 1)
        return self.nets["net"]

    def _example(self, seed: int) -> tuple[Array, Array]:
        rng = np.random.default_rng([seed, 5])
        return rng.standard_normal((self.sizes[0], 1)), rng.uniform(0.1, 0.9, (self.sizes[-1], 1))


def step_case(title: str, learner: Learner, sizes: Sequence[int]) -> StepCase | None:
    """The learner as a case, or None where its steps fit no cost that we know in any parameter."""
    trial = Trial.of(learner, sizes)
    change = trial.change(learner.rate)
    best: tuple[int, str, float] = (0, "", 1.0)
    if change is None:
        return None
    for name, cost in COSTS.items():
        ratios = [_ratio(trial, name, place, cost, -change[key]) for key, place in trial.places.items()]
        for factor in {r for r in ratios if r is not None}:
            count = sum(r is not None and abs(r / factor - 1) < PARALLEL for r in ratios)
            if count > best[0]:
                best = (count, name, factor)
    if not best[0]:
        return None
    factor = best[2] / learner.factor
    rounded = float(f"{factor:.4g}")
    return StepCase(title, learner, tuple(sizes), best[1], rounded if abs(factor / rounded - 1) < PARALLEL else factor)


def _ratio(trial: Trial, name: str, place: Place, cost: Callable[[Array, Array], float], step: Array) -> float | None:
    """The positive factor by which a step is the cost's gradient, or None."""
    numeric = numeric_gradient(trial, place, cost)
    if numeric is None:
        return None
    seen = np.isfinite(numeric)
    numeric, step = numeric[seen], step[seen]
    size = float((numeric * numeric).sum())
    if size < 1e-18:
        return None
    factor = float((numeric * step).sum()) / size
    close = np.allclose(step, factor * numeric, rtol=0, atol=PARALLEL * float(np.abs(step).max()) + 1e-12)
    return factor if close and factor > 0 and step.size > (0 if name else 1) else None
