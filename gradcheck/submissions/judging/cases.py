"""One case: named arrays, a cost and a gradient, judged by differences at a few points."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gradcheck.diagnose import diagnose_layer, diagnose_through_time, misshapen_array
from gradcheck.results import CheckResult, Diagnosis, Finding, Verdict
from gradcheck.sandbox.faults import SubmissionFault
from gradcheck.sandbox.session import Session, SubmissionCase
from gradcheck.submissions.judging.blackbox import judged_by_differences
from gradcheck.submissions.judging.part import Part
from gradcheck.submissions.judging.unknown import EXPLAINED, combined, mapped
from gradcheck.submissions.judging.vanishing import with_zeros
from gradcheck.submissions.options import CheckOptions
from gradcheck.submissions.subjects import CaseInfo, Named

POINTS = 2


def judge_case(session: Session, index: int, options: CheckOptions) -> Part:
    """The verdict on the case with that index in the session's overview."""
    info, case = session.overview.cases[index], session.case(index)
    part = Part(info.title, info.family, Verdict.PASS, "", sentence=info.equation, notes=info.notes)
    try:
        results = [_at_point(case, info, options, options.seed + number) for number in range(POINTS)]
    except SubmissionFault as fault:
        verdict = {"timeout": Verdict.TIMEOUT, "bad return": Verdict.FAIL}.get(fault.kind, Verdict.ERROR)
        finding = Finding(info.id, verdict, str(fault), info.equation)
        return replace(part, verdict=verdict, reason=str(fault), findings=(finding,))
    diagnosis = _diagnosed(case, results, options)
    part = combined(part, results, diagnosis)
    summary = Finding(info.id, part.verdict, f"{info.title}: {part.reason}", info.equation)
    return replace(part, findings=(summary, *(f for f in part.findings if f.id != "values")))


def _at_point(case: SubmissionCase, info: CaseInfo, options: CheckOptions, seed: int) -> CheckResult:
    case.gradient(case.point(seed), seed)  # what it raises, and what is missing in it, is said in its own words
    result = judged_by_differences(
        lambda point: float(case.cost(point, seed)),
        lambda point: case.gradient(point, seed),
        dict(case.point(seed)),
        precision=info.precision,
        seed=options.seed,
        target=info.title,
    )
    return with_zeros(result)


def _diagnosed(case: SubmissionCase, results: list[CheckResult], options: CheckOptions) -> tuple[Diagnosis, ...] | None:
    """What explains the first wrong answer; None where nothing is known of the case but its numbers."""
    number = next((i for i, result in enumerate(results) if result.verdict is Verdict.FAIL), None)
    if number is None:
        return None
    seed = options.seed + number
    try:
        point, facts = case.point(seed), case.facts(seed)
        returned = case.gradient(point, seed) if facts else {}
    except SubmissionFault:
        return None
    misfit = tuple(d for name, array in returned.items() if (d := misshapen_array(name, array, point[name].shape)))
    analytic, numeric = mapped(results[number])
    if not facts or not analytic:
        return misfit or None
    through_time = diagnose_through_time(analytic, numeric, {**point, **_sequence(facts)})
    if through_time or "sequence" in facts:
        return through_time or None
    found = diagnose_layer(analytic, numeric, {**point, **facts})
    return (*misfit, *(d for d in found if d.explains >= EXPLAINED))


def _sequence(facts: Named) -> Named:
    """The facts of a layer as those of a recurrent network over one sequence, where its input may be one."""
    if not {"x", "output", "upstream"} <= facts.keys():
        return facts
    x, output, upstream = (np.asarray(facts[name]) for name in ("x", "output", "upstream"))
    rows = x.reshape(len(x), -1) if x.ndim else x.reshape(1, 1)
    size = (len(rows) if output.ndim and len(output) == len(rows) else 1, -1)
    return {"sequence": rows, "outputs": output.reshape(size), "slopes": upstream.reshape(size)}
