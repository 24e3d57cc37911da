"""Autodiff engines: classes of values that remember how they were computed and go back through it."""

from __future__ import annotations

from gradcheck.submissions.adapters.common.building import own_classes
from gradcheck.submissions.adapters.common.calling import attempt, seeded
from gradcheck.submissions.adapters.engine.cases import Engine, FormulaCase, cases_of
from gradcheck.submissions.adapters.engine.dual import dual_of
from gradcheck.submissions.adapters.engine.functional import functional_of
from gradcheck.submissions.adapters.engine.operands import equipped
from gradcheck.submissions.adapters.engine.probing import engine_of, family
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.subjects import Found, Hints

__all__ = ["FAMILY", "find"]

FAMILY = "engine"


def find(loaded: LoadedModule, hints: Hints) -> Found:
    """Classes whose values can be added or multiplied and whose leaves are given a gradient."""
    cases: list[FormulaCase] = []
    notes: list[str] = []
    unfinished: list[str] = []
    for engine in _engines(loaded, hints):
        found, left_out, missing = cases_of(engine)
        cases.extend(found)
        notes.extend(left_out)
        unfinished.extend(missing)
    return Found(cases=tuple(cases), notes=tuple(notes), unfinished=tuple(unfinished))


def _engines(loaded: LoadedModule, hints: Hints) -> list[Engine]:
    engines: list[Engine] = []
    families: set[type] = set()
    for name, cls in own_classes(loaded.namespace, hints.names.get("class", "")).items():
        if family(cls) in families:
            continue
        with seeded(0):
            engine = attempt(_engine, name, cls, loaded).value
        if engine is not None:
            families.add(family(cls))
            engines.append(engine)
    functional = None if engines else attempt(functional_of, loaded.namespace).value
    return engines if functional is None else [functional]


def _engine(name: str, cls: type, loaded: LoadedModule) -> Engine | None:
    """The class as an engine of reverse or forward mode."""
    if not equipped(cls, loaded.namespace):
        return None
    taped = engine_of(f"class {name}", cls, loaded.namespace, loaded.source)
    return taped or dual_of(f"class {name}", cls, loaded.namespace)
