"""``check_file``: a submission in, one result out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gradcheck.errors import CouldNotRunError, UsageError
from gradcheck.results import ArraySummary, CheckResult, Discrepancy, EntryVerdict, Finding, Verdict
from gradcheck.sandbox.faults import SubmissionFault
from gradcheck.sandbox.launch import Launched
from gradcheck.sandbox.limits import Limits
from gradcheck.sandbox.overview import Overview
from gradcheck.sandbox.session import Session, open_session
from gradcheck.submissions.judging.asked import SessionModel
from gradcheck.submissions.judging.cases import judge_case
from gradcheck.submissions.judging.engines.judge import judge_engine
from gradcheck.submissions.judging.models import judge_model
from gradcheck.submissions.judging.part import Part, gravest
from gradcheck.submissions.options import CheckOptions, require_known, with_assignment
from gradcheck.versions import versions

Progress = Callable[[str], None]
OTHERWISE = "say so with --activation, --cost, --reduction, --class, --family, or an assignment file"
OTHERWISE_OF_CASES = {"layers": "--class, --forward, --backward, ", "engine": "--class, ", "recurrent": "--class, "}
"""What is worth saying of what is no network; of the rest, only what it is taken for."""
FEW = 6


def check_file(
    target: str | Path | object,
    *,
    options: CheckOptions | None = None,
    assignment: str | Path | None = None,
    progress: Progress | None = None,
    launched: Launched | None = None,
    **said: Any,
) -> CheckResult:
    """Whether the backprop in a file, notebook, folder, ``module:attribute`` or live object is right, and if not, why.

    Args:
        target: what to check; a path is executed in a worker process, definitions only.
        options: everything that may be said about it; or its fields as keywords
            (``check_file("net.py", cost="cross_entropy")``).
        assignment: a TOML file that says what the submission should compute.
        progress: called with what is looked at next.
        launched: a worker that is starting already, with the limits that these options ask for.

    Returns:
        A ``CheckResult``; ``bool(result)`` is true for a pass only. What cannot be run gives the verdict error or
        timeout, with the sentence that its author needs.

    Raises:
        UsageError: where there is no such target, or an option makes no sense.

    It cannot see what a submission does besides computing a gradient: its training loop is not judged.
    """
    started = time.perf_counter()
    asked = replace(options or CheckOptions(), **said)
    if assignment is not None:
        asked = with_assignment(asked, Path(assignment))
    require_known(asked)
    name = str(target) if isinstance(target, str | Path) else getattr(target, "__name__", type(target).__name__)
    try:
        result = _checked(name, target, asked, progress or _silent, launched)
    except UsageError:
        raise
    except SubmissionFault as fault:
        verdict = Verdict.TIMEOUT if fault.kind == "timeout" else Verdict.ERROR
        result = CheckResult(name, verdict, str(fault), checks=(Finding("load", verdict, str(fault)),))
    except CouldNotRunError as error:
        finding = Finding("load", Verdict.ERROR, str(error))
        result = CheckResult(name, Verdict.ERROR, str(error), checks=(finding,))
    return replace(result, seconds=time.perf_counter() - started, seed=asked.seed, versions=versions())


def _silent(what: str) -> None:
    """Nobody wants to know."""


def _checked(
    name: str, target: object, options: CheckOptions, progress: Progress, launched: Launched | None
) -> CheckResult:
    """The result; where a network cannot be judged as one, it may still be as a layer under any upstream gradient."""
    result = _checked_as(name, target, options, progress, launched)
    if result.verdict is not Verdict.INCONCLUSIVE or options.hints.family or options.hints.names:
        return result
    layer = replace(options, hints=replace(options.hints, family="layers"))
    second = _checked_as(name, target, layer, progress)
    layers = second.verdict is Verdict.PASS and "upstream" in second.network  # right activations alone prove nothing
    return second if layers or second.verdict is Verdict.FAIL else result


def _checked_as(
    name: str, target: object, options: CheckOptions, progress: Progress, launched: Launched | None = None
) -> CheckResult:
    isolate = options.isolate if isinstance(target, str | Path) else "off"
    limits = Limits.of_call(options.timeout)
    with open_session(target, hints=options.hints, isolate=isolate, limits=limits, launched=launched) as session:
        parts = _parts(session, options, progress)
        if not parts:
            return _nothing(name, session.overview)
        return replace(merged(name, parts, session.overview), isolation=session.overview.isolation)


def _parts(session: Session, options: CheckOptions, progress: Progress) -> list[Part]:
    overview = session.overview
    parts = []
    for index, model in enumerate(overview.models):
        progress(model.title)
        parts.append(judge_model(SessionModel(session, index), options, progress))
    engines: dict[str, list[int]] = {}
    for index, case in enumerate(overview.cases):
        if case.formula:
            engines.setdefault(case.group, []).append(index)
            continue
        progress(case.title)
        parts.append(judge_case(session, index, options))
    for name, indices in engines.items():
        progress(name)
        parts.append(judge_engine(session, indices, options))
    return parts


FRAMEWORKS = ("theano", "tensorflow", "keras", "mxnet", "chainer", "lasagne", "tflearn", "cntk")
"""Libraries that differentiate by themselves."""


def _framework(overview: Overview) -> str:
    """The library that makes a submission's gradients, where one does."""
    imported = (note.split()[2] for note in overview.notes if note.startswith("the module "))
    name = next((name for name in imported if name.partition(".")[0] in FRAMEWORKS), "")
    return f"its gradients are made by {name}, not by hand" if name else ""


