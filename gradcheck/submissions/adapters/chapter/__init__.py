"""The chapter's class and its descendants: lists of weights and biases, and a method that returns the gradient."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.chapter.answers import Answers, answers_for
from gradcheck.submissions.adapters.chapter.construct import Maker, ways
from gradcheck.submissions.adapters.chapter.reported import (
    Cost,
    Forward,
    answered_cost,
    cost_for,
    declared_cost,
    forward_for,
    runs,
    takes_several,
)
from gradcheck.submissions.adapters.chapter.stepping import Step, step_case
from gradcheck.submissions.adapters.common.building import own_classes
from gradcheck.submissions.adapters.common.calling import seeded
from gradcheck.submissions.adapters.common.cases import FunctionCase
from gradcheck.submissions.adapters.common.slots import Slot, float_slots
from gradcheck.submissions.adapters.common.vocabulary.methods import BACKWARD
from gradcheck.submissions.adapters.layers.choosing import is_layer
from gradcheck.submissions.layout import layouts_of, sizes_in
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.loading.execution import described
from gradcheck.submissions.subjects import BadReturnError, Found, Hints, ModelInfo, Net

Array = NDArray[Any]
FAMILY = "chapter"
PROBES = ((5, 4, 3), (5, 7, 4, 3), (5, 3))
"""Layer sizes that tell every array's role by its shape: with one hidden layer, two, none."""


def find(loaded: LoadedModule, hints: Hints) -> Found:
    """Classes that are built from layer sizes, keep weights and biases, and return their gradient from one call."""
    models, unfinished = [], []
    for name, cls in own_classes(loaded.namespace).items():
        if name != (hints.names.get("class") or loaded.selected or name) or inspect.isabstract(cls):
            continue
        if not hints.family and is_layer(cls) and not any(_built(cls, sizes) for sizes in PROBES[:2]):
            continue
        found = _understood(name, cls, hints)
        if isinstance(found, str):
            unfinished.append(found)
        elif found is not None:
            models.append(found)
    chosen = tuple(_not_bases(models))
    steps = [case for model in chosen if (case := model.step()) is not None]
    return Found(models=chosen, cases=tuple(steps), unfinished=tuple(unfinished))


def _not_bases(models: list[ChapterModel]) -> Iterator[ChapterModel]:
    """A class that another one refines is looked at there."""
    kinds = [model.cls for model in models]
    for model in models:
        if not any(other is not model.cls and issubclass(other, model.cls) for other in kinds):
            yield model


def _understood(name: str, cls: type, hints: Hints) -> ChapterModel | str | None:
    """The model, a sentence on what is missing in it, or None where the class is something else."""
    backward = _backward(cls, hints)
    if not backward and callable(getattr(cls, "loss", None)):
        return None  # which may return the gradient beside it: another family's
    if not backward:
        built = next((True for sizes in PROBES if _built(cls, sizes) is not None), False)
        return f"class {name} has weights but no method that returns their gradient (backprop)" if built else None
    plans = [(plan, len(sizes) - 2) for sizes in PROBES if (plan := _plan(cls, sizes, backward, hints)) is not None]
    if not plans:
        return _of_its_own_sizes(name, cls, backward, hints) or _not_built(name, cls)
    plan, depth = max(plans, key=lambda item: (item[0].answers.match.exact > 0, item[0].runs))
    return ChapterModel(name, cls, backward, hints, plan, depth)


def _of_its_own_sizes(name: str, cls: type, backward: tuple[str, ...], hints: Hints) -> ChapterModel | None:
    """A class with sizes written into it: those that its arrays turn out to have."""
    for _, make in ways(cls, PROBES[0]):
        instance = _made(make)
        if instance is not None:
            sizes = sizes_in({slot.name: slot.read(instance).shape for slot in _ordered(float_slots(instance))})
            plan = _plan(cls, sizes, backward, hints) if sizes else None
            return ChapterModel(name, cls, backward, hints, plan, len(sizes) - 2, sizes=sizes) if plan else None
    return None


def _backward(cls: type, hints: Hints) -> tuple[str, ...]:
    methods = [name for name in dir(cls) if callable(getattr(cls, name, None)) and not name.startswith("__")]
    asked = hints.names.get("backward")
    if asked:
        return (asked,) if asked in methods else ()
    return tuple(BACKWARD.among(methods)) or tuple(m for m in methods if "back" in m.lower() or "grad" in m.lower())


def _not_built(name: str, cls: type) -> str | None:
    """A sentence where no way of calling the constructor works; None where it does, and the class is something else."""
    problem = ""
    for _, make in ways(cls, PROBES[0]):
        try:
            make()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's constructor
            problem = problem or described(error)
        else:
            return None
    return f"class {name} cannot be built from layer sizes ({problem or 'its constructor takes something else'})"


@dataclass(frozen=True)
class _Built:
    """One way to build the class, and where an instance keeps its parameters."""

    way: str
    names: tuple[str, ...]


def _built(cls: type, sizes: Sequence[int]) -> _Built | None:
    for way, make in ways(cls, sizes):
        instance = _made(make)
        if instance is None:
            continue
        shapes = {slot.name: slot.read(instance).shape for slot in _ordered(float_slots(instance))}
        layouts = layouts_of(shapes, sizes)
        if layouts and not _left_over(shapes, [role.name for role in layouts[0].roles]):
            return _Built(way, tuple(role.name for role in layouts[0].roles))
    return None


def _left_over(shapes: Mapping[str, tuple[int, ...]], taken: Sequence[str]) -> list[str]:
    """Weight matrices that are no part of the layers: it has more layers than its sizes say."""
    known = [shapes[name] for name in taken]
    named = [name for name in shapes if name not in taken and name.lower().startswith(("w", "theta", "syn"))]
    return [name for name in named if len(shapes[name]) == 2 and 1 not in shapes[name] and shapes[name] not in known]


