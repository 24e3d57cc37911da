"""Steps that take one array after the other: each change is the gradient where the ones before it have moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gradcheck.submissions.adapters.common.calling import duplicate
from gradcheck.submissions.adapters.train.learner import Learner
from gradcheck.submissions.adapters.train.rates import Named, Trial

SMALL, CLOSE, STRAIGHT = 1e-6, 1e-4, 1e-7


def one_after_another(learner: Learner, sizes: Sequence[int]) -> Learner:
    """The learner, with its gradient taken in the limit of small rates where it is of that kind.

    Weights that are updated before they are used on the way back are not: there the values of the
    forward pass are those from before the update.
    """
    trial = Trial.of(learner, sizes)
    whole, half = trial.change(1.0), trial.change(0.5)
    if whole is None or half is None:
        return learner
    moved = {n for n in whole if _same(whole[n], 2 * half[n], STRAIGHT)}
    while moved and len(moved) < len(whole):
        small = _small_step(trial, {name: whole[name] for name in moved})
        new = {n for n in whole if n not in moved and small and _same(whole[n], small[n] / SMALL, CLOSE)}
        if not new:
            return learner
        moved |= new
        if len(moved) == len(whole):
            return replace(learner, sequential=True)
    return learner


def _small_step(trial: Trial, changes: Named) -> Named | None:
    """A small step from where those arrays have moved."""
    root = duplicate(trial.root)
    for name, change in changes.items():
        place = trial.places[name]
        place.set(root, place.get(root) + change)
    return trial.change(SMALL, root=root)


def _same(one: np.ndarray, other: np.ndarray, within: float) -> bool:
    return bool(np.allclose(one, other, rtol=0, atol=within * float(np.abs(one).max())))
