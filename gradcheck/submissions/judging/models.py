"""One model: understood, put into every situation, asked how it behaves; then one verdict and its reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.checks.wording import reason_and_remedy
from gradcheck.compare import Comparison
from gradcheck.errors import CouldNotRunError
from gradcheck.reference import CostRecognition
from gradcheck.results import Diagnosis, Finding, Verdict
from gradcheck.sandbox.faults import SubmissionFault
from gradcheck.submissions.judging.asked import Asked, Maker, distinct_sizes
from gradcheck.submissions.judging.behaviour import behaviour
from gradcheck.submissions.judging.naming import diagnosed
from gradcheck.submissions.judging.part import Part, gravest
from gradcheck.submissions.judging.reported import cost_at_fault
from gradcheck.submissions.judging.situations import Situation, situations
from gradcheck.submissions.judging.understanding import Understanding, agrees, at_depth, understand
from gradcheck.submissions.judging.unknown import judge_unknown, penalised, with_penalty
from gradcheck.submissions.judging.values import Outcome, judge, judge_given_error, said_of_reshaped
from gradcheck.submissions.options import CheckOptions
from gradcheck.submissions.subjects import Model

PROBES = 6
ENOUGH_SAID = 2  # further situations that fail after the first say nothing new
Progress = Callable[[str], None]


def judge_model(model: Model, options: CheckOptions, progress: Progress) -> Part:
    """The verdict on one model."""
    info, make = model.info, Maker(model, options.seed)
    part = Part(info.title, info.family, Verdict.PASS, "", notes=info.notes)
    try:
        make, understanding = understand(make, options)
    except SubmissionFault as fault:
        return _could_not_run(part, fault, "forward")
    except CouldNotRunError:
        return judge_unknown(part, model, None, options)
    part = replace(part, sentence=understanding.sentence, notes=(*part.notes, *understanding.notes))
    if understanding.cost is None:
        return judge_unknown(part, model, understanding, options)
    other = understanding.cost.reported and not understanding.cost.penalty.factor and penalised(model, options)
    outcomes, skipped = _outcomes(make, understanding, options, progress, l2=not other)
    part = replace(part, notes=(*part.notes, *skipped))
    part = _concluded(part, make, understanding, outcomes, options)
    return with_penalty(part, model, options) if other and part.verdict is Verdict.PASS else part


def _could_not_run(part: Part, fault: SubmissionFault, where: str) -> Part:
    verdict = Verdict.TIMEOUT if fault.kind == "timeout" else Verdict.ERROR
    verdict = Verdict.FAIL if fault.kind == "bad return" else verdict
    finding = Finding(f"run/{where}", verdict, str(fault))
    remedy = "Correct this first: nothing can be compared before it answers."
    return replace(part, verdict=verdict, reason=str(fault), remedy=remedy, findings=(finding,))


def _outcomes(
    make: Maker, understanding: Understanding, options: CheckOptions, progress: Progress, *, l2: bool
) -> tuple[list[Outcome | Finding], list[str]]:
    """Every situation in turn, and what is to be said of those where its forward pass raises.

    After a few failures of the same kind the rest is left out; so are situations with λ, unless *l2*.
    """
    found: list[Outcome | Finding] = []
    skipped: list[str] = []
    for number, situation in enumerate(situations(make.info, options)):
        failures = [f for f in found if _finding(f).verdict is not Verdict.PASS]
        slow = any(_finding(f).verdict is Verdict.TIMEOUT for f in found)
        if situation.l2 and not l2:
            continue
        if slow or (len(failures) > ENOUGH_SAID and len(found) > PROBES):
            break
        progress(situation.id)
        rng = np.random.default_rng((options.seed, number))
        outcome = _outcome(make, understanding, situation, rng)
        if isinstance(outcome, str):
            skipped.append(outcome)
        elif outcome is not None:
            found.append(outcome)
    return found, skipped


def _finding(outcome: Outcome | Finding) -> Finding:
    return outcome if isinstance(outcome, Finding) else outcome.finding


def _outcome(
    make: Maker, understanding: Understanding, situation: Situation, rng: np.random.Generator
) -> Outcome | Finding | str | None:
    """What one situation shows; a sentence where its forward pass raises; None where it is made for no such network."""
    known = at_depth(understanding, len(situation.sizes) - 1)
    if known is None or understanding.cost is None:
        return None
    cost = replace(understanding.cost, activations=known)
    asked = _suited(make, situation, cost, options_seed=int(rng.integers(2**31)))
    if not isinstance(asked, Asked):
        return asked
    try:
        return judge(asked, situation, cost, rng, make.info.precision)
    except SubmissionFault as fault:
        return _raised(situation, fault)


def _suited(make: Maker, situation: Situation, cost: CostRecognition, options_seed: int) -> Asked | str | None:
    """A fresh network for the situation, if it can be built and its forward pass is the expected one there."""
    try:
        asked = make.build(situation.sizes)
    except (SubmissionFault, CouldNotRunError):
        return None
    try:
        if not make.info.forward or not situation.judged:
            return asked
        named, x, _ = situation.draw(np.random.default_rng(options_seed), biases=asked.layout.biases)
        network = cost.activations
        usual = asked.sizes == distinct_sizes(make.info, len(asked.sizes) - 2)
        return asked if usual or agrees(asked, network, named, x) else None
    except SubmissionFault as fault:
        return f"not judged: {_raised(situation, fault).message}"


def _raised(situation: Situation, fault: SubmissionFault) -> Finding:
    verdict = {"timeout": Verdict.TIMEOUT, "bad return": Verdict.FAIL}.get(fault.kind, Verdict.ERROR)
    where = "-".join(map(str, situation.sizes))
    return Finding(f"values/{situation.id.replace(' ', '-')}", verdict, f"{situation.id} ({where}): {fault}")


@dataclass(frozen=True)
class _Shown:
    """The outcome whose arrays a person sees: the first that is wrong, else the largest network."""

    outcome: Outcome | None

    @classmethod
    def of(cls, outcomes: Sequence[Outcome | Finding]) -> _Shown:
        compared = [o for o in outcomes if isinstance(o, Outcome) and o.comparison is not None]
        failing = [o for o in compared if o.comparison is not None and o.comparison.verdict is not Verdict.PASS]
        largest = max(compared, key=lambda o: sum(o.situation.sizes), default=None)
        return cls(failing[0] if failing else largest)


def _concluded(
    part: Part, make: Maker, understanding: Understanding, outcomes: list[Outcome | Finding], options: CheckOptions
) -> Part:
    own, flags = _behaviour(make, options)
    forward = _forward_finding(understanding)
    findings = (*forward, *(_finding(o) for o in outcomes), *own)
    verdict = gravest([f.verdict for f in findings])
    diagnosis = _explained(make, understanding, outcomes, options) if verdict is Verdict.FAIL else ()
    shown = _Shown.of(outcomes).outcome
    if verdict is Verdict.FAIL and not (understanding.certain or diagnosis or _structural(findings)):
        anyway = _wrong_for_any_cost(make, understanding, options)
        verdict = Verdict.INCONCLUSIVE if anyway is None else Verdict.FAIL
        shown, findings = (shown, findings) if anyway is None else (anyway, (anyway.finding, *findings))
    part = _with_arrays(replace(part, verdict=verdict, findings=findings, flags=flags, diagnosis=diagnosis), shown)
    judged = [outcome for outcome in outcomes if isinstance(outcome, Outcome)]
    notes = dict.fromkeys((*part.notes, *said_of_reshaped(judged), *(note for o in judged for note in o.notes)))
    reason, remedy = _said(part, shown, outcomes)
    return replace(part, notes=tuple(notes), reason=reason, remedy=remedy)


def _explained(
    make: Maker, understanding: Understanding, outcomes: list[Outcome | Finding], options: CheckOptions
) -> tuple[Diagnosis, ...]:
    """The slip in the gradient, unless it is right and the reported cost is not."""
    cost = cost_at_fault(make, understanding, options)
    return (cost,) if cost is not None else diagnosed(outcomes, make.info, understanding)


def _wrong_for_any_cost(make: Maker, understanding: Understanding, options: CheckOptions) -> Outcome | None:
    """An outcome that no choice of the cost could explain, where there is one."""
    hidden = 1 if make.info.hidden_layers is None else make.info.hidden_layers
    sizes = distinct_sizes(make.info, hidden)
    known = at_depth(understanding, len(sizes) - 1)
    if known is None or understanding.cost is None:
        return None
    cost = replace(understanding.cost, activations=known)
    situation = Situation("one example", sizes, 1)
    try:
        rng = np.random.default_rng(options.seed)
        outcome = judge_given_error(make.build(sizes), situation, cost, rng, make.info.precision)
    except SubmissionFault:
        return None
    return outcome if outcome is not None and outcome.finding.verdict is Verdict.FAIL else None


def _structural(findings: tuple[Finding, ...]) -> bool:
    """Whether something is wrong that no choice of the cost could explain."""
    return any(f.verdict is Verdict.FAIL and "wrong" not in f.message for f in findings)


def _forward_finding(understanding: Understanding) -> tuple[Finding, ...]:
    if understanding.disagreement:
        return (Finding("forward", Verdict.FAIL, understanding.disagreement),)
    if understanding.forward is None:
        return ()
    return (Finding("forward", Verdict.PASS, f"the forward pass is a network we know: {understanding.sentence}"),)


def _behaviour(make: Maker, options: CheckOptions) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    sizes = distinct_sizes(make.info, 1 if make.info.hidden_layers is None else make.info.hidden_layers)
    situation = Situation("behaviour", sizes, make.info.examples or 4)
    try:
        return behaviour(make, situation, options.seed)
    except SubmissionFault as fault:
        verdict = Verdict.TIMEOUT if fault.kind == "timeout" else Verdict.ERROR
        return (Finding("behaviour", verdict, str(fault)),), ()


def _with_arrays(part: Part, shown: Outcome | None) -> Part:
    if shown is None or shown.comparison is None:
        return part
    comparison: Comparison = shown.comparison
    return replace(
        part,
        arrays=comparison.summaries(),
        worst=comparison.worst(),
        resolution=comparison.resolution,
        inputs_first=shown.inputs_first,
        method="exact gradient of the recognised network (BP1-BP4)",
        notes=(*part.notes, f"the arrays shown are those of: {shown.finding.message.partition(':')[0]}"),
    )


def _said(part: Part, shown: Outcome | None, outcomes: Sequence[Outcome | Finding]) -> tuple[str, str]:
    """Reason and remedy in one sentence each."""
    broken = [f for f in part.findings if f.verdict is part.verdict]
    if part.verdict is Verdict.PASS:
        return _praised(part, outcomes), ""
    if part.diagnosis:
        remedy = f"Read {part.diagnosis[0].equation} again: gradcheck check --explain derives it."
        return part.diagnosis[0].message, remedy if part.diagnosis[0].equation else ""
    if part.verdict is Verdict.INCONCLUSIVE and shown is not None:
        return (
            f"The gradient fits no cost that is known here, and none is reported; understood: {part.sentence}.",
            "Say which cost it trains on: --cost quadratic, cross_entropy or log_likelihood, --reduction sum or mean.",
        )
    if shown is not None and shown.comparison is not None and part.verdict is Verdict.FAIL and _is_about(broken, shown):
        _, reason, remedy = reason_and_remedy(shown.comparison, ())
        return reason, remedy
    return broken[0].message, "Correct this and check again."


def _is_about(broken: list[Finding], shown: Outcome) -> bool:
    return bool(broken) and broken[0].id.startswith("values/") and shown.finding.verdict is Verdict.FAIL


def _praised(part: Part, outcomes: Sequence[Outcome | Finding]) -> str:
    compared = [o for o in outcomes if isinstance(o, Outcome) and o.comparison is not None]
    entries = sum(b.analytic.size for o in compared if o.comparison is not None for b in o.comparison.blocks)
    worst = max((a.max_relative for a in part.arrays), default=0.0)
    return (
        f"All {entries:,} entries in {len(compared)} situations agree with the exact gradient "
        f"(to {worst:.1g} in the largest network); an error above {part.resolution or 0.0:.1g} would have been seen."
    )
