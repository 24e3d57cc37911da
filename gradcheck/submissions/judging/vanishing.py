"""Gradients that are exactly zero beside others that are not: a bias before a normalisation, which takes it out again.

Differences alone leave them in doubt, for want of a size of their own. Beside the rest of the same
gradient they have one: what is smaller than its round-off is zero, on both sides.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gradcheck.compare import Tolerance
from gradcheck.results import ArraySummary, CheckResult, Discrepancy, EntryVerdict, Finding, Verdict

HIDDEN = 1e-8
"""Of the largest array's rms: what an entry, its analytic value and its error bars may have in all."""


def with_zeros(result: CheckResult) -> CheckResult:
    """The same result, passed where all that is in doubt in it is zero beside the rest of the gradient."""
    doubtful = [array for array in result.arrays if array.inconclusive]
    small = HIDDEN * max((_rms(array) for array in result.arrays), default=0.0)
    if result.verdict is not Verdict.INCONCLUSIVE or not doubtful or not all(_vanishes(a, small) for a in doubtful):
        return result
    names = ", ".join(array.name for array in doubtful)
    entries = sum(array.entries for array in result.arrays)
    reason = f"All {entries:,} entries are right; the gradient of {names} is zero, as it should be (to {small:.1g})."
    checks = tuple(Finding(f.id, Verdict.PASS, reason, f.equation) if f.id == "values" else f for f in result.checks)
    return replace(
        result,
        verdict=Verdict.PASS,
        reason=reason,
        remedy="",
        checks=checks,
        arrays=tuple(_settled(array) for array in result.arrays),
        worst=tuple(_right(entry) for entry in result.worst),
    )


def _rms(array: ArraySummary) -> float:
    values = array.map.numeric if array.map is not None and array.map.cell == (1, 1) else ()
    return float(np.sqrt(np.mean(np.square(values)))) if values else 0.0


def _vanishes(array: ArraySummary, small: float) -> bool:
    """Whether every entry in doubt is below *small*, whichever side is looked at."""
    if array.map is None or array.map.cell != (1, 1):
        return False
    entries = zip(array.map.verdict, array.map.analytic, array.map.numeric, array.map.error_bar, strict=True)
    return all(
        abs(analytic) + abs(numeric) + Tolerance.bars * bar <= small
        for verdict, analytic, numeric, bar in entries
        if verdict is EntryVerdict.INCONCLUSIVE
    )


def _settled(array: ArraySummary) -> ArraySummary:
    if array.map is None or not array.inconclusive:
        return array
    verdicts = tuple(EntryVerdict.RIGHT if v is EntryVerdict.INCONCLUSIVE else v for v in array.map.verdict)
    worst = None if array.worst is None else _right(array.worst)
    return replace(array, inconclusive=0, map=replace(array.map, verdict=verdicts), worst=worst)


def _right(entry: Discrepancy) -> Discrepancy:
    return replace(entry, verdict=EntryVerdict.RIGHT) if entry.verdict is EntryVerdict.INCONCLUSIVE else entry
