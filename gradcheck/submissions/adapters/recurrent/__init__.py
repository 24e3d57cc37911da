"""Recurrent networks: what runs over a sequence and goes back through it (backpropagation through time)."""

from __future__ import annotations

from gradcheck.submissions.adapters.common.building import own, own_classes
from gradcheck.submissions.adapters.recurrent.globals import sequential_cases
from gradcheck.submissions.adapters.recurrent.networks import as_case, networks
from gradcheck.submissions.adapters.recurrent.pairs import paired_cases
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.subjects import Found, Hints

__all__ = ["FAMILY", "find"]

FAMILY = "recurrent"


def find(loaded: LoadedModule, hints: Hints) -> Found:
    """Classes whose last output depends on the first input, each with the cost that its gradient belongs to."""
    cases, unfinished = [], []
    for name, cls in own_classes(own(loaded), hints.names.get("class", "")).items():
        run = next(networks(cls), None)
        if run is not None and run.cost is not None:
            cases.append(as_case(run))
        elif run is not None:
            unfinished.append(
                f"class {name} goes back through time, but no cost of its outputs known here has that gradient"
            )
    cases = cases or sequential_cases(loaded) or paired_cases(loaded)
    return Found(cases=tuple(cases), unfinished=tuple(unfinished))
