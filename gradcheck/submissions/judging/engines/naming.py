"""A convicted operation in words: which rule is broken, in which method, and how that shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.diagnose import diagnose_arrays
from gradcheck.results import Diagnosis
from gradcheck.submissions.formulas import exact
from gradcheck.submissions.formulas.rules import RULES, Slip, slips
from gradcheck.submissions.judging.engines.evidence import Conviction, place
from gradcheck.submissions.judging.engines.outcomes import Outcome, Sample

Array = NDArray[Any]
CLOSE = 1e-3
MANY = 3
CHAIN_RULE = "chain rule"


@dataclass(frozen=True)
class Named:
    """A fault and its sentence, without the place."""

    fault: str
    says: str


def diagnoses(
    found: Sequence[Conviction], calls: Mapping[str, Sequence[str]], outcomes: Sequence[Outcome]
) -> tuple[Diagnosis, ...]:
    """One diagnosis for each slip; operations that share a sentence share a diagnosis."""
    groups: dict[Named, list[str]] = {}
    whole = _whole(found, outcomes)
    if whole is not None:
        return (Diagnosis(whole.fault, "", f"{whole.says}.", 1.0, CHAIN_RULE),)
    for conviction in found:
        where = place(conviction.operation, calls) or conviction.operation
        for one in _named(conviction):
            groups.setdefault(one, []).append(where)
    return tuple(
        Diagnosis(one.fault, ", ".join(dict.fromkeys(w for w in where if w)), _sentence(one, where), 1.0, CHAIN_RULE)
        for one, where in groups.items()
    )


def value_diagnosis(wrong: Outcome, calls: Mapping[str, Sequence[str]]) -> Diagnosis:
    """An operation whose value is another: no gradient of it can be right."""
    where = place(wrong.formula.operation, calls) or wrong.formula.operation
    reflected = wrong.formula.role == "reflected"
    after = ": the operands stand in the wrong order" if reflected else ""
    return Diagnosis("reflected" if reflected else "value", where, f"{wrong.message}{after}.", 1.0)


def _whole(found: Sequence[Conviction], outcomes: Sequence[Outcome]) -> Named | None:
    """A fault of the way back itself, which shows in every operation; None where it is of single ones."""
    if len({one.operation for one in found}) < 2:
        return None
    nowhere = all(one.first.formula.role == "direct" and _all_nothing(one) for one in found)
    if nowhere and not any(outcome.right for outcome in outcomes):
        says = "No gradient reaches any leaf: nothing gives the result its own gradient, 1, before the way back begins"
        return Named("never_starts", says)
    if nowhere or all(one.first.formula.role == "scaled" and _nothing(one.first, "a") for one in found):
        says = (
            "The way back stops after the last operation: a node passes its gradient on before it has received it (the "
            "order must be from the result to the leaves)"
        )
        return Named("order", says)
    return None


def _all_nothing(one: Conviction) -> bool:
    return one.first.status == "wrong" and all(_nothing(one.first, name) for name in one.first.samples[0].exact)


def _sentence(one: Named, where: Sequence[str]) -> str:
    places = list(dict.fromkeys(w for w in where if w))
    if not places:
        return f"{one.says}."
    more = len(places) - 1
    shown = places[0] if not more else f"{', '.join(places[:-1])} and {places[-1]}"
    shown = shown if more < MANY else f"{places[0]} and {more} other operations"
    return f"In {shown} {one.says[:1].lower()}{one.says[1:]}."


def _named(conviction: Conviction) -> list[Named]:
    first = conviction.first
    by_role: dict[str, Callable[[Conviction], list[Named]]] = {
        "scaled": _scaled,
        "reuse": _overwritten,
        "same": _overwritten,
        "broadcast": _broadcast,
        "graph": _order,
    }
    if first.status == "refused":
        return [Named("raised", f"The way back through {first.formula.text} stops: {first.message.rstrip('.')}")]
    if first.status == "misshapen":
        return [Named("shape" if first.formula.role != "broadcast" else "broadcast", _misshapen(first))]
    return by_role.get(first.formula.role, _bare)(conviction)


def _misshapen(first: Outcome) -> str:
    after = ": the sum over the copies of a repeated operand is missing" if first.formula.role == "broadcast" else ""
    return f"{first.message.rstrip('.')} ({first.formula.text}){after}"


def _bare(conviction: Conviction) -> list[Named]:
    """The slope of each leaf that is wrong: a wrong rule that is known, a factor, or the rule that is broken."""
    first = conviction.first
    wrong = [name for name in first.samples[0].exact if _wrong(first, name)]
    if len(wrong) > 1 and all(_nothing(first, name) for name in wrong):
        return [Named("nothing", f"Nothing reaches the leaves of {first.formula.text}: every gradient is 0")]
    exchanged = [(s, one, other) for s in first.samples for one, other in permutations(wrong, 2) if len(wrong) == 2]
    if exchanged and all(_close(sample.returned[one], sample.exact[other]) for sample, one, other in exchanged):
        return [Named("exchanged", f"The gradients of {wrong[0]} and {wrong[1]} in {first.formula.text} are exchanged")]
    if wrong and all(_unscaled(first, name) for name in wrong):
        return _scaled(conviction)
    return [_slope(first, name) for name in wrong]


def _unscaled(outcome: Outcome, leaf: str) -> bool:
    """Whether the gradient is that of the plain sum of the result, whatever gradient comes to it."""
    for sample in outcome.samples:
        plain = exact.gradient(outcome.formula, sample.point, np.ones(sample.weights.shape))[leaf]
        if not sample.weights.ndim or not _close(sample.returned[leaf], plain):
            return False
    return True


def _slope(first: Outcome, leaf: str) -> Named:
    text = first.formula.text
    says = f"The gradient of {leaf} in {text} is "
    for slip in slips(text, leaf):
        if _fits(first, leaf, slip):
            return Named(slip.fault, f"{says}{slip.says}; it should be {rule(text, leaf)}")
    if _nothing(first, leaf):
        return Named("nothing", f"{says}0: nothing is passed to it; it should be {rule(text, leaf)}")
    factor = _factor(first, leaf)
    if factor is not None:
        wrong = "−1 times" if np.isclose(factor, -1) else f"{factor:.4g} times"
        fault = "sign" if np.isclose(factor, -1) else "factor"
        return Named(fault, f"{says}{wrong} what it should be ({rule(text, leaf)})")
    return _related(first, leaf, says)


def rule(text: str, leaf: str) -> str:
    """∂(formula)/∂leaf as text."""
    return RULES.get((text, leaf), f"∂({text})/∂{leaf}")


def _related(first: Outcome, leaf: str, says: str) -> Named:
    sample = _shown(first, leaf)
    text = first.formula.text
    for one in diagnose_arrays({leaf: sample.returned[leaf]}, {leaf: sample.exact[leaf]}):
        if one.explains >= 1 - CLOSE:
            where = f"in {text} {one.message.rstrip('.')}".replace("{array}", leaf)
            return Named(one.fault, f"{where}; it should be {rule(text, leaf)}")
    place = int(np.abs(sample.returned[leaf] - sample.exact[leaf]).argmax())
    got, due = float(sample.returned[leaf].flat[place]), float(sample.exact[leaf].flat[place])
    values = ", ".join(f"{n} = {float(v):.4g}" for n, v in sample.point.items() if not v.ndim)
    at = f" at {values}" if values else ""
    return Named("derivative", f"{says}not {rule(first.formula.text, leaf)}: {got:.5g}{at}, exactly {due:.5g}")


def _wrong(outcome: Outcome, leaf: str) -> bool:
    return any(not _close(sample.returned[leaf], sample.exact[leaf]) for sample in outcome.samples)


def _close(one: Array, other: Array) -> bool:
    if one.shape != other.shape:
        return False
    scale = max(float(np.abs(other).max(initial=0)), 1e-12)
    return bool(np.all(np.abs(one - other) <= CLOSE * scale))


def _shown(outcome: Outcome, leaf: str) -> Sample:
    """The first point at which the leaf's gradient is wrong."""
    samples = (s for s in outcome.samples if not _close(s.returned[leaf], s.exact[leaf]))
    return next(samples, outcome.samples[0])