def _nothing(name: str, overview: Overview) -> CheckResult:
    said = [sentence for sentence in (_framework(overview), *overview.unfinished) if sentence]
    what = f": {'; '.join(said[:3])}" if said else ""
    reason = f"No forward and backward pass was found in {name}{what}."
    remedy = (
        "Define a class with weights, biases and a method backprop(x, y) that returns their gradient, "
        "or say what to look at with --class, --backward, --family, or file.py:name."
    )
    checks = (Finding("understand", Verdict.ERROR, reason),)
    return CheckResult(name, Verdict.ERROR, reason, remedy, checks=checks, notes=overview.notes)


def merged(name: str, parts: Sequence[Part], overview: Overview) -> CheckResult:
    """One result from all parts; arrays carry their part's title where there are several."""
    verdict = gravest([part.verdict for part in parts])
    shown = next(part for part in parts if part.verdict is verdict)
    several = len(parts) > 1
    reason = f"{shown.title}: {shown.reason}" if several and verdict is not Verdict.PASS else shown.reason
    if several and verdict is Verdict.PASS:
        reason = f"All {len(parts)} parts are right."
    return CheckResult(
        target=name,
        verdict=verdict,
        reason=reason,
        remedy=shown.remedy,
        interface=_interface(parts),
        network=_network(parts),
        otherwise=_otherwise(parts, overview),
        inputs_first=shown.inputs_first,
        checks=tuple(_titled(f, part, several=several) for part in parts for f in part.findings),
        arrays=tuple(_array(a, part, several=several) for part in parts for a in part.arrays),
        worst=tuple(sorted((_entry(d, p, several=several) for p in parts for d in p.worst), key=_gravity))[:10],
        diagnosis=tuple(d for part in parts for d in part.diagnosis),
        flags=tuple(flag for part in parts for flag in part.flags),
        evaluations=sum(part.evaluations for part in parts),
        method=shown.method,
        tolerance=shown.tolerance,
        resolution=shown.resolution,
        notes=tuple(dict.fromkeys((*overview.notes, *(n for part in parts for n in part.notes)))),
    )


def _otherwise(parts: Sequence[Part], overview: Overview) -> str:
    """How to correct what was understood, with the options that change something for these parts."""
    if overview.models:
        return OTHERWISE
    named = OTHERWISE_OF_CASES.get(parts[0].family, "")
    return f"say so with {named}--family, or file.py:name"


def _gravity(d: Discrepancy) -> tuple[int, float]:
    """For ordering: wrong entries first, then by how many times the allowed difference they are off, NaN first."""
    rank = (EntryVerdict.WRONG, EntryVerdict.INCONCLUSIVE, EntryVerdict.KINK, EntryVerdict.RIGHT).index(d.verdict)
    multiple = d.absolute / d.allowed if d.allowed else math.inf
    return rank, -math.inf if math.isnan(multiple) else -multiple


def _interface(parts: Sequence[Part]) -> str:
    return f"{', '.join(dict.fromkeys(part.family for part in parts))}: {_listed(parts)}"


def _listed(parts: Sequence[Part]) -> str:
    """The titles of the parts; what all begin with is said once, and of many the first few are named."""
    titles = list(dict.fromkeys(part.title for part in parts))
    beginning = titles[0].partition(", ")[0] + ", "
    if len(titles) == 1 or not all(title.startswith(beginning) for title in titles):
        beginning = ""
    named = "; ".join(title.removeprefix(beginning) for title in titles[:FEW])
    more = f" and {len(titles) - FEW} more" if len(titles) > FEW else ""
    return f"{beginning.replace(', ', ': ')}{named}{more}"


def _network(parts: Sequence[Part]) -> str:
    return "; ".join(dict.fromkeys(part.sentence for part in parts[:4] if part.sentence))


def _titled(finding: Finding, part: Part, *, several: bool) -> Finding:
    return replace(finding, id=f"{part.title}: {finding.id}") if several else finding


def _array(summary: ArraySummary, part: Part, *, several: bool) -> ArraySummary:
    if not several:
        return summary
    worst = _entry(summary.worst, part, several=True) if summary.worst is not None else None
    return replace(summary, name=f"{part.title}: {summary.name}", worst=worst)


def _entry(discrepancy: Discrepancy, part: Part, *, several: bool) -> Discrepancy:
    return replace(discrepancy, name=f"{part.title}: {discrepancy.name}") if several else discrepancy
