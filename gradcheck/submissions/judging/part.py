"""What was found of one model or case; a submission's result is made of these."""

from __future__ import annotations

from dataclasses import dataclass

from gradcheck.results import ArraySummary, Diagnosis, Discrepancy, Finding, Verdict

GRAVITY = (Verdict.FAIL, Verdict.ERROR, Verdict.TIMEOUT, Verdict.INCONCLUSIVE, Verdict.PASS)


@dataclass(frozen=True)
class Part:
    """The verdict on one model or case, and everything that a person may want to know about it."""

    title: str
    family: str
    verdict: Verdict
    reason: str
    remedy: str = ""
    sentence: str = ""
    findings: tuple[Finding, ...] = ()
    arrays: tuple[ArraySummary, ...] = ()
    worst: tuple[Discrepancy, ...] = ()
    diagnosis: tuple[Diagnosis, ...] = ()
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    evaluations: int = 0
    tolerance: str = ""
    resolution: float | None = None
    method: str = ""
    inputs_first: bool = False


def gravest(verdicts: list[Verdict]) -> Verdict:
    """The verdict on a whole from those on its parts: any failure counts, then what could not be run, then doubt."""
    return min(verdicts, key=GRAVITY.index, default=Verdict.PASS)
