"""From a class that learns to a model: how it runs, which biases count, who sets the learning rate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.calling import attempt, duplicate, one_round, seeded
from gradcheck.submissions.adapters.common.slots import Slot, slots
from gradcheck.submissions.adapters.train.chain import Layer
from gradcheck.submissions.adapters.train.classes import Search, Way
from gradcheck.submissions.adapters.train.construct import example_data
from gradcheck.submissions.adapters.train.learner import Dimensions, Learner
from gradcheck.submissions.adapters.train.places import Place, Stack
from gradcheck.submissions.adapters.train.readout import TARGET, Readout, Runs, readout

Array = NDArray[Any]


@dataclass(frozen=True)
class Runner:
    """The ways of a class, on an object that may have to be made anew because it holds its data."""

    search: Search
    step_way: Way
    forward_way: Way | None = None
    left: Readout | None = None

    def step(self, root: Any, x: Array, y: Array, rate: float) -> None:
        """One step of learning."""
        if not self.search.construction.holds_data:
            self.step_way.run(root, x, y, rate)
            return
        other = self._with_data(root, x, y)
        self.step_way.run(other, x, y, rate)
        _transfer(self.everything(root), other, root)

    def forward(self, root: Any, x: Array, n_out: int) -> Array | None:
        """The output; read off what a step leaves behind where no method gives it."""
        if self.forward_way is not None:
            return self.forward_way.forward(root, x, n_out)
        y = np.full((n_out, x.shape[1]), TARGET)
        other = self._with_data(root, x, y) if self.search.construction.holds_data else root
        self.step_way.run(other, x, y, 1.0)
        return self.left.output(other, n_out, x.shape[1]) if self.left else None

    def _with_data(self, root: Any, x: Array, y: Array) -> Any:
        sizes = self.search.chain_of(root, self.search.sizes).sizes
        other = self.search.construction.make(sizes, 1, example_data(x, y))
        _transfer([*self.everything(root), *single_numbers(root)], root, other)
        return other

    def everything(self, root: Any) -> list[Place]:
        """Weights and all that may be biases."""
        layers = self.search.chain_of(root, self.search.sizes).layers
        return [place for layer in layers for place in (layer.weights, *layer.biases)]


def single_numbers(root: Any) -> list[Slot]:
    """Places of single floats: a learning rate that was set stays set."""
    return [slot for slot in slots(root, numbers=True) if isinstance(slot.raw(root), float)]


def _transfer(places: Sequence[Place], source: Any, target: Any) -> None:
    for place in places:
        place.set(target, place.get(source))


def learner_of(search: Search, forward: Way | None, step: Way) -> Learner:
    """Everything that a model needs, tried on the search's object."""
    runner = Runner(search, step, forward)
    if forward is None:
        runner = replace(runner, left=_readout(search, runner))

    def places(root: Any, sizes: Sequence[int]) -> Mapping[str, Place]:
        found = search.chain_of(root, sizes)
        named = used_places(root, found.layers, lambda changed: _response(learner, changed, found.sizes))
        return _without_constants(learner, root, named, found.sizes)

    learner = Learner(
        make=lambda sizes, seed: search.construction.make(sizes, seed, _any_data(sizes)),
        places=places,
        step=runner.step,
        forward=runner.forward if forward or runner.left else None,
        namespace=search.namespace,
    )
    return learner


def _without_constants(learner: Learner, root: Any, named: dict[str, Place], sizes: Sequence[int]) -> dict[str, Place]:
    """Without single numbers per neuron that no step changes: constants of the layer, set to 0.

    They are the same for all its neurons, and not 0, which is where biases begin.
    """
    single = {name: place for name, place in named.items() if isinstance(place, Stack) and _constant(place.get(root))}
    if not single:
        return named
    x, y = np.ones((sizes[0], 1)), np.full((sizes[-1], 1), 0.3)
    change = attempt(learner.change, root, single, x, y, 1.0).value
    if not isinstance(change, dict) or any(array.any() for array in change.values()):
        return named
    for place in single.values():
        place.set(root, np.zeros_like(place.get(root)))
    return {name: place for name, place in named.items() if name not in single}


def _constant(value: Array) -> bool:
    return value.ndim == 1 and bool(value.any()) and float(np.ptp(value)) == 0


def _any_data(sizes: Sequence[int]) -> dict[str, Any]:
    rng = np.random.default_rng(3)
    return example_data(rng.standard_normal((sizes[0], 2)), rng.uniform(0.1, 0.9, (sizes[-1], 2)))


def _response(learner: Learner, root: Any, sizes: Sequence[int], scale: float = 1.0) -> Array | None:
    """What an object of those sizes answers to some input: its output or, without one, how it learns."""
    x = scale * np.random.default_rng(2).standard_normal((sizes[0], 1))
    if learner.forward is not None:
        answer = attempt(learner.output, root, sizes, x).value
        return answer if isinstance(answer, np.ndarray) else None
    copy = duplicate(root)
    before = {slot: slot.get(copy) for slot in slots(copy)}
    with seeded(0), one_round(learner.namespace, Dimensions.of(sizes, 1)):
        if not attempt(learner.step, copy, x, np.full((sizes[-1], 1), 0.3), 1.0).returned:
            return None
    return np.concatenate([(slot.get(copy) - value).ravel() for slot, value in before.items()])


def used_places(root: Any, layers: Sequence[Layer], respond: Callable[[Any], Array | None]) -> dict[str, Place]:
    """Weights and those biases that make a difference, by name, from input to output."""
    base = respond(root)
    named: dict[str, Place] = {}
    for layer in layers:
        named[layer.weights.name] = layer.weights
        for place in layer.biases:
            if place.name not in named and _matters(root, place, respond, base):
                named[place.name] = place
                break
    return named


def _matters(root: Any, place: Place, respond: Callable[[Any], Array | None], base: Array | None) -> bool:
    copy = duplicate(root)
    value = place.get(copy)
    moved = value + 0.4 * (1.0 + np.arange(value.size)).reshape(value.shape)  # a softmax does not see equal shifts
    if not attempt(place.set, copy, moved).returned:
        return False
    answer = respond(copy)
    return answer is not None and (base is None or answer.shape != base.shape or not np.array_equal(answer, base))


def _readout(search: Search, runner: Runner) -> Readout | None:
    """Where a step leaves the output."""
    y = search.y
    one, other = _after(search, runner, y), _after(search, runner, 0.3 + 0.5 * y)
    moved = _after(search, runner, y, 1.3)
    if one is None or other is None or moved is None:
        return None
    return readout(Runs(one, other, moved, y, 0.3 + 0.5 * y, (search.x, search.x.T, y, y.T)))


def _after(search: Search, runner: Runner, y: Array, factor: float = 1.0) -> Any:
    root = duplicate(search.thing)
    if search.construction.holds_data:
        made = search.attempt(search.construction.make, search.sizes, 1, example_data(search.x, y))
        if not made.returned:
            return None
        root = made.value
        _transfer(runner.everything(root), search.thing, root)
    for place in runner.everything(root) if factor != 1 else ():
        place.set(root, factor * place.get(root))
    outcome = search.attempt(runner.step_way.run, root, search.x, y, 1.0)
    return root if outcome.returned else None
