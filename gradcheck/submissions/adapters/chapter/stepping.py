"""What a class does with its gradient: one step of ``update_mini_batch`` beside the gradients that it is made of.

A step along the class's own gradient is right whenever that gradient is, and nobody's business
beyond it. Only one that is no such step becomes a case: the step, as the gradient that it claims to
be, beside differences of the mean cost over the mini-batch. Rules of their own (momentum, Adam,
clipping, weight decay, noise) are no slips and are left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.chapter.answers import Answers, Fresh, given_targets
from gradcheck.submissions.adapters.chapter.reported import Forward
from gradcheck.submissions.adapters.common.arguments import parameters_of
from gradcheck.submissions.adapters.common.calling import attempt, seeded
from gradcheck.submissions.adapters.common.cases import FunctionCase, agreement
from gradcheck.submissions.adapters.common.returned import number
from gradcheck.submissions.adapters.common.slots import float_slots
from gradcheck.submissions.adapters.common.vocabulary.methods import COST
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.subjects import CaseInfo

Array = NDArray[Any]
Named = dict[str, Any]
STEPS = (
    "updateminibatch", "updatebatch", "trainminibatch", "trainbatch", "minibatchupdate", "processminibatch",
    "gdminibatch", "descendstep", "gradientstep", "update",
)  # fmt: skip
BATCH = frozenset(("minibatch", "minibatches", "batch", "data", "examples", "samples", "trainingdata", "miniset"))
COUNT = frozenset(("n", "ndata", "ntrain", "ntraining", "nsamples", "trainingsize", "datasize", "num", "total"))
OFF = frozenset(("mu", "momentum", "beta", "gamma", "rho", "friction", "momentumparameter", "alphamomentum"))
EXAMPLES = 3
RATE = 0.25
LAMBDA = 0.9
SAME = 1e-6
MANY = 6  # entries from which a fit of three factors says something
AGREES = 1e-5


@dataclass(frozen=True)
class Step:
    """How a class is made to take one step, and what it is compared with."""

    title: str
    fresh: Fresh
    answers: Answers
    forward: Forward | None
    names: tuple[str, ...]
    sizes: tuple[int, ...]
    method: str = ""
    asked: Mapping[str, str] = field(default_factory=dict)

    def at(self, point: Named) -> Any:
        """An object with those parameters."""
        instance = self.fresh()
        for slot in float_slots(instance):
            if slot.name in point:
                slot.set(instance, np.asarray(point[slot.name]))
        return instance

    def start(self, seed: int) -> Named:
        """The parameters of a fresh object, moved a little."""
        rng = np.random.default_rng(seed)
        with seeded(seed):
            instance = self.fresh()
        slots = {slot.name: slot.get(instance) for slot in float_slots(instance) if slot.name in self.names}
        return {name: slots[name] + 0.3 * rng.standard_normal(slots[name].shape) for name in self.names}

    def data(self, seed: int) -> tuple[Array, Array]:
        """A mini-batch in which no two examples are alike."""
        rng = np.random.default_rng(seed + 11)
        return rng.standard_normal((self.sizes[0], EXAMPLES)), np.eye(self.sizes[-1])[:, [0, 1, 1][:EXAMPLES]]

    def pairs(self, x: Array, y: Array) -> list[tuple[Any, Any]]:
        """The mini-batch as a list of examples."""
        give = self.answers.orientation.give
        return [
            (give(x[:, [i]]), given_targets(y[:, [i]], self.answers.orientation, labels=self.answers.labels))
            for i in range(x.shape[1])
        ]

    def step(self, point: Named, seed: int, l2: float = 0.0, rate: float = RATE) -> Named:
        """(before − after) / η of one step; the training set has twice as many examples as the mini-batch."""
        instance, pairs = self.at(point), self.pairs(*self.data(seed))
        offered = {"pairs": pairs, "rate": rate, "l2": l2, "n": 2 * EXAMPLES, "off": 0.0}
        getattr(instance, self.method)(**{name: offered[kind] for name, kind in self.asked.items()})
        after = {slot.name: slot.get(instance) for slot in float_slots(instance)}
        return {name: (point[name] - after[name]) / rate for name in self.names}

    def own(self, point: Named, seed: int, which: Sequence[int] = range(EXAMPLES)) -> Named:
        """The mean over examples of the mini-batch of the gradients that the class returns."""
        x, y = self.data(seed)
        gradients = [self.answers.gradient(self.at(point), x[:, [i]], y[:, [i]], 0.0) for i in which]
        shape = {name: point[name].shape for name in self.names}
        return {name: sum(np.reshape(g[name], shape[name]) for g in gradients) / len(which) for name in self.names}


def step_case(unmethodical: Step) -> FunctionCase | None:
    """The step as a case, where it is not one along the class's own gradient; None where there is nothing to say."""
    step = _with_method(unmethodical)
    if step is None:
        return None
    point = attempt(step.start, 0)
    taken, own = (attempt(f, point.value, 0) for f in (step.step, step.own)) if point.answered else (point, point)
    if not (taken.answered and own.answered) or not _finite(taken.value) or not _finite(own.value):
        return None
    kind = _kind(taken.value, own.value, point.value, step)
    return (_plain(step, taken.value, own.value, kind) if kind else None) or _decaying(step, point.value)


