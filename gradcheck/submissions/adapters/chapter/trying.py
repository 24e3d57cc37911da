"""The call that gives the gradient, found by trying what a method may take, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.chapter.answers import Answers, Array, Fresh, Shape, changed, copies, run_forward
from gradcheck.submissions.adapters.chapter.matching import Match, ambiguous, match
from gradcheck.submissions.adapters.chapter.orientation import ORIENTATIONS
from gradcheck.submissions.adapters.chapter.parameters import required_parameters, role_lists
from gradcheck.submissions.adapters.common.slots import float_slots

INSTANCES = 4  # looked at before a gradient counts as zero: in one of them all units may be dead


def answers_for(
    fresh: Fresh, methods: Sequence[str], shapes: Mapping[str, Shape], sizes: Sequence[int]
) -> Answers | None:
    """The call whose answer looks most like the gradient of all parameters.

    None where every call updates the parameters instead, which is another family's. Where every call
    raises or gives nothing, the likeliest one is returned all the same: its author is told what it does.
    """
    x, y = example(sizes, 1)
    best: tuple[float, Answers] | None = None
    updates = False
    for answers in _candidates(fresh, methods):
        found, updated = _tried(fresh, answers, shapes, (x, y))
        updates = updates or updated
        if found is not None and (best is None or found.match.exact > best[0]):
            best = (found.match.exact, found)
        if best is not None and best[0] == len(shapes):
            break
    if best is not None and 2 * best[0] >= len(shapes) and not (updates and best[0] < len(shapes)):
        primed = replace(best[1], primed=best[1].primed or _uses_forward(fresh, best[1], shapes, sizes))
        return _with_batches(fresh, primed, shapes, sizes)
    return None if updates else _likeliest(fresh, methods, shapes)


def example(sizes: Sequence[int], m: int) -> tuple[Array, Array]:
    """Inputs and one-hot targets for *m* examples, the last class first: labels may be counted by the largest."""
    rng = np.random.default_rng(m)
    return rng.uniform(0.1, 0.9, (sizes[0], m)), np.eye(sizes[-1])[:, -1 - np.arange(m) % sizes[-1]]


def _candidates(fresh: Fresh, methods: Sequence[str]) -> Iterator[Answers]:
    instance = fresh()
    for method in methods:
        required, l2 = required_parameters(getattr(instance, method, None))
        for orientation in ORIENTATIONS:
            for labels in (False, True):
                for roles, primed in product(role_lists(required), (False, True)):
                    if not labels or "y" in roles:
                        yield Answers(method, roles, orientation, Match({}, 0), labels=labels, primed=primed, l2=l2)


def _tried(
    fresh: Fresh, answers: Answers, shapes: Mapping[str, Shape], data: tuple[Array, Array]
) -> tuple[Answers | None, bool]:
    """*answers* with its match, and whether another family must read it off a change of the parameters."""
    instance = fresh()
    before = copies(instance)
    try:
        returned = answers.call(instance, *data, 0.0)
    except (Exception, SystemExit):  # noqa: BLE001 - one of several ways to call a stranger's method
        return None, False
    after = copies(instance)
    if any(not np.array_equal(before[name], after.get(name, before[name])) for name in shapes):
        return None, True
    found = match(returned, shapes)
    if found.exact:
        return replace(answers, match=found), False
    return _left_on(instance, answers, shapes, before)


def _left_on(
    instance: Any, answers: Answers, shapes: Mapping[str, Shape], before: Mapping[str, Array]
) -> tuple[Answers | None, bool]:
    """A gradient that the call left on the object: arrays that are new or changed, and no parameters.

    Where several would do, none is taken, and that is said: how the parameters change will show it.
    """
    if len(answers.roles) < 2 and len(shapes) <= 2:  # one layer, one argument: a layer object
        return None, False
    left = changed(instance, shapes, before)
    found = match(left, shapes)
    if not found.exact or ambiguous(found, left, shapes):
        return None, bool(found.exact)
    return replace(answers, match=found, stored=True), False


def _likeliest(fresh: Fresh, methods: Sequence[str], shapes: Mapping[str, Shape]) -> Answers | None:
    """The call that a reader would expect, for a method that raises or returns nothing."""
    first = next((a for a in _candidates(fresh, methods) if set(a.roles) & {"x", "pairs", "y"}), None)
    if first is None or len(shapes) < 3:  # a single layer may be another family's
        return None
    return replace(first, match=Match({name: (name,) for name in shapes}, 0))


def _with_batches(fresh: Fresh, answers: Answers, shapes: Mapping[str, Shape], sizes: Sequence[int]) -> Answers:
    """Whether two examples at once give arrays of the same shapes."""
    if not answers.orientation.several and "pairs" not in answers.roles:
        return answers
    found, _ = _tried(fresh, answers, shapes, example(sizes, 2))
    if found is None:
        return answers
    together = found.match.exact == answers.match.exact and found.match.paths == answers.match.paths
    if not together and not any(_averages(fresh, answers, shapes, sizes) for _ in range(INSTANCES)):
        note = "takes one example at a time: given two, the gradients of the biases are not summed"
        return replace(answers, notes=(*answers.notes, note))
    return replace(answers, batch=True)


def _uses_forward(fresh: Fresh, answers: Answers, shapes: Mapping[str, Shape], sizes: Sequence[int]) -> bool:
    """Whether the answer depends on which inputs the forward pass saw last."""
    x, y = example(sizes, 1)
    state: dict[str, Array] = {}
    found = []
    try:
        for seen in (x, 1 - x):
            instance = fresh()
            state = state or {name: array for name, array in copies(instance).items() if name in shapes}
            _set(instance, state)
            run_forward(instance, answers.orientation.give(seen))
            found.append(answers.gradient(instance, x, y, 0.0))
    except (Exception, SystemExit):  # noqa: BLE001 - there is no forward pass, or it takes something else
        return False
    return not all(np.allclose(found[0][name], found[1][name], rtol=1e-9) for name in found[0])


def _set(instance: Any, state: Mapping[str, Array]) -> None:
    for slot in float_slots(instance):
        if slot.name in state:
            slot.set(instance, state[slot.name], widen=False)


def _averages(fresh: Fresh, answers: Answers, shapes: Mapping[str, Shape], sizes: Sequence[int]) -> bool:
    """Whether an example given twice counts once, so that a mean over several examples is meant."""
    x, y = example(sizes, 1)
    try:
        start = fresh()
        state = copies(start)
        once = answers.gradient(start, x, y, 0.0)
        other = fresh()
        _set(other, {name: state[name] for name in shapes})
        twice = answers.gradient(other, np.hstack([x, x]), np.hstack([y, y]), 0.0)
    except (Exception, SystemExit):  # noqa: BLE001 - it does not take two examples
        return False
    there = {name: a for name, a in once.items() if a.any() and a.shape == twice[name].shape}
    same = [name for name, a in there.items() if np.allclose(a, twice[name], rtol=1e-9)]
    return any(len(shapes[name]) == 2 and min(shapes[name]) > 1 for name in same)
