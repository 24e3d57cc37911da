"""Which slip of the catalogue a model has: the wrong outcomes put side by side, and what they have in common named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gradcheck.diagnose import diagnose
from gradcheck.reference import CostRecognition, Reduction
from gradcheck.reference.faults import Probe
from gradcheck.results import Diagnosis, Finding, Verdict
from gradcheck.submissions.judging.understanding import Understanding
from gradcheck.submissions.judging.values import Outcome
from gradcheck.submissions.subjects import ModelInfo

PROBES = 5
SMALL, LARGE = 2000, 30_000  # parameters up to which a probe is quick, and up to which it is worth the wait
ZERO = "is 0: the biases get no gradient"
SUMMED = "is summed over the neurons too: it is one number, and 0 because the errors of a softmax add up to 0"
CONVENTIONS = ("other_cost", "cross_entropy_error", "twice", "half", "times_", "divided_by", "slope_kept")
"""Slips that another cost, or another way to gather examples, would turn into right code..."""
INEXCUSABLE = ("_in_weights", "_in_biases")
"""... unless only weights or only biases have them."""


def diagnosed(
    outcomes: Sequence[Outcome | Finding], info: ModelInfo, understanding: Understanding
) -> tuple[Diagnosis, ...]:
    """What explains the wrong outcomes; empty where nothing does.

    Where the cost was only assumed, every known one is tried, and only slips count that no cost would excuse.
    """
    chosen = _chosen([o for o in outcomes if isinstance(o, Outcome)])
    if not chosen or understanding.cost is None:
        return ()
    tolerance = max(1e-6, 50 * info.precision)
    plain = _all_zero(chosen) or _whole_numbers(chosen)
    if plain:
        return plain
    if understanding.certain:
        probes = [_probe(o, o.cost) for o in chosen if o.cost is not None]
        return _collapsed(diagnose(probes, tolerance=tolerance, unnamed=True), probes)
    candidates = []
    for cost in _costs(understanding.cost):
        probes = [_probe(o, replace(cost, activations=o.cost.activations)) for o in chosen if o.cost is not None]
        found = diagnose(probes, tolerance=tolerance)
        if found and all(d.explains >= 0.99 and not _excusable(d) for d in found):
            candidates.append(found)
    return min(candidates, key=len, default=())


def _excusable(diagnosis: Diagnosis) -> bool:
    return diagnosis.fault.startswith(CONVENTIONS) and not diagnosis.fault.endswith(INEXCUSABLE)


def _collapsed(found: tuple[Diagnosis, ...], probes: Sequence[Probe]) -> tuple[Diagnosis, ...]:
    """The same with ∂C/∂b of 0 called what it is where it is one number: a softmax's errors add up to 0."""

    def one_number(name: str) -> bool:
        sizes = [(np.size(np.asarray(p.gradient[name])), len(p.network.parameters[name])) for p in probes]
        return all(returned == 1 < neurons for returned, neurons in sizes)

    return tuple(
        replace(d, fault="bias_one_number", message=d.message.replace(ZERO, SUMMED))
        if d.fault == "bias_zero" and d.where.startswith("b") and one_number(d.where)
        else d
        for d in found
    )


def _all_zero(chosen: Sequence[Outcome]) -> tuple[Diagnosis, ...]:
    """A gradient that was never filled in."""
    wrong = [o.returned for o in chosen if o.returned and o.finding.verdict is Verdict.FAIL]
    if not wrong or any(np.any(array) for returned in wrong for array in returned.values()):
        return ()
    return (Diagnosis("gradient_zero", "all", "The whole gradient is zero: it is made and never filled in.", 1.0),)


def _whole_numbers(chosen: Sequence[Outcome]) -> tuple[Diagnosis, ...]:
    """Arrays that come back as integers or truth values: whatever else is wrong, their decimals are gone."""
    names = dict.fromkeys(name for outcome in chosen for name in outcome.whole)
    if not names:
        return ()
    listed = ", ".join(names)
    message = f"The gradient of {listed} is made of whole numbers: collect it in an array of floating-point numbers."
    return (Diagnosis("truncated_to_integers", listed, message, 1.0),)


def _chosen(outcomes: list[Outcome]) -> list[Outcome]:
    """Small networks of one depth, among them one that is wrong."""
    known = [o for o in outcomes if o.returned is not None and o.situation.judged]
    usable = [o for o in known if _entries(o) <= SMALL] or [o for o in known if _entries(o) <= LARGE]
    wrong = [o for o in usable if o.finding.verdict is Verdict.FAIL]
    if not wrong:
        return []
    depth = len(wrong[0].situation.sizes)
    same = [o for o in usable if len(o.situation.sizes) == depth]
    return sorted(same, key=lambda o: o.finding.verdict is not Verdict.FAIL)[:PROBES]


def _entries(outcome: Outcome) -> int:
    sizes = outcome.situation.sizes
    return sum(a * b for a, b in zip(sizes[1:], sizes, strict=False))


def _costs(assumed: CostRecognition) -> list[CostRecognition]:
    """The assumed cost first, then the others, summed and averaged."""
    names = dict.fromkeys((assumed.cost, "quadratic", "cross_entropy", "log_likelihood"))
    reductions = dict.fromkeys((assumed.reduction, Reduction(), Reduction(per_example=True)))
    return [replace(assumed, cost=name, reduction=reduction) for name in names for reduction in reductions]


def _probe(outcome: Outcome, cost: CostRecognition) -> Probe:
    if outcome.named is None or outcome.x is None or outcome.y is None or outcome.returned is None:
        raise TypeError("an outcome without its data")
    return Probe(
        network=cost.network(outcome.named, outcome.x.shape[1], outcome.situation.l2),
        x=outcome.x,
        y=outcome.y,
        gradient=dict(outcome.returned),
        reduction=cost.reduction,
        penalty_on_biases=cost.penalty.biases,
        names=tuple(outcome.named),
    )