def _nothing(outcome: Outcome, leaf: str) -> bool:
    return bool(outcome.samples) and not any(np.any(sample.returned[leaf]) for sample in outcome.samples)


def _fits(outcome: Outcome, leaf: str, slip: Slip) -> bool:
    """Whether the wrong rule gives what was returned, at every point."""
    with np.errstate(all="ignore"):
        for sample in outcome.samples:
            if sample.returned[leaf].shape != sample.weights.shape:
                return False
            expected = sample.weights * slip.slope({**sample.point, "gradient": sample.weights})
            if not np.isfinite(expected).all() or not _close(sample.returned[leaf], np.asarray(expected)):
                return False
    return True


def _factor(outcome: Outcome, leaf: str) -> float | None:
    """A constant by which the gradient differs at every point, or None."""
    returned = np.concatenate([s.returned[leaf].ravel() for s in outcome.samples])
    exact = np.concatenate([s.exact[leaf].ravel() for s in outcome.samples])
    square = float(exact @ exact)
    factor = float(returned @ exact) / square if square else 0.0
    return factor if factor and _close(returned, factor * exact) else None


def _scaled(conviction: Conviction) -> list[Named]:
    """Right on its own, wrong once another gradient than 1 comes to it."""
    first = conviction.first
    text = first.formula.text
    inner = text.rpartition(" * ")[0] if first.formula.role == "scaled" else text
    inner = inner[1:-1] if inner.startswith("(") else inner
    if conviction.operation == "relu" and first.formula.role == "scaled":
        masked = [slip for slip in slips("relu(a)", "a") if slip.fault == "relu_mask"]
        for slip in masked:
            if _masked(first, slip):
                return [Named(slip.fault, f"The gradient of a in relu(a) is {slip.says}; it should be 1 where a > 0")]
    return [
        Named(
            "upstream_missing",
            f"The gradient of {inner} is right by itself, and not multiplied by the gradient that comes to its result "
            "(the chain rule)",
        )
    ]


