"""One engine: its formulas in a few requests, each against exact values; what is no known function by differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gradcheck.results import Finding, Verdict
from gradcheck.sandbox.batch import Answer
from gradcheck.sandbox.faults import SubmissionFault
from gradcheck.sandbox.session import Session
from gradcheck.submissions.formulas.catalogue import BY_TEXT
from gradcheck.submissions.judging.cases import judge_case
from gradcheck.submissions.judging.engines.evidence import BARE, by_operation, convictions, rooted
from gradcheck.submissions.judging.engines.naming import diagnoses, value_diagnosis
from gradcheck.submissions.judging.engines.outcomes import Outcome, outcome
from gradcheck.submissions.judging.part import Part, gravest
from gradcheck.submissions.options import CheckOptions

MAY_RAISE = ("**", "index", "max", "T", "transpose", "reshape", "flatten")
"""Operations beside the point: a way back through them that stops with an error misleads nobody."""

PRODUCTS = ("a @ b", "a.dot(b)")
"""Of matrices."""

POINTS = 3
AT_ONCE = 60
ARITHMETIC = ("+", "-", "*", "/", "negation", "power")
UNMISTAKABLE = ("exp(a)", "tanh(a)", "sin(a)", "cos(a)", "relu(a)", "sqrt(a)", "square(a)")
"""Functions of which there is one."""

BY_DIFFERENCES = ("direct", "inside")
METHOD = "exact derivatives of known expressions"


def judge_engine(session: Session, indices: Sequence[int], options: CheckOptions) -> Part:
    """The verdict on the engine whose formulas are the cases with those indices."""
    info = session.overview.cases[indices[0]]
    part = Part(info.group, info.family, Verdict.PASS, "", sentence=info.equation, method=METHOD)
    try:
        outcomes = _outcomes(session, indices, options)
    except SubmissionFault as fault:
        verdict = Verdict.TIMEOUT if fault.kind == "timeout" else Verdict.ERROR
        return replace(part, verdict=verdict, reason=str(fault), findings=(Finding(info.group, verdict, str(fault)),))
    if not any(one.right or (one.failed and one.status != "refused") for one in outcomes):
        return _nowhere(part, outcomes)
    unknown = [o for o in outcomes if o.status == "unlike" and not _arithmetic(o, outcomes)]
    others = [judge_case(session, o.index, options) for o in unknown if o.formula.role in BY_DIFFERENCES]
    return _with_others(_judged(part, session, outcomes, options), others)


def _nowhere(part: Part, outcomes: Sequence[Outcome]) -> Part:
    """The part where no expression at all could be gone back through."""
    reason = next((o.message for o in outcomes if o.message), "No expression could be gone back through.")
    finding = Finding(f"{part.title}: run", Verdict.ERROR, reason)
    return replace(part, verdict=Verdict.ERROR, reason=reason, findings=(finding,))


def _outcomes(session: Session, indices: Sequence[int], options: CheckOptions) -> list[Outcome]:
    infos = session.overview.cases
    answers = _answers(session, indices, options.seed)
    found = [outcome(i, infos[i], BY_TEXT[infos[i].formula], answers[i], options.seed) for i in indices]
    return [_claimed(one, found) for one in found]


def _claimed(one: Outcome, outcomes: Sequence[Outcome]) -> Outcome:
    """The outcome, where a way back that raises or is misshapen counts as wrong only if it has to work."""
    if one.formula.role == "broadcast":
        return _claimed_copies(one, [o for o in outcomes if o.right], products=any(map(_is_product, outcomes)))
    has_to = one.status == "raised" and one.formula.operation not in MAY_RAISE
    return replace(one, status="refused") if has_to else one


def _claimed_copies(one: Outcome, right: Sequence[Outcome], *, products: bool) -> Outcome:
    """Likewise for copies made by broadcasting.

    They have to be gone back through where another operation can do it. Wrong shapes count where there are matrix
    products, whose biases are copied; but not for columns, where rows come back right.
    """
    broadcast = [o.formula.text.partition(", ")[2] for o in right if o.formula.role == "broadcast"]
    side = one.formula.text.partition(", ")[2]
    if side in broadcast:
        return replace(one, status="refused") if one.status == "raised" else one
    rows_only = side.endswith("column") and "b (1, n)" in broadcast
    unclaimed = one.failed and (not products or rows_only)
    return replace(one, status="raised") if unclaimed else one


def _is_product(one: Outcome) -> bool:
    return one.formula.operation in PRODUCTS


def _answers(session: Session, indices: Sequence[int], seed: int) -> dict[int, list[Answer]]:
    found: dict[int, list[Answer]] = {index: [] for index in indices}
    for number in range(POINTS):
        for start in range(0, len(indices), AT_ONCE):
            for index, answer in session.answers(indices[start : start + AT_ONCE], seed + number).items():
                found[index].append(answer)
    return found


def _arithmetic(one: Outcome, outcomes: Sequence[Outcome]) -> bool:
    """Whether a value that is another is plainly wrong: 2 − a that is a − 2, beside an a − b that is right."""
    formula = one.formula
    if formula.text in UNMISTAKABLE:
        return True
    if formula.operation not in ARITHMETIC or formula.role not in BARE:
        return False
    scalar = not formula.shapes and formula.role == "direct"
    return scalar or any(
        o.right and o.formula.operation == formula.operation and o.formula.role == "direct" for o in outcomes
    )


def _judged(part: Part, session: Session, outcomes: Sequence[Outcome], options: CheckOptions) -> Part:
    failed = [o for o in outcomes if o.failed]
    wrong_values = [o for o in outcomes if o.status == "unlike" and _arithmetic(o, outcomes)]
    calls = _calls(session, outcomes, options.seed) if failed or wrong_values else {}
    named = (
        *diagnoses(rooted(convictions(outcomes), calls), calls, outcomes),
        *(value_diagnosis(o, calls) for o in wrong_values),
    )
    shown = [o for o in failed if o.comparison is not None]
    shown = shown or [o for o in outcomes if o.comparison is not None and o.formula.role == "direct"]
    verdict = Verdict.FAIL if failed or wrong_values else Verdict.PASS
    return replace(
        part,
        verdict=verdict,
        reason=_reason(outcomes, [d.message for d in named]),
        diagnosis=named,
        findings=tuple(_findings(part.title, outcomes, wrong_values)),
        arrays=tuple(
            replace(s, name=f"{o.formula.text}: {s.name}")
            for o in shown
            for s in o.comparison.summaries()  # type: ignore[union-attr]  # filtered above
        ),
        notes=tuple(_notes(part.title, outcomes)),
        evaluations=POINTS * len(outcomes),
    )


def _calls(session: Session, outcomes: Sequence[Outcome], seed: int) -> dict[str, tuple[str, ...]]:
    """The functions that each operation, bare, calls: asked for only where something is wrong."""
    bare: dict[str, int] = {}
    for one in outcomes:
        if one.formula.role in BARE and one.status != "raised":
            bare.setdefault(one.formula.operation, one.index)
    answers = session.answers(list(bare.values()), seed, trace=True)
    return {operation: answers[index].calls for operation, index in bare.items()}


def _reason(outcomes: Sequence[Outcome], sentences: Sequence[str]) -> str:
    if sentences:
        return " ".join(sentences)
    right = [o for o in outcomes if o.right]
    names = list(dict.fromkeys(o.formula.operation for o in right if o.formula.operation))
    return f"The gradients of {len(right)} expressions are the exact ones: {', '.join(names)}, and graphs of them."


def _findings(title: str, outcomes: Sequence[Outcome], wrong_values: Sequence[Outcome]) -> list[Finding]:
    findings = []
    for operation, group in by_operation(outcomes):
        judged = [o for o in group if o.right or o.failed or o in wrong_values]
        failing = [o for o in judged if not o.right]
        if not judged:
            continue
        what = operation or "graphs of several operations"
        verdict = Verdict.FAIL if failing else Verdict.PASS
        message = f"{what}: {len(judged) - len(failing)} of {len(judged)} expressions are right"
        if failing:
            message += f"; wrong: {', '.join(o.formula.text for o in failing)}"
        findings.append(Finding(f"{title}: {operation or 'graphs'}", verdict, f"{message}.", "chain rule"))
    return findings


def _notes(title: str, outcomes: Sequence[Outcome]) -> list[str]:
    raised: dict[str, list[Outcome]] = {}
    for one in outcomes:
        if one.status == "raised":
            raised.setdefault(one.message.rpartition(", in ")[0], []).append(one)
    notes = [
        f"{title}: no way back through {'; '.join(o.formula.text for o in group)} is claimed: {group[0].message}"
        for group in raised.values()
    ]
    notes += [
        f"{title}: {o.message}; its gradient was judged by differences of its own value."
        for o in outcomes
        if o.status == "unlike" and o.formula.role == "direct" and not _arithmetic(o, outcomes)
    ]
    if any(o.rough for o in outcomes):
        notes.append(f"{title}: some gradients agree to four digits only: single precision, or a small ε inside.")
    return notes


def _with_others(part: Part, others: Sequence[Part]) -> Part:
    """The engine's part together with functions that were judged by differences."""
    if not others:
        return part
    verdict = gravest([part.verdict, *(other.verdict for other in others)])
    wrong = [f"{other.title}: {other.reason}" for other in others if other.verdict is verdict]
    reason = part.reason if part.verdict is verdict else " ".join(wrong[:2])
    return replace(
        part,
        verdict=verdict,
        reason=reason,
        diagnosis=(*part.diagnosis, *(d for other in others for d in other.diagnosis)),
        findings=(*part.findings, *(f for other in others for f in other.findings)),
        arrays=(*part.arrays, *(a for other in others if other.verdict is verdict for a in other.arrays)),
        evaluations=part.evaluations + sum(other.evaluations for other in others),
    )
