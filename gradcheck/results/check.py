"""What a check of one gradient found: frozen values, and nothing that computes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gradcheck.results.codec import Stored
from gradcheck.results.notebook import cell, marked, shown, table
from gradcheck.results.verdicts import EntryVerdict, Verdict

SHOWN, LONGEST_NAME = 5, 80  # rows and characters of a name, in a notebook


@dataclass(frozen=True)
class Discrepancy:
    """One entry: the analytic derivative beside the numeric one.

    ``error_bar`` bounds the error of ``numeric`` (0 where an exact reference decides), ``absolute``
    is |analytic − numeric|, ``relative`` that divided by the larger of the two magnitudes, and
    ``allowed`` the absolute difference up to which the entry is right. All are in units of cost
    per unit of the parameter.
    """

    name: str
    index: tuple[int, ...]
    analytic: float
    numeric: float
    error_bar: float
    absolute: float
    relative: float
    allowed: float
    verdict: EntryVerdict


@dataclass(frozen=True)
class DiscrepancyMap:
    """The worst entry of each cell of an array, for pictures: never a mean, so one wrong entry stays visible.

    The array is seen as a matrix (a vector as one column, more axes folded into the first) and cut
    into ``rows`` × ``columns`` cells of ``cell`` entries each; cell (i, j) is item ``i * columns + j``
    of every list. ``index`` is the worst entry's place in the matrix.
    """

    rows: int
    columns: int
    cell: tuple[int, int]
    index: tuple[tuple[int, int], ...]
    analytic: tuple[float, ...]
    numeric: tuple[float, ...]
    error_bar: tuple[float, ...]
    relative: tuple[float, ...]
    verdict: tuple[EntryVerdict, ...]
    allowed: tuple[float, ...] = ()


@dataclass(frozen=True)
class ArraySummary:
    """One array: counts of each verdict, the largest differences, and the smallest error that was visible.

    ``resolution`` is the largest ``allowed`` over the array's entries, plus the error bars of the
    numeric derivative: an error above it, anywhere in the array, would have been seen. ``cosine`` and
    ``ratio`` compare the arrays as wholes (ratio: the factor that fits analytic = ratio · numeric best).
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    entries: int
    wrong: int
    inconclusive: int
    kinks: int
    max_absolute: float
    max_relative: float
    median_relative: float
    resolution: float
    cosine: float
    ratio: float
    worst: Discrepancy | None
    map: DiscrepancyMap | None = None


@dataclass(frozen=True)
class Finding:
    """The outcome of one named check: its id, verdict, one sentence, and the equation it rests on."""

    id: str
    verdict: Verdict
    message: str
    equation: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """A named fault: where it sits, a sentence in the chapter's notation, and the share it explains (0 to 1).

    ``lesson`` is the rule that its author should think of, without code; empty where there is none.
    """

    fault: str
    where: str
    message: str
    explains: float
    equation: str = ""
    lesson: str = ""


@dataclass(frozen=True)
class CheckResult(Stored):
    """Everything one check found.

    ``worst`` holds the worst discrepancies over all arrays, worst first. ``resolution`` is the
    smallest error that the check could have seen in every array (the largest of the arrays' own).
    ``network`` and ``interface`` say what was understood of a submission, and are empty for two
    plain callables; ``otherwise`` says how to correct it, ``inputs_first`` whether the rows of its
    weights are inputs. ``remedy`` is the next step for a person. ``bool(result)`` is true for a pass
    and for nothing else. ``command`` is the command line that gives the result again, if one does.
    """

    target: str
    verdict: Verdict
    reason: str
    remedy: str = ""
    interface: str = ""
    network: str = ""
    otherwise: str = ""
    inputs_first: bool = False
    checks: tuple[Finding, ...] = ()
    arrays: tuple[ArraySummary, ...] = ()
    worst: tuple[Discrepancy, ...] = ()
    diagnosis: tuple[Diagnosis, ...] = ()
    flags: tuple[str, ...] = ()
    evaluations: int = 0
    seconds: float = 0.0
    method: str = ""
    step: float | None = None
    tolerance: str = ""
    resolution: float | None = None
    seed: int | None = None
    isolation: str = "off"
    command: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.verdict is Verdict.PASS

    def __str__(self) -> str:
        return f"{self.verdict}: {self.reason}"

    def _repr_html_(self) -> str:
        """The verdict with its reason and the next step, the arrays that are not right, and their worst entries."""
        bad = [array for array in self.arrays if array.wrong or array.inconclusive]
        worst = [d for d in self.worst if d.verdict in (EntryVerdict.WRONG, EntryVerdict.INCONCLUSIVE)]
        beside = "numeric" if any(d.error_bar for d in worst) else "exact"
        return cell(
            f"{marked(str(self.verdict))}: {shown(self.reason)}",
            shown(self.remedy, 500),
            table(("array", "wrong", "inconclusive", "of"), map(_array_row, bad[:SHOWN])),
            table(("entry", "analytic", beside, "relative", "verdict"), map(_entry_row, worst[:SHOWN])),
        )


def _array_row(array: ArraySummary) -> tuple[str, ...]:
    return array.name[:LONGEST_NAME], f"{array.wrong:,}", f"{array.inconclusive:,}", f"{array.entries:,}"


def _entry_row(d: Discrepancy) -> tuple[str, ...]:
    where = f"{d.name[:LONGEST_NAME]}[{', '.join(map(str, d.index))}]" if d.index else d.name[:LONGEST_NAME]
    numeric = f"{d.numeric:.6g} ± {d.error_bar:.1g}" if d.error_bar else f"{d.numeric:.6g}"
    return where, f"{d.analytic:.6g}", numeric, f"{d.relative:.2g}", str(d.verdict)
