"""How an instance of a class is built and asked in layers of given sizes: found out once, kept as a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from gradcheck.submissions.adapters.chapter.answers import Answers
from gradcheck.submissions.adapters.chapter.construct import Maker, ways
from gradcheck.submissions.adapters.chapter.reported import (
    Cost,
    Forward,
    cost_for,
    declared_cost,
    forward_for,
    runs,
    takes_several,
)
from gradcheck.submissions.adapters.chapter.trying import answers_for
from gradcheck.submissions.adapters.common.calling import seeded
from gradcheck.submissions.adapters.common.slots import Slot, float_slots
from gradcheck.submissions.layout import layouts_of
from gradcheck.submissions.subjects import Hints

PROBES = ((5, 4, 3), (5, 7, 4, 3), (5, 3))
"""Layer sizes that tell every array's role by its shape: with one hidden layer, two, none."""


def distinct(hidden: int) -> tuple[int, ...]:
    """Layer sizes with so many hidden layers that are all different."""
    return next((p for p in PROBES if len(p) == hidden + 2), (5, *range(6, 6 + hidden), 3))


@dataclass(frozen=True)
class Built:
    """One way to build the class, and where an instance keeps its parameters."""

    way: str
    names: tuple[str, ...]


def built_in(cls: type, sizes: Sequence[int]) -> Built | None:
    """The first way that gives an instance whose arrays are a network of those sizes and nothing more."""
    for way, make in ways(cls, sizes):
        instance = made(make)
        if instance is None:
            continue
        shapes = {slot.name: slot.read(instance).shape for slot in ordered(float_slots(instance))}
        layouts = layouts_of(shapes, sizes)
        if layouts and not left_over(shapes, [role.name for role in layouts[0].roles]):
            return Built(way, tuple(role.name for role in layouts[0].roles))
    return None


def left_over(shapes: Mapping[str, tuple[int, ...]], taken: Sequence[str]) -> list[str]:
    """Weight matrices that are no part of the layers: it has more layers than its sizes say."""
    known = [shapes[name] for name in taken]
    named = [name for name in shapes if name not in taken and name.lower().startswith(("w", "theta", "syn"))]
    return [name for name in named if len(shapes[name]) == 2 and 1 not in shapes[name] and shapes[name] not in known]


def made(make: Maker) -> Any:
    """An instance, or None where the constructor raises."""
    try:
        return make()
    except (Exception, SystemExit):  # noqa: BLE001 - one of several ways to call a stranger's constructor
        return None


_FIRST = ("weight", "bias", "w", "b", "theta", "synap", "param")


def ordered(found: list[Slot]) -> list[Slot]:
    """Slots that are called like parameters before those that are called otherwise (velocities, gradients)."""
    return sorted(found, key=lambda slot: not slot.name.lstrip("_").lower().startswith(_FIRST))


@dataclass(frozen=True)
class Plan:
    """How an instance of one depth is built and asked; found out once, on sizes that all differ."""

    built: Built
    answers: Answers
    forward: Forward | None
    cost: Cost | None
    declared_cost: str
    runs: bool


def plan_of(cls: type, sizes: Sequence[int], backward: Sequence[str], hints: Hints) -> Plan | None:
    """The plan for those sizes, or None where no way to build or to ask it works."""
    built = built_in(cls, sizes)
    if built is None:
        return None

    seeds = count()

    def fresh() -> Any:
        with seeded(next(seeds)):
            return instance_of(cls, sizes, built.way)

    instance = fresh()
    shapes = {slot.name: slot.read(instance).shape for slot in float_slots(instance) if slot.name in built.names}
    shapes = {name: shapes[name] for name in built.names}
    answers = answers_for(fresh, backward, shapes, sizes)
    if answers is None:
        return None
    forward = forward_for(fresh, answers.orientation, sizes, hints.names.get("forward", ""))
    if forward is not None and answers.batch and not takes_several(fresh, forward, sizes):
        answers = replace(answers, batch=False)
    cost = cost_for(fresh, forward, answers, sizes, hints.names.get("cost", ""))
    declared = declared_cost(fresh(), answers.orientation, sizes)
    return Plan(built, answers, forward, cost, declared, runs=runs(fresh, forward, sizes))


def alike(first: Plan, other: Plan | None) -> Plan | None:
    """*other*, the plan of another depth; asked as the first one was where nothing answers at that depth."""
    if other is None or other.answers.match.exact or not first.answers.match.exact:
        return other
    answers = replace(first.answers, match=other.answers.match, stored=False)
    return replace(first, built=other.built, answers=answers)


def instance_of(cls: type, sizes: Sequence[int], way: str) -> Any:
    """A new instance by the way that worked before."""
    makers = [make for name, make in ways(cls, sizes) if name == way]
    first = next((instance for make in makers if (instance := made(make)) is not None), None)
    return first if first is not None else makers[0]()
