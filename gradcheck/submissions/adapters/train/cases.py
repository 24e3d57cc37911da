"""A learner that is no chain of layers as a case: its parameters, a cost that its steps fit, and the steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.train.learner import Learner, LearnerNet
from gradcheck.submissions.adapters.train.places import Place
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
    one_hot: bool = False
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
        x, n_out = rng.standard_normal((self.sizes[0], 1)), self.sizes[-1]
        if self.one_hot:
            return x, np.eye(n_out)[:, [int(rng.integers(n_out))]]
        return x, rng.uniform(0.1, 0.9, (n_out, 1))


@dataclass(frozen=True)
class Fit:
    """How many parameters' steps are the gradient of one cost, of how many; which cost, and by what factor."""

    count: int
    parameters: int
    cost_name: str
    factor: float

    @property
    def complete(self) -> bool:
        """Whether all of them are."""
        return self.count == self.parameters


def fit_of(learner: Learner, sizes: Sequence[int]) -> Fit:
    """The cost of the output that most of the parameters' steps are parallel to, with one factor.

    Where there is one output any two costs are parallel for one example: a second one tells them apart.
    """
    trial = Trial.of(learner, sizes)
    trials = [trial] if sizes[-1] > 1 else [trial, replace(trial, x=-0.6 * trial.x, y=0.0 * trial.y)]
    best = Fit(0, len(trial.places), "", 1.0)
    if learner.forward is None:
        return best
    steps = [attempt(learner.gradient, one.root, one.places, one.x, one.y).value for one in trials]
    for name, cost in COSTS.items():
        each = [_ratios(one, cost, step) for one, step in zip(trials, steps, strict=True) if isinstance(step, dict)]
        for factor in {r for r in each[0] if r is not None} if len(each) == len(trials) else ():
            pairs = zip(*each, strict=True)
            count = sum(all(r is not None and abs(r / factor - 1) < PARALLEL for r in ratios) for ratios in pairs)
            if count > best.count:
                best = Fit(count, len(trial.places), name, factor)
    return best


def _ratios(trial: Trial, cost: Callable[[Array, Array], float], steps: Named) -> list[float | None]:
    """For every parameter the factor by which a step is the cost's gradient, None where it is not."""
    return [_ratio(trial, place, cost, steps[key]) for key, place in trial.places.items()]


def step_case(
    title: str, learner: Learner, sizes: Sequence[int], fit: Fit, *, one_hot: bool = False
) -> StepCase | None:
    """The learner as a case, or None where its steps fit no cost that we know in any parameter."""
    if not fit.count:
        return None
    rounded = float(f"{fit.factor:.4g}")
    factor = rounded if abs(fit.factor / rounded - 1) < PARALLEL else fit.factor
    return StepCase(title, learner, tuple(sizes), fit.cost_name, factor, one_hot)


def _ratio(trial: Trial, place: Place, cost: Callable[[Array, Array], float], step: Array) -> float | None:
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
    return factor if close and factor > 0 else None
