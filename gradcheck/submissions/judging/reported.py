"""A gradient that is right, and a reported cost that is not the one it belongs to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gradcheck.reference import CostRecognition, recognise_cost
from gradcheck.reference.conventions import Penalty
from gradcheck.results import Diagnosis
from gradcheck.sandbox.faults import SubmissionFault
from gradcheck.submissions.judging.asked import Asked, Maker
from gradcheck.submissions.judging.situations import Situation
from gradcheck.submissions.judging.understanding import Understanding
from gradcheck.submissions.options import CheckOptions

L2 = 0.5
SAME = 1e-6
TAKEN = " (taken from the gradient: no cost is reported)"


def cost_at_fault(make: Maker, understanding: Understanding, options: CheckOptions) -> Diagnosis | None:
    """What is wrong with the reported cost, where the gradient is exactly that of the cost as it should be.

    Only where nobody would write the cost on purpose: logarithms to base 2, 1/m before its L2 term alone, an
    L2 term that is missing there alone, multiplied by m, or has the biases in it. Elsewhere the cost counts,
    and the gradient is at fault.
    """
    reported, network = understanding.cost, understanding.forward
    if reported is None or network is None or not reported.reported:
        return None
    info, asked = make.info, make.build(understanding.sizes)
    try:
        meant = recognise_cost(
            network,
            cost=None,
            gradient=asked.gradient,
            seed=options.seed,
            batches=info.examples is None,
            l2=info.l2,
            costs=(reported.cost,),
            precision=info.precision,
        )
        if meant is None or not _exact(asked, meant, make, options):
            return None
    except SubmissionFault:
        return None
    said = _difference(reported, meant)
    return None if not said else Diagnosis(said[0], "cost", said[1], 1.0)


def _exact(asked: Asked, meant: CostRecognition, make: Maker, options: CheckOptions) -> bool:
    """Whether every array is the gradient of that cost, with λ too."""
    for l2 in (0.0, L2) if make.info.l2 else (0.0,):
        situation = Situation("reported cost", asked.sizes, make.info.examples or 4, l2=l2)
        named, x, y = situation.draw(np.random.default_rng((options.seed, 7)), biases=asked.layout.biases)
        exact, returned = meant.gradient(named, x, y, l2), asked.gradient(named, x, y, l2)
        if exact.keys() != returned.keys():
            return False
        for name, array in exact.items():
            if not np.abs(returned[name] - array).max() <= SAME * max(float(np.abs(array).max()), 1e-12):
                return False
    return True


def _difference(reported: CostRecognition, meant: CostRecognition) -> tuple[str, str] | None:
    """A name and a sentence for what sets the reported cost apart from the one that is differentiated."""
    sentence = meant.sentence.removesuffix(TAKEN)
    if reported.penalty.written and meant.penalty.written and reported.reduction != meant.reduction:
        beside = f"the cost that is reported is the {reported.sentence}: without its L2 term the two differ by a factor"
        return "other_reduction", f"The gradient is that of the {sentence}; {beside}."
    fault, said = _in_reduction(reported, meant) or _in_penalty(reported, meant)
    right = f"The gradient is right, the reported cost is not: it {said}; the gradient is that of the {sentence}."
    return (fault, right) if fault else None


def _in_reduction(reported: CostRecognition, meant: CostRecognition) -> tuple[str, str] | None:
    base = reported.reduction.factor * np.log(2)
    if replace(reported.reduction, factor=1.0) == meant.reduction and abs(base - 1) < SAME:
        return "cost_log_base", "takes logarithms to base 2 where the gradient has natural ones"
    alike = reported.penalty == meant.penalty and meant.penalty.per_example and meant.penalty.factor
    if alike and reported.reduction == replace(meant.reduction, per_example=False) != meant.reduction:
        return "cost_without_1_over_m", "lacks the factor 1/m before the sum over the examples"
    return None


def _in_penalty(reported: CostRecognition, meant: CostRecognition) -> tuple[str, str]:
    usual = Penalty(meant.penalty.factor, meant.penalty.per_example)
    if reported.reduction != meant.reduction or meant.penalty != usual or not usual.factor:
        return "", ""
    if not reported.penalty.factor:
        return "cost_without_l2", f"lacks the L2 term {usual.name}, or has one of no known form"
    if reported.penalty.times_m:
        return "cost_l2_times_m", "multiplies its L2 term by m, as λ / 2 * m does"
    if reported.penalty == replace(usual, biases=True):
        return "cost_regularises_bias", "has the biases in its L2 term"
    return "", ""
