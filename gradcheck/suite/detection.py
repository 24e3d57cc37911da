"""How well the judge detects, locates and acquits on black boxes, and what the plain rules would have said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from gradcheck.arrays import entry
from gradcheck.checks.gradient import check_gradient
from gradcheck.results import (
    ArraySummary,
    CheckResult,
    CorrectCounts,
    FamilyCounts,
    FaultCounts,
    RuleCounts,
    SizeCounts,
    Verdict,
)
from gradcheck.rules import RULES, apply_rule
from gradcheck.suite import families, structures
from gradcheck.suite.families import BlackBox
from gradcheck.suite.mutations import MUTATIONS, Planted, off_by, plant

FAMILIES: dict[str, Callable[[int], BlackBox]] = {
    "sigmoid": families.sigmoid_network,
    "ReLU": families.relu_network,
    "ReLU at kinks": families.relu_at_kinks,
    "dead units": families.dead_units,
    "saturated": families.saturated,
    "offset of 1e6": families.large_offset,
    "scale of 1e±6": families.scaled,
    "inputs of 1e3": families.large_inputs,
    "float32": families.single_precision,
    "eight layers": families.deep,
    "clipped cross-entropy": families.clipped_cross_entropy,
    "softmax": families.softmax,
    "hinge": families.hinge,
    "fixed dropout": structures.fixed_dropout,
    "max-pool ties": structures.max_pool_ties,
    "batch norm": structures.batch_norm,
    "L1 penalty": structures.l1_penalty,
    "recurrent": structures.recurrent,
    "embedding": structures.embedding,
}
SIZES = (0.0, 0.1, 1.0, 2.0, 10.0, 1e3, np.inf)
MULTIPLES = (0.03, 0.5, 1.1, 3.0, 30.0)  # of the resolution, by which one entry is planted off


@dataclass(frozen=True)
class Case:
    """One box judged: the fault and its size in resolutions, if one was planted, and what was found."""

    planted: Planted | None
    size: float
    result: CheckResult
    entries: int

    @property
    def caught(self) -> bool:
        """Whether it was called wrong."""
        return self.result.verdict is Verdict.FAIL

    @property
    def located(self) -> bool:
        """Whether the wrong entries are in the planted array alone, and as many as are off beyond what is allowed."""
        if self.planted is None or not self.caught:
            return False
        own = next(a for a in self.result.arrays if a.name == self.planted.array)
        others = any(a.wrong for a in self.result.arrays if a.name != own.name)
        off = np.abs(self.planted.off)
        return not others and int((off > own.resolution).sum()) <= own.wrong <= int((off > 0).sum())


def draw(family: str, seed: int) -> BlackBox:
    """One right case of a family."""
    return replace(FAMILIES[family](seed), family=family)


def judge_case(family: str, seed: int, faults: int = 3, method: str = "auto") -> list[Case]:
    """A right case, then the same with *faults* planted: mutations in turn, and one entry off by a known multiple."""
    box = draw(family, seed)
    right = _case(box, None, 0.0, method)
    cases = [right]
    if right.result.verdict is not Verdict.PASS:
        return cases
    for planted in _faults(box, right.result, seed, faults):
        summary = next(a for a in right.result.arrays if a.name == planted.array)
        cases.append(_case(planted.box, planted, _size(planted, summary), method))
    return cases


def _case(box: BlackBox, planted: Planted | None, size: float, method: str) -> Case:
    result = check_gradient(box.cost, box.gradient, box.at, method=method, target=box.name)
    return Case(planted, size, result, sum(array.size for array in box.at.values()))


def _faults(box: BlackBox, right: CheckResult, seed: int, count: int) -> Iterable[Planted]:
    """Faults in arrays without kinks: at a kink a changed entry may be a subgradient too."""
    names = list(MUTATIONS)
    for k in range(count):
        planted = plant(box, names[(seed * count + k) % len(names)], seed + 1000 * k)
        summary = next(a for a in right.arrays if a.name == planted.array)
        if planted.off.any() and not summary.kinks:
            yield planted
    rng = np.random.default_rng(seed)
    smooth = [a for a in right.arrays if not a.kinks and a.entries and a.resolution > 0]
    if smooth:
        summary = smooth[int(rng.integers(len(smooth)))]
        multiple = MULTIPLES[seed % len(MULTIPLES)]
        yield off_by(box, summary.name, int(rng.integers(summary.entries)), multiple * summary.resolution)


def _size(planted: Planted, summary: ArraySummary) -> float:
    """The largest error over what was stated to be visible anywhere in the array."""
    return float(np.abs(planted.off).max() / summary.resolution) if summary.resolution else float("inf")


def family_counts(family: str, seeds: Iterable[int], faults: int = 3, method: str = "auto") -> FamilyCounts:
    """Detection, location, false alarms and evaluations of one family over *seeds*.

    ``faults`` of the counts are those above the stated resolution; names of faults are not the black-box
    judge's to give, and ``named`` stays 0.
    """
    return counted(family, [case for seed in seeds for case in judge_case(family, seed, faults, method)])


def counted(family: str, cases: Sequence[Case]) -> FamilyCounts:
    """The counts of judged cases."""
    right = [case for case in cases if case.planted is None]
    visible = [case for case in cases if case.planted is not None and case.size > 1]
    per_entry = [case.result.evaluations / case.entries for case in right]
    return FamilyCounts(
        id=family,
        faults=FaultCounts(len(visible), sum(c.caught for c in visible), 0, sum(c.located for c in visible)),
        correct=CorrectCounts(
            len(right),
            sum(case.caught for case in right),
            sum(case.result.verdict is Verdict.INCONCLUSIVE for case in right),
        ),
        evaluations_median=float(np.median(per_entry)) if per_entry else 0.0,
        evaluations_max=max(per_entry, default=0.0),
        by_size=tuple(_of_size(cases, low, high) for low, high in pairwise(SIZES)),
    )


def _of_size(cases: Sequence[Case], low: float, high: float) -> SizeCounts:
    inside = [case for case in cases if case.planted is not None and low <= case.size < high]
    return SizeCounts(low, high, len(inside), sum(case.caught for case in inside))


def rule_counts(boxes: Sequence[BlackBox]) -> tuple[RuleCounts, ...]:
    """What each plain rule says of *boxes*: right ones and such as have a fault above the judge's resolution."""
    return tuple(_rule(name, boxes) for name in RULES)