def _plain(step: Step, taken: Named, own: Named, kind: str) -> FunctionCase | None:
    """One step without λ, beside the cost to which the class's own gradient belongs."""
    scale = _scale(taken, own)
    fitting = (cost for cost in _costs(step) if agreement(_case(step, cost, step.own)) < AGREES)
    cost = next(fitting, None)
    if cost is None:
        return None
    return _case(step, cost, lambda p, s: {name: a / scale for name, a in step.step(p, s).items()}, kind)


def _decaying(step: Step, point: Named) -> FunctionCase | None:
    """One step with λ, where it is not that of the cost that the class reports with λ."""
    with_l2, without = _regularised(step, LAMBDA), _regularised(step, 0.0)
    if with_l2 is None or without is None or agreement(replace(without, slope=step.own)) > AGREES:
        return None
    if agreement(with_l2) < AGREES or agreement(without) > AGREES:
        return None
    costs = [attempt(case.cost, point, 0).value for case in (with_l2, without)]
    square = sum(float(np.sum(a**2)) for a in point.values() if a.ndim == 2 and 1 not in a.shape)
    wanted = 2 * (costs[0] - costs[1]) / square
    moved = [step.step(point, 0, l2) for l2 in (LAMBDA, 0.0)]
    found = {name: _along(moved[0][name] - moved[1][name], point[name]) / wanted for name in point}
    return replace(with_l2, info=replace(with_l2.info, title=f"{with_l2.info.title}{_decay_in_words(found, point)}"))


def _along(difference: Array, weights: Array) -> float:
    return float(np.sum(difference * weights) / np.sum(weights**2))


def _decay_in_words(found: Mapping[str, float], point: Named) -> str:
    """What the λ of a step does, where it is one thing for all weights."""
    weights = [share for name, share in found.items() if point[name].ndim == 2 and 1 not in point[name].shape]
    if not weights or np.ptp(weights) > AGREES * max(map(abs, weights), default=1.0) + AGREES:
        return ""
    if abs(weights[0]) < AGREES:
        return " (the weights do not decay)"
    if abs(weights[0] - 1) > AGREES:
        return f" (the weights decay by {weights[0]:.4g} times what the cost asks for)"
    return " (the biases decay too)"


def _finite(arrays: Named) -> bool:
    return all(np.isfinite(array).all() for array in arrays.values()) and any(np.any(a) for a in arrays.values())


def _kind(taken: Named, own: Named, point: Named, step: Step) -> str:
    """What is odd about a step, in a few words; empty where it is along the gradient or follows a rule of its own."""
    fits = [_fitted(taken[name], own[name], point[name]) for name in taken]
    ratios = np.array([ratio for ratio, _ in fits])
    if all(rest < SAME for _, rest in fits):
        if np.ptp(ratios) <= SAME * np.abs(ratios).max():
            return "uphill" if ratios[0] < 0 else ""
        extreme = float(np.max(np.abs(ratios))) / max(float(np.min(np.abs(ratios))), 1e-300)
        if (ratios < 0).any() and (ratios > 0).any():
            return "partly uphill"
        return "not one factor for all arrays" if abs(extreme - EXAMPLES) < 1e-3 or extreme > 1 / SAME else ""
    if alone := _of_one_example(taken, point, step):
        return alone
    ruled = all(_entry_by_entry(taken[name], own[name]) for name in taken)
    again = attempt(step.step, point, 0).value
    random = again is None or any(not np.array_equal(again[name], taken[name]) for name in taken)
    return "" if ruled or random else "not along the gradient of the mini-batch"


def _entry_by_entry(taken: Array, own: Array) -> bool:
    """Whether each entry moves downhill, and none less than one of a smaller gradient: clipping, Adam."""
    moved = np.abs(taken).ravel()[np.argsort(np.abs(own).ravel())]
    return bool((taken * own >= 0).all() and (np.diff(moved) >= -SAME * moved.max(initial=0)).all())


