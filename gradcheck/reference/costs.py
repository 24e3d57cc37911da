"""Which cost a submission trains on, how it gathers examples and weighs λ; and the exact gradient of that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.reference.conventions import (
    FIT,
    MEAN,
    NO_PENALTY,
    PENALTIES,
    REDUCTIONS,
    SUM,
    Penalty,
    Reduction,
)
from gradcheck.reference.cost_probes import LOG_FLOOR, CostProbe, copied, fitted, probes_of, summed
from gradcheck.reference.decay import written_in, written_in_cost
from gradcheck.reference.recognise import Recognition, build
from nets.backprop import backprop
from nets.feedforward import Feedforward
from nets.network import Network

Array = NDArray[Any]
Named = dict[str, Array]
ReportedCost = Callable[[Named, Array, Array, float], float]
ReportedGradient = Callable[[Named, Array, Array, float], Mapping[str, Array]]
L2 = 0.5


@dataclass(frozen=True)
class CostRecognition:
    """The cost that a submission's reported cost (or, failing that, its gradient) agrees with.

    ``activations`` are the network's, with softmax or sigmoid as the last where the cost applies it
    to scores itself. ``reported`` is false where the submission reports no cost and its gradient
    was the evidence; ``arrays`` then names those that fit.
    """

    activations: tuple[str, ...]
    cost: str
    reduction: Reduction
    penalty: Penalty
    reported: bool
    agreement: float
    arrays: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What was understood, for a person: ``cross-entropy, mean over the examples, λ/(2m) Σ w²``."""
        name = self.cost.replace("_", "-")
        said = "" if self.reported else " (taken from the gradient: no cost is reported)"
        return f"{name} cost, {self.reduction.name}, {self.penalty.name}{said}"

    def network(self, parameters: Mapping[str, Array], m: int = 1, l2: float = 0.0) -> Network:
        """Our network with this cost; its ``l2`` is the weights' factor in the gradient of *m* examples."""
        return build(self.activations, parameters, self.cost, self.penalty.strength(l2, m))

    def value(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float = 0.0) -> float:
        """The submission's cost as understood, computed by our network."""
        m = x.shape[1]
        network = self.network(parameters, m, l2)
        data = float(network.costs(x, y).sum()) * self.reduction.of(m, len(y))
        squares = network.weights + (network.biases if self.penalty.biases else [])
        return data + network.l2 / 2 * sum(float((array * array).sum()) for array in squares)

    def gradient(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float = 0.0) -> Named:
        """The exact gradient of that cost, for the *parameters* that are given."""
        network = self.network(parameters, x.shape[1], l2)
        exact = exact_gradient(network, x, y, self.reduction, biases=self.penalty.biases)
        return {name: exact[name] for name in parameters}


def exact_gradient(
    network: Feedforward, x: Array, y: Array, reduction: Reduction | str = "mean", *, biases: bool = False
) -> Named:
    """The gradient of reduction(C_x over the columns of x, y) + (network.l2 / 2) Σ w².

    Args:
        network: with the cost of one example as its cost function.
        x: inputs (n_in, m).
        y: targets (n_out, m).
        reduction: how the examples are gathered, or its name (``"sum"``, ``"mean"``, ``"half the mean"``...).
        biases: whether the biases are in the L2 term too.

    Returns:
        New arrays by canonical name. Milliseconds for a million weights (BP1-BP4).
    """
    reduction = Reduction.named(reduction) if isinstance(reduction, str) else reduction
    m = x.shape[1]
    strength, network.l2 = network.l2, 0.0
    try:
        gradient = backprop(network, x, y)
    finally:
        network.l2 = strength
    factor = m * reduction.of(m, network.sizes[-1])
    for name, array in gradient.items():
        if factor != 1:
            array *= factor
        if strength and (biases or name[0] == "w"):
            array += strength * network.parameters[name]
    return gradient


