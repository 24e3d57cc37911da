"""Classes that learn: an object whose weights chain, with a method that runs it forward and one that changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.arguments import Several
from gradcheck.submissions.adapters.common.building import NEUTRAL
from gradcheck.submissions.adapters.common.calling import Attempt, Deadline, attempt, duplicate, one_round, seeded
from gradcheck.submissions.adapters.common.slots import slots
from gradcheck.submissions.adapters.train.chain import Chain, chain
from gradcheck.submissions.adapters.train.construct import Construction
from gradcheck.submissions.adapters.train.layouts import Layout, as_columns, layouts, sized
from gradcheck.submissions.adapters.train.learner import Dimensions, settled
from gradcheck.submissions.adapters.train.methods import (
    Call,
    forward_calls,
    forward_pieces,
    phase_calls,
    recording,
    step_calls,
)
from gradcheck.submissions.adapters.train.networks import Assembly

Array = NDArray[Any]
EXAMPLES, WAYS, ALL_WAYS = 2, 4, 8


@dataclass(frozen=True)
class Way:
    """Calls that work, and how examples are handed to them. ``by_column``: the output comes back as columns."""

    calls: tuple[Call, ...]
    layout: Layout
    by_column: bool | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)

    def run(self, root: Any, x: Array, y: Array, rate: float) -> Any:
        """Make the calls, each given what the ones before it returned as the output; the last answer."""
        given = {
            **self.layout.given(x, y),
            **NEUTRAL,
            "rate": rate,
            "batch": x.shape[1],
            "n_out": len(y),
            "on": True,
            **self.extras,
        }
        answer: Any = None
        for call in self.calls:
            answer = call.run(root, {**given, "output": answer, "gradients": _handed_on(answer, call)})
        return answer

    def forward(self, root: Any, x: Array, n_out: int) -> Array | None:
        """The output (n_out, m) of the one call."""
        answer = self.run(root, x, np.zeros((n_out, x.shape[1])), 0.0)
        m = 1 if self.layout.single else x.shape[1]
        return as_columns(answer, n_out, m, by_column=self.by_column)


class Search:
    """What can be found out about objects of one construction."""

    def __init__(
        self, construction: Construction | Assembly, sizes: tuple[int, ...], thing: Any, deadline: Deadline
    ) -> None:
        self.construction, self.thing, self.deadline = construction, thing, deadline
        self.namespace = construction.namespace
        self.errors: dict[str, str] = {}
        rng = np.random.default_rng(11)
        self.chain = self.chain_of(thing, sizes)
        self.asked, self.sizes = sizes, self.chain.sizes
        begin(self.thing, self.chain)
        self.x = rng.standard_normal((self.sizes[0], EXAMPLES))
        self.y = np.eye(self.sizes[-1])[:, [1, 0]] if self.sizes[-1] > 1 else np.array([[1.0, 0.0]])

    def chain_of(self, root: Any, sizes: Sequence[int]) -> Chain:
        """The weights of an object of this construction; LookupError where there are none."""
        if self.construction.sized:
            found = chain(root, sizes)
            if found is not None:
                return found
        data = [slot.get(root) for slot in slots(root) if len(slot.path) == 1]
        exclude = [a for a in data if self.construction.holds_data and a.shape in ((2, sizes[0]), (2, sizes[-1]))]
        found = chain(root, None, exclude=exclude)
        if found is None or len(found.sizes) < 2:
            raise LookupError("no weights")
        if self.construction.holds_data and (found.sizes[0], found.sizes[-1]) != (sizes[0], sizes[-1]):
            raise LookupError("weights that do not fit the data")
        return found

    # ---- running ----------------------------------------------------------------------------------

    def attempt(self, function: Callable[..., Any], *arguments: Any) -> Attempt:
        """Call it quietly, training loops cut short."""
        with seeded(0), one_round(self.namespace, Dimensions.of(self.sizes, EXAMPLES)):
            return attempt(function, *arguments)

    def forwards(self) -> Iterator[Way]:
        """Ways to run it forward that give numbers of the right shape which depend on the last weights."""
        singles = ((call,) for call in forward_calls(self.thing) if call.recipe.has("x"))
        for calls in (*singles, *forward_pieces(self.thing)):
            for layout in layouts(self.sizes[-1]):
                if self.deadline.passed:
                    return
                if layout.name.endswith(("s, labels", "label", "targets", "number")):
                    continue
                way = self._forward(calls, layout)
                if way is not None:
                    yield way
                    break

    def _forward(self, calls: tuple[Call, ...], layout: Layout) -> Way | None:
        m = 1 if layout.single else EXAMPLES
        copy, n_out = duplicate(self.thing), self.sizes[-1]
        answer = self.attempt(Way(calls, layout).run, copy, self.x, self.y, 0.0)
        out = self.attempt(as_columns, answer.value, n_out, m).value if answer.returned else None
        if not isinstance(out, np.ndarray) or np.array_equal(out, np.round(out)):
            return None
        by_column = _orientation(answer.value, n_out, m)
        way = Way(calls, layout, by_column)
        moved = duplicate(self.thing)
        self.moved(moved)
        others = [self.attempt(way.forward, moved, self.x[:, :m], n_out).value]
        if self.construction.sized:  # a row that is cut by its label loses its last input
            others.append(self.attempt(way.forward, duplicate(self.thing), _last_moved(self.x[:, :m]), n_out).value)
        return way if all(isinstance(o, np.ndarray) and not np.array_equal(o, out) for o in others) else None

    def moved(self, root: Any) -> None:
        """Change the last weights, each by another amount: what is the same for all leaves a softmax as it is."""
        last = self.chain.layers[-1].weights
        now = last.get(root)
        last.set(root, now + 0.37 * (1 + np.arange(now.size).reshape(now.shape) / now.size))

    def steps(self, forward: Way | None) -> Iterator[tuple[Way, int]]:
        """Ways to make it learn, with how many of its weight arrays they change."""
        preferred = [forward.layout] if forward else []
        order = [*preferred, *(lay for lay in layouts(self.sizes[-1]) if lay not in preferred)]
        extras = self.construction.extras
        plain = [forward.calls] if forward else []
        likely = list(dict.fromkeys([*plain, *((call,) for call in forward_calls(self.thing))]))[:3]
        switched = [tuple(recording(self.thing, call) for call in calls) for calls in likely]
        firsts = list(dict.fromkeys([*(calls for calls in switched if calls not in likely), *likely]))
        singles = ((call,) for call in step_calls(self.thing, data=self.construction.holds_data, extras=extras))
        for calls in (*singles, *phase_calls(self.thing, firsts)):
            for layout in order:
                if self.deadline.passed:
                    return
                way = Way(tuple(calls), layout, extras=extras)
                changed = self._changed(way)
                if changed:
                    yield way, changed

    def _changed(self, way: Way) -> int:
        """How many weight arrays a step changes; 0 where it fails, or brings every input to one scale first."""
        change = self._change(way, 1.0)
        if change is None or not settled(change) or self._restarts(way, change):
            return 0
        other = change if self.construction.holds_data else self._change(way, 1.3)
        same = other is not None and all(np.allclose(other[n], a, rtol=1e-9, atol=0) for n, a in change.items())
        return 0 if same and other is not change else sum(bool(a.any()) for a in change.values())

    def _restarts(self, way: Way, change: Mapping[str, Array]) -> bool:
        """Whether a step begins with weights of its own, wherever they were before."""
        moved = self._change(way, 1.0, shift=0.29)
        return moved is not None and all(np.allclose(moved[n] + 0.29, a, rtol=0, atol=1e-12) for n, a in change.items())

    def _change(self, way: Way, scale: float, shift: float = 0.0) -> dict[str, Array] | None:
        m = 1 if way.layout.single else EXAMPLES
        copy = duplicate(self.thing)
        places = [layer.weights for layer in self.chain.layers]
        for place in places if shift else ():
            place.set(copy, place.get(copy) + shift)
        before = [place.get(copy) for place in places]
        outcome = self.attempt(way.run, copy, scale * self.x[:, :m], self.y[:, :m], 1.0)
        if not outcome.returned:
            self.errors.setdefault(way.calls[-1].method, outcome.error)
            return None
        after = [attempt(place.get, copy).value for place in places]
        if any(a is None or a.shape != b.shape for a, b in zip(after, before, strict=True)):
            return None
        return {str(i): a - b for i, (a, b) in enumerate(zip(after, before, strict=True))}

    def step_ways(self, forward: Way | None) -> list[Way]:
        """The first few ways that change all weights; without any, the one that changes most."""
        best: list[tuple[Way, int]] = []
        for way, changed in self.steps(forward):
            if not best or changed > best[0][1]:
                best = []
            if sum(way.calls == other.calls for other, _ in best) < WAYS and (not best or changed == best[0][1]):
                best.append((way, changed))
            if changed == len(self.chain.layers) and len(best) == ALL_WAYS:
                break
        return [way for way, _ in best]


def _handed_on(answer: Any, call: Call) -> Any:
    """What a backward call gave, for the update: whole, or one by one where it asks for several."""
    several = call.recipe.count("gradients") > 1 and isinstance(answer, tuple | list)
    return Several(answer) if several else answer


def _last_moved(x: Array) -> Array:
    moved = x.copy()
    moved[-1] += 0.7
    return moved


def begin(root: Any, found: Chain) -> None:
    """Weights that begin at zero get small numbers, so that what depends on them is seen."""
    rng = np.random.default_rng(12)
    for layer in found.layers:
        value = layer.weights.get(root)
        if not value.any():
            attempt(layer.weights.set, root, 0.5 * rng.standard_normal(value.shape))


def _orientation(answer: Any, n_out: int, m: int) -> bool | None:
    """Whether the output came back as columns; None where its shape does not tell."""
    array = sized(answer, n_out * m)
    shape = () if array is None else array.shape
    if len(shape) < 2 or m in (1, n_out):
        return None
    return bool(shape[0] == n_out and shape[-1] == m)
