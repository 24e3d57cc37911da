"""The black-box judge at work: difficult costs of many families, right gradients, planted errors, plain rules."""

from __future__ import annotations

from collections.abc import Callable

from gradcheck.results import FamilyCounts, Finding, RuleCounts, Verdict
from gradcheck.suite.detection import FAMILIES, Case, counted, draw, judge_case, missed, rule_counts
from gradcheck.suite.families import BlackBox
from gradcheck.suite.mutations import Planted

Progress = Callable[[str], None]
MOST_NAMES = 4
RULED = 2  # right boxes of each family that the plain rules are tried on, and the faults planted in them


def black_boxes(
    seed: int, each: int, progress: Progress
) -> tuple[tuple[FamilyCounts, ...], tuple[RuleCounts, ...], Finding]:
    """Counts by family over *each* right gradients and three or four faults in each of them.

    The plain rules see the first right ones of each family, and their faults above the stated resolution.
    """
    counts, failures, boxes = [], [], list[BlackBox]()
    for family in FAMILIES:
        progress(f"black boxes: {family}")
        cases: list[Case] = []
        for number in range(each):
            judged = judge_case(family, 1000 * seed + number)
            cases += judged
            if number < RULED:
                boxes += _ruled(family, 1000 * seed + number, judged)
        counts.append(counted(family, cases))
        failures += missed(cases)
    progress("plain rules on the same boxes")
    return tuple(counts), rule_counts(boxes), _finding(counts, failures)


def _ruled(family: str, seed: int, cases: list[Case]) -> list[BlackBox]:
    planted: list[Planted] = [case.planted for case in cases if case.planted is not None and case.size > 1]
    return [draw(family, seed), *(one.box for one in planted)]


def _finding(counts: list[FamilyCounts], failures: list[str]) -> Finding:
    faults, caught = sum(c.faults.total for c in counts), sum(c.faults.caught for c in counts)
    right, wrong = sum(c.correct.total for c in counts), sum(c.correct.wrong for c in counts)
    doubted = sum(c.correct.inconclusive for c in counts)
    message = (
        f"{caught:,} of {faults:,} errors above the stated resolution caught, {wrong:,} of {right:,} right gradients "
        f"called wrong, {doubted:,} inconclusive."
    )
    return Finding(
        "judge/black-boxes", Verdict.FAIL if failures else Verdict.PASS, " ".join((message, *failures[:MOST_NAMES]))
    )