def _made(make: Maker) -> Any:
    try:
        return make()
    except (Exception, SystemExit):  # noqa: BLE001 - one of several ways to call a stranger's constructor
        return None


_FIRST = ("weight", "bias", "w", "b", "theta", "synap", "param")


def _ordered(found: list[Slot]) -> list[Slot]:
    """Slots that are called like parameters before those that are called otherwise (velocities, gradients)."""
    return sorted(found, key=lambda slot: not slot.name.lstrip("_").lower().startswith(_FIRST))


@dataclass(frozen=True)
class _Plan:
    """How an instance of one depth is built and asked; found out once, on sizes that all differ."""

    built: _Built
    answers: Answers
    forward: Forward | None
    cost: Cost | None
    declared_cost: str
    runs: bool


def _plan(cls: type, sizes: Sequence[int], backward: Sequence[str], hints: Hints) -> _Plan | None:
    built = _built(cls, sizes)
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
    return _Plan(built, answers, forward, cost, declared, runs=runs(fresh, forward, sizes))


def _alike(first: _Plan, other: _Plan | None) -> _Plan | None:
    """*other*, the plan of another depth; asked as the first one was where nothing answers at that depth."""
    if other is None or other.answers.match.exact or not first.answers.match.exact:
        return other
    answers = replace(first.answers, match=other.answers.match, stored=False)
    return replace(first, built=other.built, answers=answers)


def instance_of(cls: type, sizes: Sequence[int], way: str) -> Any:
    """A new instance by the way that worked before."""
    makers = [make for name, make in ways(cls, sizes) if name == way]
    made = next((instance for make in makers if (instance := _made(make)) is not None), None)
    return made if made is not None else makers[0]()


@dataclass
class ChapterModel:
    """A class that is built from sizes, or in its own *sizes*; plans are kept by the number of hidden layers."""

    name: str
    cls: type
    backward: tuple[str, ...]
    hints: Hints
    first: _Plan
    depth: int
    plans: dict[int, _Plan | None] = field(default_factory=dict)
    sizes: tuple[int, ...] | None = None

    @property
    def info(self) -> ModelInfo:
        """What is known of it."""
        answers = self.first.answers
        return ModelInfo(
            family=FAMILY,
            title=f"class {self.name}, {answers.method}{answers.signature}",
            sizes=self.sizes,
            hidden_layers=None if self._any_depth() else self.depth,
            examples=None if answers.batch else 1,
            forward=self.first.forward is not None,
            cost=self.first.cost is not None,
            l2=bool(answers.l2),
            targets="one-hot" if answers.labels else "any",
            declared_cost=self.first.declared_cost,
            notes=answers.notes,
        )

    def _any_depth(self) -> bool:
        deeper = None if self.sizes else self._plan(self.depth + 1)
        return deeper is not None and deeper.runs == self.first.runs

    def step(self) -> FunctionCase | None:
        """A step of its learning rule, where that is not along the gradient that it returns."""
        plan, sizes = self.first, self.sizes or _distinct(self.depth)
        if not plan.answers.match.exact:
            return None

        def fresh() -> Any:
            return instance_of(self.cls, sizes, plan.built.way)

        return step_case(Step(self.name, fresh, plan.answers, plan.forward, plan.built.names, sizes))

    def _plan(self, hidden: int) -> _Plan | None:
        self.plans.setdefault(self.depth, self.first)
        if hidden not in self.plans:
            sizes = _distinct(hidden)
            self.plans[hidden] = _alike(self.first, _plan(self.cls, sizes, self.backward, self.hints))
        return self.plans[hidden]

    def build(self, sizes: Sequence[int], seed: int) -> Net:
        """A fresh instance; NumPy's global generator is seeded, for initialisations that use it."""
        np.random.seed(seed)  # noqa: NPY002 - the submission's generator, not ours
        plan = self._plan(len(sizes) - 2) or self.first
        return ChapterNet(instance_of(self.cls, sizes, plan.built.way), plan, sizes[-1])


def _distinct(hidden: int) -> tuple[int, ...]:
    return next((p for p in PROBES if len(p) == hidden + 2), (5, *range(6, 6 + hidden), 3))


@dataclass
class ChapterNet:
    """One live instance."""

    instance: Any
    plan: _Plan
    outputs: int

    def _slots(self) -> dict[str, Slot]:
        found = {slot.name: slot for slot in float_slots(self.instance)}
        return {name: found[name] for name in self.plan.built.names}

    def parameters(self) -> dict[str, Array]:
        """Copies of the weights and biases."""
        return {name: slot.read(self.instance) for name, slot in self._slots().items()}

    def _set(self, parameters: Mapping[str, Array]) -> None:
        now = self._slots()
        for name, value in parameters.items():
            now[name].set(self.instance, value, widen=False)

    def forward(self, parameters: Mapping[str, Array], x: Array) -> Any:
        """The output for the columns of *x*."""
        self._set(parameters)
        if self.plan.forward is None:
            raise NotImplementedError
        output = self.plan.forward(self.instance, x, self.outputs)
        if output is None:
            raise BadReturnError(f"The forward pass does not return the output for {x.shape[1]} examples.")
        return output

    def cost(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float) -> Any:
        """The reported cost."""
        self._set(parameters)
        if self.plan.cost is None:
            raise NotImplementedError
        return answered_cost(self.plan.cost(self.instance, x, y, l2))

    def gradient(self, parameters: Mapping[str, Array], x: Array, y: Array, l2: float) -> dict[str, Any]:
        """What the backward method returned, by parameter."""
        self._set(parameters)
        return self.plan.answers.gradient(self.instance, x, y, l2)
