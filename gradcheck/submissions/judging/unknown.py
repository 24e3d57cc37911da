"""A model that is none of our networks, or whose cost is: judged by differences of its own cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.diagnose import diagnose_arrays
from gradcheck.results import CheckResult, Diagnosis, Finding, Verdict
from gradcheck.sandbox.faults import SubmissionFault
from gradcheck.submissions.judging.asked import distinct_sizes
from gradcheck.submissions.judging.blackbox import judged_by_differences
from gradcheck.submissions.judging.part import Part, gravest
from gradcheck.submissions.judging.understanding import Understanding
from gradcheck.submissions.options import CheckOptions
from gradcheck.submissions.subjects import Model, ModelInfo, Net

Array = NDArray[Any]
POINTS = 2
L2 = 0.3
EXPLAINED = 0.99
ASK = "Say which activations and cost it has: --activation, --cost, --reduction, or an assignment file."


def judge_unknown(part: Part, model: Model, understanding: Understanding | None, options: CheckOptions) -> Part:
    """The verdict by differences of the cost that the submission reports; inconclusive where it reports none."""
    info = model.info
    if not info.cost:
        reason = (
            "The forward pass is none of the networks that are known here, and no cost is reported to differentiate."
        )
        finding = Finding("forward", Verdict.INCONCLUSIVE, reason)
        return replace(part, verdict=Verdict.INCONCLUSIVE, reason=reason, remedy=ASK, findings=(finding,))
    try:
        results = [_at_point(model, options, number) for number in range(POINTS)]
        if penalised(model, options):
            results.append(_penalty_named(_at_point(model, options, 0, L2)))
    except SubmissionFault as fault:
        verdict = Verdict.TIMEOUT if fault.kind == "timeout" else Verdict.ERROR
        finding = Finding("run/gradient", verdict, str(fault))
        return replace(part, verdict=verdict, reason=str(fault), findings=(finding,))
    sentence = understanding.sentence if understanding is not None else "not a chain of layers"
    return combined(replace(part, sentence=f"{sentence}; judged by differences of its own cost"), results)


def _drawn(model: Model, options: CheckOptions, number: int) -> tuple[Net, Array, Array, dict[str, Array]]:
    """A network with inputs, targets and parameters."""
    info = model.info
    sizes = distinct_sizes(info, 1 if info.hidden_layers is None else info.hidden_layers)
    net = model.build(sizes, options.seed + number)
    x, y = _data(info, sizes, np.random.default_rng((options.seed, number)))
    return net, x, y, _spread(net, options.seed + number)


def penalised(model: Model, options: CheckOptions) -> bool:
    """Whether λ changes the reported cost: where it does not, differences say nothing of a penalty."""
    if not model.info.l2:
        return False
    net, x, y, at = _drawn(model, options, 0)
    try:
        return bool(abs(float(net.cost(at, x, y, L2)) - float(net.cost(at, x, y, 0.0))) > 0.0)
    except (SubmissionFault, TypeError, ValueError):
        return False


def with_penalty(part: Part, model: Model, options: CheckOptions) -> Part:
    """A part that is right without a penalty, judged by differences of its own cost with one that is no Σ w²."""
    try:
        result = _penalty_named(_at_point(model, options, 0, L2))
    except SubmissionFault as fault:
        finding = Finding("run/penalty", Verdict.ERROR, f"With λ = {L2:g}: {fault}")
        return replace(part, verdict=Verdict.ERROR, reason=finding.message, findings=(*part.findings, finding))
    note = "what λ adds to the cost is no L2 term: judged by differences of the reported cost"
    part = replace(
        part, notes=(*part.notes, note), sentence=part.sentence.replace("no L2 term", "a penalty of its own")
    )
    if result.verdict is Verdict.PASS:
        return replace(part, findings=(*part.findings, *result.checks))
    return combined(part, [result])


def _penalty_named(result: CheckResult) -> CheckResult:
    """The result of a point with a penalty, which says so; without one, the same point was judged already."""
    if result.verdict is Verdict.PASS:
        return result
    return replace(result, reason=f"With λ = {L2:g}: {result.reason[:1].lower()}{result.reason[1:]}")


def _at_point(model: Model, options: CheckOptions, number: int, l2: float = 0.0) -> CheckResult:
    info = model.info
    net, x, y, at = _drawn(model, options, number)
    return judged_by_differences(
        lambda point: net.cost(point, x, y, l2),
        lambda point: net.gradient(point, x, y, l2),
        at,
        precision=info.precision,
        seed=options.seed,
    )


def _data(info: ModelInfo, sizes: tuple[int, ...], rng: np.random.Generator) -> tuple[Array, Array]:
    m = info.examples or 3
    return rng.standard_normal((sizes[0], m)), np.eye(sizes[-1])[:, -1 - np.arange(m) % sizes[-1]]


def _spread(net: Net, seed: int) -> dict[str, Array]:
    """The network's own parameters, moved a little so that zeros (biases) are zeros no more."""
    rng = np.random.default_rng(seed)
    own: Mapping[str, Any] = net.parameters()
    return {name: np.asarray(a, dtype=float) + 0.1 * rng.standard_normal(np.shape(a)) for name, a in own.items()}


def mapped(result: CheckResult) -> tuple[dict[str, Array], dict[str, Array]]:
    """The analytic and numeric arrays of a result; small arrays are whole in their maps, others are left out."""
    whole = [(a, a.map) for a in result.arrays if a.map is not None and a.map.cell == (1, 1)]
    analytic = {a.name: np.array(m.analytic, dtype=float).reshape(a.shape) for a, m in whole}
    return analytic, {a.name: np.array(m.numeric, dtype=float).reshape(a.shape) for a, m in whole}


def named(result: CheckResult) -> tuple[Diagnosis, ...]:
    """What the wrong arrays have in common with the right ones."""
    analytic, numeric = mapped(result)
    if not analytic or not any(a.wrong for a in result.arrays):
        return ()
    return tuple(d for d in diagnose_arrays(analytic, numeric) if d.explains >= EXPLAINED)


def combined(part: Part, results: list[CheckResult], diagnosis: tuple[Diagnosis, ...] | None = None) -> Part:
    """The part with what several points showed: the first that is not a pass, if any, is shown."""
    verdict = gravest([result.verdict for result in results])
    shown = next(result for result in results if result.verdict is verdict)
    if diagnosis is None:
        diagnosis = named(shown) if verdict is Verdict.FAIL else ()
    said = "; ".join(d.message.rstrip(".") for d in diagnosis)
    return replace(
        part,
        verdict=verdict,
        reason=f"{said}. {shown.reason}" if said else shown.reason,
        diagnosis=diagnosis,
        remedy=shown.remedy,
        findings=tuple(dict.fromkeys(f for result in results for f in result.checks)),
        arrays=shown.arrays,
        worst=shown.worst,
        flags=shown.flags,
        tolerance=shown.tolerance,
        resolution=shown.resolution,
        method=shown.method,
        evaluations=sum(result.evaluations for result in results),
    )