def recognise_cost(
    recognition: Recognition,
    *,
    cost: ReportedCost | None,
    gradient: ReportedGradient | None,
    seed: int = 0,
    batches: bool = True,
    l2: bool = True,
    costs: Sequence[str] = (),
    precision: float = 0.0,
    free_factor: bool = False,
) -> CostRecognition | None:
    """Which cost function, reduction and L2 convention a submission has, or None where nothing of ours fits.

    Args:
        recognition: its forward pass.
        cost: ``cost(parameters, x, y, l2)``, its own reported cost; None where it reports none.
        gradient: ``gradient(parameters, x, y, l2)``, canonical; asked only where there is no cost.
        seed: of the random points.
        batches: false for code that takes one example at a time.
        l2: whether it has a λ.
        costs: the only cost functions that come into question; any where it is empty.
        precision: the relative accuracy that the gradient can have by the way it is obtained.
        free_factor: whether the gradient may be off by one positive factor that is not known beforehand (a
            learning rate that is written into the code).

    A reported cost decides alone, to 1e-7, or to 1e-4 for code with a small ε in its logarithm, which
    is noted. From the gradient only a convention is taken that the last layer's arrays fit exactly, or one
    of them and more than half of all, so that no fault is explained away by another cost; a fault that
    equals another cost's gradient everywhere cannot be told from it without a reported cost.
    """
    probes = probes_of(recognition, np.random.default_rng(seed), batches=batches)
    wanted = _Wanted(tuple(costs), max(1e-6, 20 * precision), free_factor)
    with np.errstate(all="ignore"):  # a cost that does not suit the output leaves its domain, and fits nothing
        if cost is not None:
            return _from_cost(recognition, cost, probes, wanted, l2=l2)
        return _from_gradient(recognition, gradient, probes, wanted, l2=l2) if gradient is not None else None


@dataclass(frozen=True)
class _Wanted:
    """Which costs come into question, and how closely a gradient must agree with one."""

    costs: tuple[str, ...]
    tolerance: float
    free_factor: bool

    def candidates(self, recognition: Recognition) -> Iterator[tuple[tuple[str, ...], str]]:
        """Activations and cost that come into question, the likeliest first."""
        return (pair for pair in _candidates(recognition) if not self.costs or pair[1] in self.costs)


def _candidates(recognition: Recognition) -> Iterator[tuple[tuple[str, ...], str]]:
    """Activations and cost, the likeliest first; scores may be fed to a softmax or sigmoid by the cost itself."""
    *hidden, last = recognition.activations
    natural = {"softmax": "log_likelihood"}.get(last, "quadratic")
    for name in dict.fromkeys((natural, "cross_entropy", "log_likelihood", "quadratic")):
        yield recognition.activations, name
    if last == "identity":
        yield (*hidden, "softmax"), "log_likelihood"
        yield (*hidden, "sigmoid"), "cross_entropy"


def _from_cost(
    recognition: Recognition, cost: ReportedCost, probes: tuple[CostProbe, ...], wanted: _Wanted, *, l2: bool
) -> CostRecognition | None:
    reported = [float(cost(copied(p.parameters), p.x.copy(), p.y.copy(), 0.0)) for p in probes]
    for tolerance in (FIT, LOG_FLOOR):
        for activations, name in wanted.candidates(recognition):
            sums = [summed(activations, name, probe) for probe in probes]
            found = fitted(reported, sums, probes, tolerance)
            if found is not None:
                penalty = _reported_penalty(cost, reported, probes) if l2 else NO_PENALTY
                notes = (
                    ()
                    if tolerance == FIT
                    else ("matches to four digits only: a small ε in the logarithm, or single precision",)
                )
                return CostRecognition(
                    activations, name, found[0], penalty, reported=True, agreement=found[1], notes=notes
                )
    return None if l2 else _from_cost_with_decay(recognition, reported, probes, wanted)


def _from_cost_with_decay(
    recognition: Recognition, reported: list[float], probes: tuple[CostProbe, ...], wanted: _Wanted
) -> CostRecognition | None:
    """A reported cost with a λ written into the code."""
    for activations, name in wanted.candidates(recognition):
        found = written_in_cost(reported, [summed(activations, name, probe) for probe in probes], probes, FIT)
        if found is not None:
            return CostRecognition(activations, name, *found, reported=True, agreement=FIT)
    return None


def _reported_penalty(cost: ReportedCost, without: list[float], probes: tuple[CostProbe, ...]) -> Penalty:
    """The L2 convention that accounts for what λ adds to the cost; ``NO_PENALTY`` where λ changes nothing."""
    added = [
        float(cost(copied(p.parameters), p.x.copy(), p.y.copy(), L2)) - base
        for p, base in zip(probes, without, strict=True)
    ]
    for penalty in PENALTIES:
        ours = [penalty.strength(L2, p.x.shape[1]) / 2 * _squares(p.parameters, penalty.biases) for p in probes]
        if all(abs(a - b) <= 1e-6 * abs(a) for a, b in zip(ours, added, strict=True)):
            return penalty
    return NO_PENALTY


def _squares(named: Named, biases: bool) -> float:
    return sum(float((array * array).sum()) for name, array in named.items() if biases or name[0] == "w")


