"""One case: named arrays, a cost and a gradient, judged by differences at a few points."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from gradcheck.results import CheckResult, Finding, Verdict
from gradcheck.sandbox.faults import SubmissionFault
from gradcheck.submissions.judging.blackbox import judged_by_differences
from gradcheck.submissions.judging.part import Part
from gradcheck.submissions.judging.unknown import combined
from gradcheck.submissions.options import CheckOptions
from gradcheck.submissions.subjects import Case

POINTS = 2


class _Touches(Protocol):
    touched: tuple[str, ...]


def judge_case(case: Case, options: CheckOptions) -> Part:
    """The verdict on one case."""
    info = case.info
    part = Part(info.title, info.family, Verdict.PASS, "", sentence=info.equation, notes=info.notes)
    try:
        results = [_at_point(case, options, options.seed + number) for number in range(POINTS)]
    except SubmissionFault as fault:
        verdict = {"timeout": Verdict.TIMEOUT, "bad return": Verdict.FAIL}.get(fault.kind, Verdict.ERROR)
        finding = Finding(info.id, verdict, str(fault), info.equation)
        return replace(part, verdict=verdict, reason=str(fault), findings=(finding,))
    part = combined(part, results)
    summary = Finding(info.id, part.verdict, f"{info.title}: {part.reason}", info.equation)
    return replace(part, findings=(summary, *(f for f in part.findings if f.id != "values")))


def _at_point(case: Case, options: CheckOptions, seed: int) -> CheckResult:
    return judged_by_differences(
        lambda point: float(case.cost(point, seed)),
        lambda point: case.gradient(point, seed),
        dict(case.point(seed)),
        precision=case.info.precision,
        seed=options.seed,
        target=case.info.title,
    )
