"""Whether one call is one step of learning, and which number of the object counts its rounds where it is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.vocabulary.roles import roles
from gradcheck.submissions.adapters.train.learner import Learner
from gradcheck.submissions.adapters.train.rates import Named, Trial

EXACT = 1e-6
"""What is linear is so to this: round-off of a small change of large weights is below."""


def set_to_one_round(thing: Any) -> None:
    """Numbers of rounds that an object, or an object that it holds, keeps by such a name become one."""
    for owner, name in counts(thing):
        if "epochs" in roles(name):
            attempt(setattr, owner, name, 1)


def counts(thing: Any) -> Iterator[tuple[Any, str]]:
    """Whole numbers above one that an object, its class or the objects that it holds keep: owner and name."""
    held = [value for value in vars(thing).values() if hasattr(value, "__dict__")] if hasattr(thing, "__dict__") else []
    for owner in (thing, *(value for value in held if type(value).__module__.startswith("submission"))):
        shared = {name: value for name, value in vars(type(owner)).items() if not name.startswith("__")}
        for name, value in (shared | getattr(owner, "__dict__", {})).items():
            if type(value) is int and value > 1:
                yield owner, name


SEVERAL = "it makes several steps in one call, so that no gradient can be read off what it changes"


def one_step(learner: Learner, sizes: Sequence[int]) -> Learner | None:
    """The learner itself where a call is one step; else with a number of its object at one that makes it so, if any."""
    trial = Trial.of(learner, sizes)
    if not several(trial):
        return learner
    for owner, name in counts(trial.root):
        candidate = replace(learner, make=_made_with(learner, owner is trial.root, name))
        shorter = attempt(Trial.of, candidate, sizes).value
        if isinstance(shorter, Trial) and shorter.change(1.0) and not several(shorter):
            return candidate
    return None


def _made_with(learner: Learner, own: bool, wanted: str) -> Any:
    """Making an object with one of its counts, or of those that it holds, at one."""

    def make(sizes: Sequence[int], seed: int) -> Any:
        root = learner.make(sizes, seed)
        for owner, name in list(counts(root)):
            if name == wanted and (owner is root) is own:
                setattr(owner, name, 1)
        return root

    return make


def several(trial: Trial) -> bool:
    """Whether no array's change is in proportion to the rate or, where that cannot be set, straight in the targets.

    In one step at least the array that is updated first is, right or wrong; from the second step on none is.
    """
    whole, half = trial.change(1.0), trial.change(0.5)
    if whole is None or half is None:
        return False
    if any(not np.allclose(whole[name], half[name], rtol=EXACT, atol=0) for name in whole):
        return not _any_straight(whole, {name: 2 * array for name, array in half.items()})
    return _bent_in_targets(trial)


def _bent_in_targets(trial: Trial) -> bool:
    first, last = np.full_like(trial.y, 0.3), np.linspace(0.5, 0.7, trial.y.size).reshape(trial.y.shape)
    one, other = (replace(trial, y=y).change(1.0) for y in (first, last))
    middle = replace(trial, y=(first + last) / 2).change(1.0)
    if middle is None or one is None or other is None:
        return False
    if _any_straight(middle, one) or _any_straight(middle, other):
        return False  # it looks at which target is the largest
    return not _any_straight(middle, {name: (one[name] + other[name]) / 2 for name in middle})


def _any_straight(one: Named, other: Named) -> bool:
    """Whether some array is the same in both, and not zero."""
    return any(
        one[name].any() and np.allclose(one[name], other[name], rtol=0, atol=EXACT * float(np.abs(one[name]).max()))
        for name in one
    )