def _rule(name: str, boxes: Sequence[BlackBox]) -> RuleCounts:
    outcomes = [(box.kind == families.RIGHT, apply_rule(name, box.cost, box.gradient, box.at)) for box in boxes]
    entries = [sum(array.size for array in box.at.values()) for box in boxes]
    right = [outcome for correct, outcome in outcomes if correct]
    wrong = [outcome for correct, outcome in outcomes if not correct]
    each = [outcome.evaluations / n for (_, outcome), n in zip(outcomes, entries, strict=True)]
    return RuleCounts(
        rule=name,
        faults=len(wrong),
        missed=sum(outcome.passed for outcome in wrong),
        correct=len(right),
        blamed=sum(not outcome.passed for outcome in right),
        evaluations=float(np.median(each)) if each else 0.0,
    )


def missed(cases: Iterable[Case]) -> list[str]:
    """A sentence for each fault above the resolution that was not caught, and each right case that was blamed."""
    found = []
    for case in cases:
        target, verdict = case.result.target, case.result.verdict
        if case.planted is None and case.caught:
            found.append(f"{target}: a right gradient was called wrong: {case.result.reason}")
        elif case.planted is not None and case.size > 1 and not case.caught:
            place = np.unravel_index(int(np.abs(case.planted.off).argmax()), case.planted.off.shape)
            where = entry(case.planted.array, tuple(int(i) for i in place))
            kind = case.planted.box.kind
            found.append(f"{target}: {kind} at {where}, {case.size:.3g} times the resolution, was called {verdict}.")
    return found
