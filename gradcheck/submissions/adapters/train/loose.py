"""Learners whose parameters do not chain: single numbers, neurons as objects, ones added to the inputs inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.calling import Deadline, attempt, duplicate
from gradcheck.submissions.adapters.common.slots import slots
from gradcheck.submissions.adapters.train.assemble import learner_of
from gradcheck.submissions.adapters.train.cases import Fit, StepCase, fit_of, step_case
from gradcheck.submissions.adapters.train.chain import Chain, Layer
from gradcheck.submissions.adapters.train.classes import Search, Way
from gradcheck.submissions.adapters.train.construct import Construction, made
from gradcheck.submissions.adapters.train.learner import Learner
from gradcheck.submissions.adapters.train.methods import Call
from gradcheck.submissions.adapters.train.places import stacked
from gradcheck.submissions.adapters.train.rates import with_rate
from gradcheck.submissions.adapters.train.rounds import SEVERAL, one_step
from gradcheck.submissions.adapters.train.sequence import one_after_another

N_IN, N_OUT = (2, 3, 4), (1, 3, 2)


class LooseSearch(Search):
    """Every array and number of an object taken for a parameter, until it shows that it is none."""

    kept: frozenset[str] | None = None

    def chain_of(self, root: Any, sizes: Sequence[int]) -> Chain:
        """All places of numbers, one after the other; only those kept once that is known."""
        found = stacked(slots(root, numbers=True), root)
        places = [place for place in found if self.kept is None or place.name in self.kept]
        return Chain(tuple(Layer(place, outputs_first=False) for place in places), tuple(sizes))

    def keep_what_matters(self, forward: Way) -> None:
        """Forget the places on which the output does not depend."""
        m = 1 if forward.layout.single else self.x.shape[1]
        base = self.attempt(forward.forward, duplicate(self.thing), self.x[:, :m], self.sizes[-1]).value
        kept = set()
        for layer in self.chain.layers:
            copy = duplicate(self.thing)
            if not attempt(layer.weights.set, copy, layer.weights.get(copy) + 0.41).returned:
                continue
            other = self.attempt(forward.forward, copy, self.x[:, :m], self.sizes[-1]).value
            if isinstance(other, np.ndarray) and not np.array_equal(other, base):
                kept.add(layer.weights.name)
        self.kept = frozenset(kept)
        self.chain = self.chain_of(self.thing, self.sizes)

    def moved(self, root: Any) -> None:
        """Change every parameter."""
        for layer in self.chain.layers:
            attempt(layer.weights.set, root, layer.weights.get(root) + 0.41)


def loose_case(
    name: str, cls: type, module: Mapping[str, Any], namespace: dict[str, Any], deadline: Deadline
) -> StepCase | None:
    """A class that answers and learns, whatever its parameters look like."""
    for construction, sizes, thing in made(cls, module, namespace, deadline):
        for n_in in (sizes[0],) if construction.sized or construction.holds_data else N_IN:
            for n_out in (sizes[-1],) if construction.sized or construction.holds_data else N_OUT:
                found = attempt(_case, name, (construction, sizes, thing), (n_in, n_out), deadline).value
                if isinstance(found, StepCase):
                    return found
                if deadline.passed:
                    return None
    return None


def _case(
    name: str, made_so: tuple[Construction, tuple[int, ...], Any], sizes: tuple[int, int], deadline: Deadline
) -> StepCase | None:
    construction, built, thing = made_so
    search = LooseSearch(construction, sizes, thing, deadline)
    forward = next(search.forwards(), None)
    if forward is None:
        return None
    search.keep_what_matters(forward)
    chosen = best_of(search, forward, sizes, built) if search.chain.layers else None
    if chosen is None:
        return None
    title = f"class {name}: {', '.join(call.method for call in chosen.step.calls)}"
    return step_case(title, chosen.learner, sizes, chosen.fit, one_hot=chosen.step.layout.one_hot)


@dataclass(frozen=True)
class Chosen:
    """A way to learn, the learner that it makes, and how well its steps fit a cost."""

    step: Way
    learner: Learner
    fit: Fit


def best_of(search: Search, forward: Way | None, sizes: Sequence[int], built: Sequence[int] = ()) -> Chosen | None:
    """Of the ways that change the weights the first whose steps are a gradient of some cost, or the nearest to it.

    A way that hands over the examples wrongly may pass by broadcasting; it fits nothing. *built* are
    the sizes to make the object in, where they are others than the data's.
    """
    best: Chosen | None = None
    repeating: set[tuple[Call, ...]] = set()
    for step in search.step_ways(forward):
        if step.calls in repeating:
            continue
        outcome = attempt(_chosen, search, forward, step, tuple(sizes), tuple(built))
        found = outcome.value
        if outcome.returned and found is None:
            repeating.add(step.calls)
            search.errors[step.calls[-1].method] = SEVERAL
        if isinstance(found, Chosen) and (best is None or found.fit.count > best.fit.count):
            best = found
        if best is not None and (best.fit.complete or search.deadline.passed):
            break
    return best


def _chosen(
    search: Search, forward: Way | None, step: Way, sizes: tuple[int, ...], built: tuple[int, ...]
) -> Chosen | None:
    """The way as a learner; None where each of its calls makes several steps."""
    learner = learner_of(search, forward, step)
    if built:
        make = learner.make
        learner = replace(learner, make=lambda _, seed: make(built, seed))
    single = one_step(with_rate(learner, sizes), sizes)
    if single is None:
        return None
    single = one_after_another(single, sizes)
    return Chosen(step, single, fit_of(single, sizes))
