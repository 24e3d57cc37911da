"""What the verification suite found: each check, and how well the checker itself detects, locates and acquits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gradcheck.results.check import Finding
from gradcheck.results.codec import Stored
from gradcheck.results.notebook import cell, marked, shown, table
from gradcheck.results.verdicts import Verdict


@dataclass(frozen=True)
class FaultCounts:
    """Planted faults: how many, and how many of them were caught, named, and located in the right arrays."""

    total: int = 0
    caught: int = 0
    named: int = 0
    located: int = 0


@dataclass(frozen=True)
class CorrectCounts:
    """Correct gradients: how many, how many were called wrong (false alarms), and how many inconclusive."""

    total: int = 0
    wrong: int = 0
    inconclusive: int = 0


@dataclass(frozen=True)
class RuleCounts:
    """What another rule would have said of the same cases: its misses and its false alarms."""

    rule: str
    faults: int
    missed: int
    correct: int
    blamed: int
    evaluations: float = 0.0


@dataclass(frozen=True)
class SizeCounts:
    """Faults whose size, in units of the resolution stated for the right gradient, is in [low, high)."""

    low: float
    high: float
    total: int = 0
    caught: int = 0


@dataclass(frozen=True)
class FamilyCounts:
    """One family of networks, or of submissions, with median and largest evaluations per entry.

    ``faults`` counts those above the stated resolution; ``by_size`` all, also those below it.
    """

    id: str
    faults: FaultCounts = FaultCounts()
    correct: CorrectCounts = CorrectCounts()
    evaluations_median: float = 0.0
    evaluations_max: float = 0.0
    by_size: tuple[SizeCounts, ...] = ()


@dataclass(frozen=True)
class SuiteResult(Stored):
    """A whole run of the verification suite."""

    verdict: Verdict
    reason: str
    faults: FaultCounts
    correct: CorrectCounts
    families: tuple[FamilyCounts, ...] = ()
    rules: tuple[RuleCounts, ...] = ()
    checks: tuple[Finding, ...] = ()
    seconds: float = 0.0
    seed: int | None = None
    command: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.verdict is Verdict.PASS

    def _repr_html_(self) -> str:
        """The verdict with its reason, and the checks that did not pass."""
        rows = ((f.id, str(f.verdict), f.message) for f in self.checks if f.verdict is not Verdict.PASS)
        return cell(
            f"{marked(str(self.verdict))}: {shown(self.reason)}",
            table(("check", "verdict", "message"), rows),
        )
