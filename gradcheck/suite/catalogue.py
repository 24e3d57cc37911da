"""The fault catalogue planted in the engine: is a wrong gradient caught, named, and located."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.compare import WRONG, compare
from gradcheck.diagnose import diagnose
from gradcheck.reference import Reduction
from gradcheck.reference.engine import Network
from gradcheck.reference.faults import Planted, Prediction, Probe, planted
from gradcheck.results import Finding, Verdict
from gradcheck.suite.tally import Tally, finding

Array = NDArray[Any]
Progress = Callable[[str], None]
NEGLIGIBLE = 1e-3  # a slip that changes no array by more than this share is no fault at these points
EXPLAINED = 0.99


@dataclass(frozen=True)
class Family:
    """One kind of network in which faults are planted."""

    id: str
    sizes: tuple[int, ...]
    activation: tuple[str, ...]
    cost: str
    l2: float = 0.0
    single: bool = False


FAMILIES = (
    Family("sigmoid, quadratic", (5, 4, 3), ("sigmoid", "sigmoid"), "quadratic"),
    Family("deep sigmoid, cross-entropy", (4, 6, 5, 3), ("sigmoid",) * 3, "cross_entropy"),
    Family("tanh, softmax", (5, 6, 4, 3), ("tanh", "tanh", "softmax"), "log_likelihood"),
    Family("ReLU, linear output", (6, 5, 4), ("relu", "identity"), "quadratic"),
    Family("square tanh", (4, 4, 4, 4), ("tanh",) * 3, "quadratic"),
    Family("regularised sigmoid", (5, 4, 3), ("sigmoid", "sigmoid"), "quadratic", l2=0.3),
    Family("leaky ReLU, softmax", (5, 7, 3), ("leaky_relu", "softmax"), "log_likelihood"),
    Family("sigmoid, float32", (5, 4, 3), ("sigmoid", "sigmoid"), "quadratic", single=True),
    Family("tanh softmax, float32", (5, 6, 3), ("tanh", "softmax"), "log_likelihood", single=True),
)


def catalogue(seed: int, share: float, progress: Progress) -> tuple[list[Tally], Finding]:
    """Counts for each family, and whether everything was caught and nothing right blamed.

    *share* of the faults (1: all) is planted, drawn by *seed*.
    """
    tallies = []
    for number, family in enumerate(FAMILIES):
        progress(f"faults in {family.id}")
        tallies.append(_planted_in(family, np.random.default_rng((seed, number)), share))
    return tallies, finding("faults/catalogue", tallies)


def _planted_in(family: Family, rng: np.random.Generator, share: float) -> Tally:
    tally = Tally(family.id)
    probes = [_probe(family, rng, m) for m in (4, 1, 6)]
    for probe in probes:
        right = compare(_rounded(dict(probe.exact), family), probe.exact)
        tally.right(f"{family.id}, {probe.m} examples", right.verdict)
    for one in planted(probes[0].network):
        if rng.random() < share:
            _judge(tally, family, one, probes)
    return tally


def _probe(family: Family, rng: np.random.Generator, m: int) -> Probe:
    network = Network(
        family.sizes, activation=list(family.activation), cost=family.cost, l2=family.l2, seed=int(rng.integers(2**31))
    )
    x = rng.standard_normal((family.sizes[0], m))
    y = np.eye(family.sizes[-1])[:, rng.permutation(m) % family.sizes[-1]]
    return Probe(network, x, y, {}, Reduction(per_example=True))


def _rounded(gradient: dict[str, Array], family: Family) -> dict[str, Array]:
    """As code in single precision returns it."""
    return {name: a.astype(np.float32) for name, a in gradient.items()} if family.single else gradient


def _judge(tally: Tally, family: Family, one: Planted, probes: list[Probe]) -> None:
    """One fault: wrong at some probe, so that it must be caught there; or equal to the right gradient at all."""
    answered = list(_answers(family, one, probes))
    if not any(_differs(probe) for probe in answered):
        return
    name = f"{one.fault.id} at {one.position} in {family.id}"
    tolerance = 1e-5 if family.single else 1e-6
    found = diagnose(answered, tolerance=tolerance)
    named = len(found) == 1 and found[0].explains >= EXPLAINED
    tally.fault(name, caught=any(_caught(p) for p in answered), named=named, located=all(_located(p) for p in answered))


def _answers(family: Family, one: Planted, probes: list[Probe]) -> Iterator[Probe]:
    for probe in probes:
        with np.errstate(all="ignore"):
            prediction = Prediction(probe, [one], 0.5)
            wrong = {name: np.asarray(prediction[name]) for name in probe.exact}
        yield replace(probe, gradient=_rounded(wrong, family))


def _differs(probe: Probe) -> bool:
    return any(_apart(probe, name) > NEGLIGIBLE for name in probe.exact)


def _apart(probe: Probe, name: str) -> float:
    exact, answer = probe.exact[name], np.asarray(probe.gradient[name])
    if answer.shape != exact.shape or not np.isfinite(answer).all():
        return float("inf")
    return float(np.abs(answer - exact).max() / max(np.abs(exact).max(), 1e-300))


def _caught(probe: Probe) -> bool:
    """Whether structure or numbers convict it."""
    if any(_arrays(probe)[name].shape != array.shape for name, array in probe.exact.items()):
        return True
    return compare(_arrays(probe), probe.exact).verdict is Verdict.FAIL


def _located(probe: Probe) -> bool:
    """Whether the arrays called wrong are those that the fault changes."""
    changed = {name for name in probe.exact if _apart(probe, name) > NEGLIGIBLE}
    if any(_apart(probe, name) == float("inf") for name in changed):
        return True
    blocks = compare(_arrays(probe), probe.exact).blocks
    return changed <= {block.name for block in blocks if (block.verdict == WRONG).any()}


def _arrays(probe: Probe) -> dict[str, Array]:
    return {name: np.asarray(array) for name, array in probe.gradient.items()}
