"""Counting: what was planted, caught, named, located; what was right, and how it was taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gradcheck.results import CorrectCounts, FamilyCounts, FaultCounts, Finding, Verdict

MOST_NAMES = 6


@dataclass
class Tally:
    """One family's counts as they grow; ``missed`` and ``blamed`` name what went wrong."""

    id: str
    faults: int = 0
    caught: int = 0
    named: int = 0
    located: int = 0
    correct: int = 0
    wrong: int = 0
    inconclusive: int = 0
    missed: list[str] = field(default_factory=list)
    blamed: list[str] = field(default_factory=list)

    def fault(self, name: str, *, caught: bool, named: bool, located: bool) -> None:
        """One planted fault."""
        self.faults += 1
        self.caught += caught
        self.named += named
        self.located += located
        if not caught:
            self.missed.append(name)

    def right(self, name: str, verdict: Verdict) -> None:
        """One correct gradient."""
        self.correct += 1
        self.wrong += verdict not in (Verdict.PASS, Verdict.INCONCLUSIVE)
        self.inconclusive += verdict is Verdict.INCONCLUSIVE
        if verdict not in (Verdict.PASS, Verdict.INCONCLUSIVE):
            self.blamed.append(name)

    def counts(self) -> FamilyCounts:
        """The counts as a result."""
        return FamilyCounts(
            self.id,
            FaultCounts(self.faults, self.caught, self.named, self.located),
            CorrectCounts(self.correct, self.wrong, self.inconclusive),
        )


def finding(check: str, tallies: Sequence[Tally]) -> Finding:
    """A pass where every fault was caught and no right one blamed; else what was not, by name."""
    missed = [name for tally in tallies for name in tally.missed]
    blamed = [name for tally in tallies for name in tally.blamed]
    faults, correct = sum(t.faults for t in tallies), sum(t.correct for t in tallies)
    message = f"{faults - len(missed):,} of {faults:,} faults caught, {len(blamed):,} of {correct:,} right ones blamed"
    if missed:
        message += f"; missed: {_some(missed)}"
    if blamed:
        message += f"; blamed: {_some(blamed)}"
    return Finding(check, Verdict.FAIL if missed or blamed else Verdict.PASS, f"{message}.")


def _some(names: list[str]) -> str:
    rest = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return "; ".join(names[:MOST_NAMES]) + rest
