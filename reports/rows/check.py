"""The report of one check."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gradcheck.results import ArraySummary, CheckResult, Diagnosis, Discrepancy, EntryVerdict, Finding, Verdict
from reports import numbers
from reports.document import Document, Facts, Items, Table, without_empty
from reports.rows.names import heading, shared, without_beginning, without_repeats
from reports.rows.shared import closing
from reports.safety import shortened

ARRAYS, WORST, LARGEST, FAILED = "Arrays", "Worst entries", "Largest differences", "Checks that did not pass"
ARRAY_HEADER = ("array", "type", "wrong", "inconclusive", "kinks", "max relative", "smallest visible error")
NUMERIC, EXACT = "numeric ± error bar", "exact"
SITUATION = re.compile(r"(?<=\w)/[\w-]+$")
MANY = 16  # arrays or checks that are still read one by one
FEW = 3  # differences worth a look where all are right


def check_document(result: CheckResult, *, whole: bool = True) -> Document:
    """Verdict, reason, what was understood, diagnosis, arrays, worst entries, checks, notes, one next step.

    Without *whole* right arrays are one line where there are many, and only the first of many failed checks are told.
    """
    return Document(
        verdict=str(result.verdict),
        subject=result.target,
        sentence=result.reason,
        parts=without_empty(
            Facts("", understood(result)),
            Items("Diagnosis", tuple(diagnosis_line(d, "" if whole else result.reason) for d in result.diagnosis)),
            Items("The rule", tuple(dict.fromkeys(d.lesson for d in result.diagnosis if d.lesson))),
            array_table(result.arrays, whole=whole),
            worst_table(result.worst if whole else telling(result.worst)),
            findings_table(result.checks, whole=whole),
            Items("Notes", (*result.flags, *result.notes)),
            Items("Next", next_step(result)),
        ),
        closing=check_closing(result),
    )


def understood(result: CheckResult) -> tuple[tuple[str, str], ...]:
    """What was made of the submission, and how to say otherwise."""
    facts = (("interface", result.interface), ("network", result.network), ("if not so", result.otherwise))
    return tuple((label, text) for label, text in facts if text)


def diagnosis_line(d: Diagnosis, said: str = "") -> str:
    """The named fault, where it sits and what it explains; what has been *said* of it already is not said again."""
    if d.message == said:
        return f"This explains {100 * d.explains:.4g} % of the discrepancy."
    where = f"{d.where}: " if d.where and d.where not in d.message else ""
    equation = f" ({d.equation})" if d.equation and d.equation not in d.message else ""
    return f"{where}{d.message.rstrip()}{equation} This explains {100 * d.explains:.4g} % of the discrepancy."


def array_table(arrays: Sequence[ArraySummary], *, whole: bool = True) -> Table:
    """A row for each array: counts of each verdict and what could have been seen."""
    beginning = shared([array.name for array in arrays])
    doubtful = [array for array in arrays if array.wrong or array.inconclusive or array.kinks]
    folded = [] if whole or len(arrays) <= MANY else [array for array in arrays if array not in doubtful]
    left_out = doubtful[MANY:] if folded else []
    told = doubtful[:MANY] if folded else arrays
    rows = (*(_array_row(array, beginning) for array in told), *(_folded_row(group) for group in (left_out, folded)))
    return Table(
        heading(ARRAYS, beginning),
        ARRAY_HEADER,
        tuple(row for row in rows if row),
        numeric=frozenset(ARRAY_HEADER[2:]),
        note="--verbose shows every array." if folded else "",
        names=frozenset(ARRAY_HEADER[:1]),
        spare=tuple(name for name in ("kinks", "inconclusive") if not any(getattr(a, name) for a in arrays)),
    )


def _array_row(array: ArraySummary, beginning: str = "") -> tuple[str, ...]:
    return (
        shortened(array.name.removeprefix(beginning), numbers.LONGEST_NAME),
        numbers.array_type(array.dtype, array.shape),
        _of(array.wrong, array.entries),
        numbers.count(array.inconclusive),
        numbers.count(array.kinks),
        numbers.small(array.max_relative),
        numbers.small(array.resolution),
    )


def _folded_row(arrays: Sequence[ArraySummary]) -> tuple[str, ...]:
    """Several arrays in one row: sums of counts, largest differences."""
    if not arrays:
        return ()
    wrong, entries = (sum(getattr(array, name) for array in arrays) for name in ("wrong", "entries"))
    bad = any(array.wrong or array.inconclusive or array.kinks for array in arrays)
    return (
        f"{len(arrays):,} more" if bad else f"{len(arrays):,} right ones",
        numbers.counted(entries, "entry", "entries"),
        _of(wrong, entries),
        numbers.count(sum(array.inconclusive for array in arrays)),
        numbers.count(sum(array.kinks for array in arrays)),
        numbers.small(max(array.max_relative for array in arrays)),
        numbers.small(max(array.resolution for array in arrays)),
    )


def _of(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,}" if part else "0"


def worst_table(worst: Sequence[Discrepancy]) -> Table:
    """The worst entries, worst first, with everything that the verdict rests on."""
    beginning = shared([d.name for d in worst])
    header = (
        "entry",
        "analytic",
        NUMERIC if beside(worst) == "numeric" else EXACT,
        "difference",
        "relative",
        "allowed",
        "verdict",
    )
    return Table(
        heading(WORST if _any_bad(worst) else LARGEST, beginning),
        header,
        tuple(_worst_row(d, beginning) for d in worst),
        numeric=frozenset(header[1:-1]),
        names=frozenset(header[:1]),
        spare=("difference", "relative"),
    )


def beside(worst: Sequence[Discrepancy]) -> str:
    """What the analytic derivatives stand beside: ``exact`` ones, or ``numeric`` ones with an error bar."""
    return "numeric" if any(d.error_bar for d in worst) else EXACT


def telling(worst: Sequence[Discrepancy]) -> tuple[Discrepancy, ...]:
    """The entries that tell something: those that are not right, or the first few where all are."""
    return tuple(d for d in worst if d.verdict is not EntryVerdict.RIGHT) or tuple(worst[:FEW])


def _any_bad(worst: Sequence[Discrepancy]) -> bool:
    return any(d.verdict.value in ("wrong", "inconclusive") for d in worst)


def _worst_row(d: Discrepancy, beginning: str) -> tuple[str, ...]:
    return (
        numbers.entry(d.name.removeprefix(beginning), d.index),
        numbers.value(d.analytic),
        numbers.estimate(d.numeric, d.error_bar),
        numbers.small(d.absolute),
        numbers.small(d.relative),
        numbers.small(d.allowed),
        str(d.verdict),
    )


def findings_table(findings: Sequence[Finding], *, whole: bool = True) -> Table:
    """The checks that did not pass; without *whole*, of those of one kind (``values/...``) the first for all."""
    failed = [finding for finding in findings if finding.verdict is not Verdict.PASS]
    told = failed if whole else list(_gathered(failed))
    beginning = shared([finding.id for finding in told])
    rows = tuple(finding_row(finding, beginning) for finding in told[: None if whole else MANY])
    note = f"{len(told) - len(rows):,} more are told with --verbose." if len(rows) < len(told) else ""
    return Table(heading(FAILED, beginning), ("check", "verdict", "message"), rows, note=note)


def _gathered(findings: Sequence[Finding]) -> Iterator[Finding]:
    """The first finding of each kind and verdict, whose message names the others; none that only says it again."""
    kinds: dict[tuple[str, Verdict], dict[str, Finding]] = {}
    for finding in findings:
        of_kind = kinds.setdefault((SITUATION.sub("", finding.id), finding.verdict), {})
        of_kind.setdefault(without_beginning(finding.message, finding.id), finding)
    said: set[str] = set()
    for told, (first, *others) in ((told, told.values()) for told in kinds.values()):
        names = ", ".join(finding.id.rpartition("/")[2] for finding in others)
        if not said >= set(told):
            yield replace(first, message=f"{first.message.rstrip('.')}; likewise in {names}.") if others else first
        said |= set(told)


def finding_row(f: Finding, beginning: str = "") -> tuple[str, ...]:
    """The id, verdict and message of a named check, with the equation it rests on; nothing is said twice."""
    equation = f" [{f.equation}]" if f.equation and f.equation not in f.message else ""
    name = without_repeats(f.id)
    message = without_beginning(f.message, f.id)
    return name.removeprefix(beginning) or name, str(f.verdict), f"{message}{equation}"


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
