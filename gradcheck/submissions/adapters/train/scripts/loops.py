"""Training loops whose parameters are no layers (a line, a polynomial, a table): judged by the cost they report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.arguments import recipes
from gradcheck.submissions.adapters.common.calling import Deadline, attempt, duplicate, seeded
from gradcheck.submissions.adapters.common.slots import Slot, slots
from gradcheck.submissions.adapters.common.vocabulary.methods import LOSS
from gradcheck.submissions.adapters.common.vocabulary.roles import roles
from gradcheck.submissions.adapters.train.blocks import Block
from gradcheck.submissions.adapters.train.scripts.examples import (
    ARGUMENT_TEMPLATES,
    ARGUMENTS,
    NUMBERS,
    bound,
    forms,
)
from gradcheck.submissions.adapters.train.scripts.namespace import Namespace
from gradcheck.submissions.adapters.train.scripts.script import Script
from gradcheck.submissions.adapters.train.watch import Key, watching
from gradcheck.submissions.subjects import BadReturnError, CaseInfo, Named

Array = NDArray[Any]
PARALLEL, STEP, MOST = 1e-5, 1e-5, 12
MISTAKEN = (2.0, 0.5)
"""Factors on the whole gradient that are slips; any other (a sum beside a mean) the learning rate makes up for."""


@dataclass(frozen=True)
class Loop:
    """One round of a loop as a step from *before*; ``rates`` are its learning rates."""

    script: Script
    before: Namespace
    parameters: tuple[Slot, ...]
    report: Key
    factor: float = 1.0
    rates: tuple[Slot, ...] = ()

    @property
    def info(self) -> CaseInfo:
        """What is known of it."""
        block = self.script.block
        called = self.report[1] or self.report[0]
        return CaseInfo(
            id=f"{block.place}, the loop in line {block.loop.lineno}",
            family="train",
            title=f"{block.place}, the loop in line {block.loop.lineno}: {', '.join(p.name for p in self.parameters)}",
            equation="w ← w − η ∂C/∂w",
            precision=1e-8,
            notes=(f"the cost is what the loop calls {called}", *self._noted),
        )

    @property
    def _noted(self) -> tuple[str, ...]:
        times = f"its steps are {self.factor:.4g} times that cost's gradient: the learning rate makes up for the factor"
        return () if self.factor == 1 else (times,)

    def point(self, seed: int) -> Named:
        """Parameters near those that the loop begins with."""
        rng = np.random.default_rng([seed, 7])
        values = {place.name: place.get(self.before) for place in self.parameters}
        return {name: np.asarray(a + 0.3 * rng.standard_normal(a.shape)) for name, a in values.items()}

    def cost(self, point: Mapping[str, Array], seed: int) -> Any:
        """What it reports, times the factor of its steps."""
        _, values = self.stepped(point, 0.0)  # so that it is the same before and after the update
        if self.report not in values:
            raise BadReturnError("The loop reports no cost at this point.")
        return self.factor * values[self.report]

    def gradient(self, point: Mapping[str, Array], seed: int) -> Named:
        """Minus the change that one round makes."""
        after, _ = self.stepped(point)
        return {place.name: np.asarray(point[place.name] - place.get(after)) for place in self.parameters}

    def stepped(self, point: Mapping[str, Array], rate: float = 1.0) -> tuple[Namespace, dict[Key, float]]:
        """The names after one round from *point*, and the numbers that it leaves."""
        names = duplicate(self.before)
        for place in self.rates:
            place.set(names, np.asarray(rate))
        for place in self.parameters:
            place.set(names, np.asarray(point[place.name], dtype=float))
        with seeded(0), watching() as values:
            self.script.run(names)
        return names, values


def loops(block: Block, base: Namespace, owner: Any, itself: str, deadline: Deadline) -> Iterator[Loop]:
    """The ways in which a block is a loop that learns something by a cost that it reports."""
    for script in _scripts(block, base, owner, itself):
        if deadline.passed:
            return
        found = attempt(_loop, script).value
        if isinstance(found, Loop):
            yield found


def _scripts(block: Block, base: Namespace, owner: Any, itself: str) -> Iterator[Script]:
    if not block.function:
        yield Script(block, base)
        return
    function = getattr(owner, block.function, None) if owner is not None else base.get(block.function)
    for recipe in recipes(function, ARGUMENTS, ARGUMENT_TEMPLATES) if callable(function) else ():
        for form in (NUMBERS, *forms()):
            given, data = bound(function, recipe, form)
            if data is not None:
                yield Script(block, base, {**given, **({itself: owner} if itself else {})})


def _loop(script: Script) -> Loop | None:
    before = script.before_loop()
    _become_floats(before, script)
    plain, numbers = Loop(script, before, (), ("", "")), slots(before, numbers=True)
    after, values = plain.stepped({})
    moved = [slot for slot in numbers if _moved(slot, before, after)][:MOST]
    still = [slot for slot in numbers if slot not in moved and np.ndim(slot.raw(before)) == 0]
    start = replace(plain, rates=tuple(slot for slot in still if "rate" in roles(slot.last)[:1]))
    for report in [key for key in values if LOSS.fits(key[1] or key[0])]:
        found = _reporting(replace(start, report=report, parameters=tuple(moved)))
        if found is not None:
            return found
    return None


def _become_floats(before: Namespace, script: Script) -> None:
    """Whole numbers that one round turns into others (a slope that begins at 0) are parameters as well."""
    after = duplicate(before)
    script.run(after)
    pairs: list[tuple[dict[str, Any], Mapping[str, Any]]] = [(before, after)]
    pairs += [(vars(v), vars(after[n])) for n, v in before.items() if n in script.parameters and hasattr(v, "__dict__")]
    for old, new in pairs:
        whole = [name for name, value in old.items() if type(value) is int]
        old.update({name: float(old[name]) for name in whole if isinstance(new.get(name), float | np.floating)})


def _moved(slot: Slot, before: Namespace, after: Namespace) -> bool:
    value, other = slot.get(before), attempt(slot.get, after).value
    return isinstance(other, np.ndarray) and other.shape == value.shape and not np.array_equal(value, other)


def _reporting(loop: Loop) -> Loop | None:
    """With the parameters on which the reported cost depends, if it is the cost of some of the steps."""
    ratios = [_ratios(loop, seed) for seed in (1, 2)]
    kept = tuple(p for p in loop.parameters if p.name in ratios[0] and not _is_report(p, loop.report))
    pairs = [(ratios[0][place.name], ratios[1].get(place.name)) for place in kept]
    found = [one for one, other in pairs if one and other and abs(one / other - 1) < 1e-4]
    if not found:
        return None
    same = len(found) == len(kept) and max(found) - min(found) <= PARALLEL * max(found)
    one = float(f"{found[0]:.6g}")
    excused = same and not any(abs(one / factor - 1) < PARALLEL for factor in (1.0, *MISTAKEN))
    return replace(loop, parameters=kept, factor=one if excused else 1.0)


def _ratios(loop: Loop, seed: int) -> dict[str, float | None]:
    """By how much the steps are longer than the cost's gradient, for the parameters that it depends on."""
    point = loop.point(seed)
    slopes = {place.name: _slopes(loop, point, place.name) for place in loop.parameters}
    gradient = loop.gradient(point, seed)
    return {name: _ratio(gradient[name], array) for name, array in slopes.items() if array.any()}


def _is_report(place: Slot, report: Key) -> bool:
    return place.last == report[1]


def _slopes(loop: Loop, point: Mapping[str, Array], name: str) -> Array:
    """Central differences of the reported cost by the first entries of one parameter, 0 for the rest."""
    out = np.zeros_like(point[name])
    for index in list(np.ndindex(out.shape))[:MOST]:
        values = []
        for sign in (1, -1):
            moved = {n: a.copy() for n, a in point.items()}
            moved[name][index] += sign * STEP
            values.append(loop.cost(moved, 1))
        out[index] = (values[0] - values[1]) / (2 * STEP)
    return out


def _ratio(gradient: Array, slopes: Array) -> float | None:
    """The positive factor between the two where there is one."""
    seen = slopes != 0
    given, numeric = gradient[seen], slopes[seen]
    factor = float((given * numeric).sum() / (numeric * numeric).sum())
    close = np.allclose(given, factor * numeric, rtol=1e-4, atol=PARALLEL * float(np.abs(given).max(initial=0)))
    return factor if close and factor > 0 else None
