"""Autodiff engines: classes of values that remember how they were computed and go back through it."""

from __future__ import annotations

from gradcheck.submissions.adapters.common.calling import attempt, seeded
from gradcheck.submissions.adapters.engine.cases import cases_of
from gradcheck.submissions.adapters.engine.probing import Engine, engine_of, family
from gradcheck.submissions.adapters.train import own_classes
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.subjects import Case, Found, Hints

__all__ = ["FAMILY", "find"]

FAMILY = "engine"


def find(loaded: LoadedModule, hints: Hints) -> Found:
    """Classes whose values can be added or multiplied and whose leaves are given a gradient."""
    cases: list[Case] = []
    unfinished: list[str] = []
    families: set[type] = set()
    for name, cls in own_classes(loaded.namespace, hints.names.get("class", "")):
        if family(cls) in families:
            continue
        with seeded(0):
            engine = attempt(engine_of, name, cls, loaded.namespace).value
        if isinstance(engine, Engine):
            families.add(family(cls))
            found, missing = cases_of(engine)
            cases.extend(found)
            unfinished.extend(missing)
    return Found(cases=tuple(cases), unfinished=tuple(unfinished))
