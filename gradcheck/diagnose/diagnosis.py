"""From probes of a submission to the faults that explain them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradcheck.diagnose.calls import changing
from gradcheck.diagnose.evidence import Evidence
from gradcheck.diagnose.search import Search
from gradcheck.diagnose.structure import located
from gradcheck.diagnose.wording import diagnoses
from gradcheck.reference.faults import Probe
from gradcheck.results.check import Diagnosis

TOLERANCE = 1e-5


def diagnose(probes: Sequence[Probe], *, tolerance: float = TOLERANCE, unnamed: bool = False) -> tuple[Diagnosis, ...]:
    """The faults that explain what a submission answered at *probes*; empty where nothing is wrong.

    Args:
        probes: of one submission, all with the same depth; other seeds, batch sizes and λ make a
            diagnosis sharper, because it has to hold at all of them. Two probes at the same point
            show whether the answer changes from call to call.
        tolerance: the difference, relative to an array's largest entry, up to which it counts as right.
        unnamed: where nothing has a name, say at least which equation the mistake is in (a diagnosis
            called ``unnamed``). Only for a cost that is certain: the gradient of another cost is no mistake.
    """
    if not probes:
        return ()
    with np.errstate(all="ignore"):  # a slip may leave a cost's domain; what is not finite explains nothing
        evidence = Evidence(probes, tolerance)
        if not evidence.wrong:
            return ()
        if found := changing(evidence):
            return found
        explanation = Search(evidence).simplest()
        if unnamed and not explanation.faults and not explanation.relations:
            return located(evidence, explanation.unexplained)
        return diagnoses(explanation, evidence)