def _of_one_example(taken: Named, point: Named, step: Step) -> str:
    """Whether the step, of weights at least, is made of one example."""
    for which, name in ((0, "first"), (EXAMPLES - 1, "last")):
        own = step.own(point, 0, [which])
        if any(_fitted(taken[n], own[n], point[n])[1] < SAME for n in taken if taken[n].size > MANY):
            return f"which counts the {name} example only"
    return ""


def _fitted(taken: Array, own: Array, weights: Array) -> tuple[float, float]:
    """The factor of the gradient in a step that may have decay in it too (λ w, λ sign w), and the relative rest."""
    columns = np.stack([own.ravel(), weights.ravel(), np.sign(weights).ravel()], axis=1)
    use = columns[:, :1] if len(columns) <= columns.shape[1] else columns
    factors, *_ = np.linalg.lstsq(use, taken.ravel(), rcond=None)
    rest = float(np.linalg.norm(taken.ravel() - use @ factors))
    return float(factors[0]), rest / max(float(np.linalg.norm(taken)), 1e-300)


def _scale(taken: Named, own: Named) -> float:
    """1 for a step along the mean, m for one along the sum: whichever is nearer for the largest array."""
    name = max(taken, key=lambda name: taken[name].size)
    longer = float(np.linalg.norm(taken[name])) > EXAMPLES**0.5 * float(np.linalg.norm(own[name]))
    return float(EXAMPLES) if longer else 1.0


def _costs(step: Step) -> list[Callable[[Named, int], float]]:
    """The mean cost over the mini-batch: quadratic, cross-entropy and log-likelihood of the class's own output."""
    if step.forward is None:
        return []
    forward = step.forward

    def output(point: Named, seed: int) -> tuple[Array, Array]:
        x, y = step.data(seed)
        outputs = [forward(step.at(point), x[:, [i]], step.sizes[-1]) for i in range(EXAMPLES)]
        return np.hstack(outputs), y

    def mean(of: Callable[[Array, Array], Array]) -> Callable[[Named, int], float]:
        return lambda point, seed: float(np.sum(of(*output(point, seed)))) / EXAMPLES

    return [
        mean(lambda a, y: (a - y) ** 2 / 2),
        mean(lambda a, y: -y * np.log(a) - (1 - y) * np.log(1 - a)),
        mean(lambda a, y: -y * np.log(a)),
        mean(lambda a, y: (a - y) ** 2),
    ]


def _regularised(step: Step, l2: float) -> FunctionCase | None:
    """One step with λ beside ``total_cost(data, λ)``, where the class has both."""
    instance = step.fresh()
    if "l2" not in step.asked.values():
        return None
    for method in COST.among([n for n in dir(instance) if callable(getattr(instance, n, None))]):
        asked = parameters_of(getattr(instance, method)) or ()
        batch = [p.name for p in asked if letters(p.name) in BATCH]
        strength = [p.name for p in asked if p.role == "l2"]
        if batch and strength and all(not p.required for p in asked if p.name not in {*batch, *strength}):

            def value(point: Named, seed: int, m: str = method, b: str = batch[0], s: str = strength[0]) -> float:
                twice = 2 * step.pairs(*step.data(seed))
                return number(getattr(step.at(point), m)(**{b: twice, s: l2}))

            return _case(step, value, lambda p, s: step.step(p, s, l2), f"with λ = {l2:g}, beside {method}")
    return None


def _case(
    step: Step,
    cost: Callable[[Named, int], float],
    gradient: Callable[[Named, int], Named],
    kind: str = "",
) -> FunctionCase:
    said = f"one step of {step.method}{', ' if kind else ''}{kind}"
    info = CaseInfo(
        f"{step.title}.{step.method}", "chapter", f"class {step.title}: {said}", step.title, "w → w − η ∂C/∂w"
    )
    return FunctionCase(info, step.start, cost, gradient)


def _with_method(step: Step) -> Step | None:
    """The method that takes a mini-batch as a list of examples and a rate, if there is one that can be called."""
    with seeded(0):
        instance = attempt(step.fresh).value
    by_letters = {letters(name): name for name in dir(instance) if callable(getattr(instance, name, None))}
    for method in (by_letters[wanted] for wanted in STEPS if wanted in by_letters):
        asked = _asked(getattr(instance, method))
        if asked is not None:
            return replace(step, method=method, asked=asked)
    return None


def _asked(method: Any) -> dict[str, str] | None:
    """What its parameters are, where all are known and a mini-batch is among them."""
    asked: dict[str, str] = {}
    for p in parameters_of(method) or ():
        key = letters(p.name)
        kind = "pairs" if key in BATCH else "n" if key in COUNT else "off" if key in OFF else p.role
        if kind in {"pairs", "rate", "l2", "n", "off"}:
            asked[p.name] = kind
        elif p.required:
            return None
    return asked if "pairs" in asked.values() else None
