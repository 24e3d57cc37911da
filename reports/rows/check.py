"""The report of one check."""

from __future__ import annotations

import math

from gradcheck.results import ArraySummary, CheckResult, Diagnosis, Discrepancy, Finding, Verdict
from reports import numbers
from reports.document import Document, Facts, Items, Table, without_empty
from reports.rows.shared import closing
from reports.safety import cut

ARRAYS = "Arrays"
ARRAY_HEADER = ("array", "type", "wrong", "inconclusive", "kinks", "max relative", "smallest visible error")
WORST_HEADER = ("entry", "analytic", "numeric ± error bar", "difference", "relative", "allowed", "verdict")


def check_document(result: CheckResult) -> Document:
    """Verdict, reason, what was understood, diagnosis, arrays, worst entries, failed checks, notes, one next step."""
    return Document(
        verdict=str(result.verdict),
        subject=result.target,
        sentence=result.reason,
        parts=without_empty(
            Facts("", understood(result)),
            Items("Diagnosis", tuple(diagnosis_line(d) for d in result.diagnosis)),
            Items("The rule", tuple(dict.fromkeys(d.lesson for d in result.diagnosis if d.lesson))),
            array_table(result),
            worst_table(result.worst),
            findings_table(result.checks),
            Items("Notes", (*result.flags, *result.notes)),
            Items("Next", next_step(result)),
        ),
        closing=check_closing(result),
    )


def understood(result: CheckResult) -> tuple[tuple[str, str], ...]:
    """What was made of the submission; how to say otherwise is among the notes."""
    facts = (("interface", result.interface), ("network", result.network))
    return tuple((label, text) for label, text in facts if text)


def diagnosis_line(d: Diagnosis) -> str:
    """The named fault, where it sits and what it explains."""
    where = f"{d.where}: " if d.where and d.where not in d.message else ""
    equation = f" ({d.equation})" if d.equation and d.equation not in d.message else ""
    return f"{where}{d.message.rstrip()}{equation} This explains {100 * d.explains:.4g} % of the discrepancy."


def array_table(result: CheckResult) -> Table:
    """A row for each array: counts of each verdict and what could have been seen."""
    return Table(
        ARRAYS,
        ARRAY_HEADER,
        tuple(_array_row(array) for array in result.arrays),
        numeric=frozenset(ARRAY_HEADER[2:]),
    )


def _array_row(array: ArraySummary) -> tuple[str, ...]:
    return (
        cut(array.name, numbers.LONGEST_NAME),
        numbers.array_type(array.dtype, array.shape),
        _of(array.wrong, array.entries),
        numbers.count(array.inconclusive),
        numbers.count(array.kinks),
        numbers.small(array.max_relative),
        numbers.small(array.resolution),
    )


def _of(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,}" if part else "0"


def worst_table(worst: tuple[Discrepancy, ...]) -> Table:
    """The worst entries, worst first, with everything that the verdict rests on."""
    rows = tuple(_worst_row(d) for d in worst)
    numeric = frozenset(WORST_HEADER[1:-1])
    return Table("Worst entries" if _any_bad(worst) else "Largest differences", WORST_HEADER, rows, numeric)


def _any_bad(worst: tuple[Discrepancy, ...]) -> bool:
    return any(d.verdict.value in ("wrong", "inconclusive") for d in worst)


def _worst_row(d: Discrepancy) -> tuple[str, ...]:
    return (
        numbers.entry(d.name, d.index),
        numbers.value(d.analytic),
        numbers.estimate(d.numeric, d.error_bar),
        numbers.small(d.absolute),
        numbers.small(d.relative),
        numbers.small(d.allowed),
        str(d.verdict),
    )


def findings_table(findings: tuple[Finding, ...]) -> Table:
    """The checks that did not pass."""
    rows = tuple(finding_row(f) for f in findings if f.verdict is not Verdict.PASS)
    return Table("Checks that did not pass", ("check", "verdict", "message"), rows)


def finding_row(f: Finding) -> tuple[str, ...]:
    """The id, verdict and message of a named check, with the equation it rests on."""
    equation = f" [{f.equation}]" if f.equation and f.equation not in f.message else ""
    return f.id, str(f.verdict), f"{f.message}{equation}"


def multiple_of_allowed(analytic: float, numeric: float, allowed: float) -> float:
    """|analytic − numeric| over what is allowed: above 1 is outside; NaN where a number is."""
    difference = abs(analytic - numeric)
    if not difference:
        return 0.0
    return difference / allowed if allowed else math.inf


def next_step(result: CheckResult) -> tuple[str, ...]:
    """One next step: the remedy that came with the verdict, or what a pass did not look at."""
    return (result.remedy,) if result.remedy else ()


def check_closing(result: CheckResult) -> tuple[str, ...]:
    """What it took and what it rests on, in one or two lines."""
    judged = (
        result.method and f"by {result.method}",
        result.step is not None and f"step {result.step:.2g}",
        result.tolerance and f"allowed {result.tolerance}",
    )
    took = (
        result.evaluations and numbers.counted(result.evaluations, "evaluation"),
        numbers.seconds(result.seconds),
        result.isolation != "off" and f"isolation {result.isolation}",
    )
    return closing(took, judged, result.seed, result.versions)