def _from_gradient(
    recognition: Recognition, gradient: ReportedGradient, probes: tuple[CostProbe, ...], wanted: _Wanted, *, l2: bool
) -> CostRecognition | None:
    returned = [dict(gradient(copied(p.parameters), p.x.copy(), p.y.copy(), 0.0)) for p in probes]
    best: CostRecognition | None = None
    for activations, name in wanted.candidates(recognition):
        for reduction in _reductions(activations, name, returned, probes, wanted):
            candidate = CostRecognition(activations, name, reduction, NO_PENALTY, reported=False, agreement=0.0)
            arrays, worst = _fitting_arrays(candidate, returned, probes, wanted.tolerance)
            last = len(recognition.sizes)
            outputs = {name for name in (f"w{last}", f"b{last}") if name in probes[0].parameters}
            enough = outputs <= set(arrays) or (2 * len(arrays) > len(probes[0].parameters) and outputs & set(arrays))
            if enough and (best is None or len(arrays) > len(best.arrays)):
                best = replace(candidate, agreement=worst, arrays=arrays)
    if best is None or len(best.arrays) < len(probes[0].parameters):
        best = _with_decay(recognition, returned, probes, wanted) or best
    if best is None or not l2:
        return best
    penalty = _gradient_penalty(gradient, returned, probes)
    return replace(best, penalty=penalty)


def _with_decay(
    recognition: Recognition, returned: list[Named], probes: tuple[CostProbe, ...], wanted: _Wanted
) -> CostRecognition | None:
    """A cost with a λ written into the code, where every array fits that exactly."""
    names = tuple(probes[0].parameters)
    for activations, name in wanted.candidates(recognition):
        for reduction in _reductions(activations, name, returned, probes, wanted):
            plain = CostRecognition(activations, name, reduction, NO_PENALTY, reported=False, agreement=0.0)
            exact = [plain.gradient(probe.parameters, probe.x, probe.y) for probe in probes]
            penalty = written_in(returned, exact, probes, wanted.tolerance)
            if penalty is not None:
                said = f"an L2 term with λ = {penalty.written:.4g} is part of the gradient; no cost is reported"
                return replace(plain, penalty=penalty, agreement=wanted.tolerance, arrays=names, notes=(said,))
    return None


def _reductions(
    activations: tuple[str, ...], name: str, returned: list[Named], probes: tuple[CostProbe, ...], wanted: _Wanted
) -> tuple[Reduction, ...]:
    """The usual ones; where the factor is free, a sum and a mean with the factor that the last layer shows."""
    if not wanted.free_factor:
        return REDUCTIONS
    last = f"w{len(activations) + 1}"
    found = []
    for base in (SUM, MEAN):
        candidate = CostRecognition(activations, name, base, NO_PENALTY, reported=False, agreement=0.0)
        factors = []
        for probe, answer in zip(probes, returned, strict=True):
            exact = candidate.gradient(probe.parameters, probe.x, probe.y)[last]
            factors.append(float(np.vdot(exact, answer.get(last, np.nan * exact)) / np.vdot(exact, exact)))
        found.append(replace(base, factor=float(np.median(factors))))
    return tuple(reduction for reduction in found if reduction.factor > 0 and np.isfinite(reduction.factor))


def _fitting_arrays(
    candidate: CostRecognition, returned: list[Named], probes: tuple[CostProbe, ...], tolerance: float
) -> tuple[tuple[str, ...], float]:
    """The arrays whose gradient is the candidate's at every probe, and their largest relative difference."""
    differences: dict[str, float] = {}
    for probe, answer in zip(probes, returned, strict=True):
        exact = candidate.gradient(probe.parameters, probe.x, probe.y)
        for name, array in exact.items():
            differences[name] = max(differences.get(name, 0.0), _relative(array, answer.get(name)))
    fits = tuple(name for name, difference in differences.items() if difference <= tolerance)
    return fits, max((differences[name] for name in fits), default=0.0)


def _relative(exact: Array, returned: Array | None) -> float:
    if returned is None or np.shape(returned) != exact.shape:
        return float("inf")
    scale = float(np.abs(exact).max(initial=0))
    difference = float(np.abs(exact - returned).max(initial=0))
    return difference / scale if scale > 0 and np.isfinite(difference) else float("inf")


def _gradient_penalty(gradient: ReportedGradient, without: list[Named], probes: tuple[CostProbe, ...]) -> Penalty:
    """The convention by which most weight arrays change with λ; ``NO_PENALTY`` where they do not."""
    added = []
    for probe, base in zip(probes, without, strict=True):
        answer = gradient(copied(probe.parameters), probe.x.copy(), probe.y.copy(), L2)
        added.append({name: np.asarray(answer[name], dtype=float) - base[name] for name in base if name in answer})
    for penalty in PENALTIES:
        fits = [
            _relative(penalty.strength(L2, p.x.shape[1]) * p.parameters[n], change.get(n)) < 1e-6
            for p, change in zip(probes, added, strict=True)
            for n in p.parameters
            if penalty.biases or n[0] == "w"
        ]
        if 2 * sum(fits) > len(fits):
            return penalty
    return NO_PENALTY