def _masked(outcome: Outcome, slip: Slip) -> bool:
    """Whether a mask explains the gradient of relu(a) * b."""
    for sample in outcome.samples:
        upstream = sample.point["b"] * sample.weights
        mask = slip.slope({**sample.point, "gradient": upstream})
        if not _close(sample.returned["a"], np.asarray(upstream * mask)):
            return False
    return True


def _overwritten(conviction: Conviction) -> list[Named]:
    first = conviction.first
    shared = next((name for name in first.samples[0].exact if _wrong(first, name)), "a")
    if first.formula.role == "same":
        says = f"one contribution to {shared} is lost where it stands on both sides ({first.formula.text})"
    else:
        says = f"one contribution to {shared} is lost where it is used twice ({first.formula.operation}, reused)"
    says = f"The gradient is assigned (=) and not added (+=): {says}"
    if _doubled(first):
        says = f"What is used twice is counted more than once ({first.formula.text}): its gradient is too large"
        return [Named("counted_twice", says)]
    return [Named("overwritten", says.replace(f" ({first.formula.operation}, reused)", ""))]


def _doubled(outcome: Outcome) -> bool:
    """Whether some leaf gets a multiple of its gradient."""
    factors = [_factor(outcome, name) for name in outcome.samples[0].exact if _wrong(outcome, name)]
    return bool(factors) and all(factor is not None and factor > 1 for factor in factors)


def _broadcast(conviction: Conviction) -> list[Named]:
    text = conviction.first.formula.text
    says = f"The gradient of an operand that was repeated ({text}) is not the sum over its copies"
    return [Named("broadcast", says)]


def _order(conviction: Conviction) -> list[Named]:
    shown = next((o for o in conviction.outcomes if ";" in o.formula.text), conviction.first)
    says = (
        "Every operation is right by itself, and graphs of them are wrong: the way back passes a node's gradient on "
        f"before everything that uses the node has added to it (no topological order); shown by {shown.formula.text}"
    )
    return [Named("order", says)]
