"""A class of the chapter's kind as a model: networks of any sizes, asked by the plan for their depth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.chapter.plan import Plan, alike, distinct, instance_of, plan_of
from gradcheck.submissions.adapters.chapter.reported import answered_cost
from gradcheck.submissions.adapters.chapter.stepping import Step, step_case
from gradcheck.submissions.adapters.common.cases import FunctionCase
from gradcheck.submissions.adapters.common.slots import Slot, float_slots
from gradcheck.submissions.subjects import BadReturnError, Hints, ModelInfo, Net

Array = NDArray[Any]
FAMILY = "chapter"


@dataclass
class ChapterModel:
    """A class that is built from sizes, or in its own *sizes*; plans are kept by the number of hidden layers."""

    name: str
    cls: type
    backward: tuple[str, ...]
    hints: Hints
    first: Plan
    depth: int
    plans: dict[int, Plan | None] = field(default_factory=dict)
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
        deeper = None if self.sizes else self.plan(self.depth + 1)
        return deeper is not None and deeper.runs == self.first.runs

    def step(self) -> FunctionCase | None:
        """A step of its learning rule, where that is not along the gradient that it returns."""
        plan, sizes = self.first, self.sizes or distinct(self.depth)
        if not plan.answers.match.exact:
            return None

        def fresh() -> Any:
            return instance_of(self.cls, sizes, plan.built.way)

        return step_case(Step(self.name, fresh, plan.answers, plan.forward, plan.built.names, sizes))

    def plan(self, hidden: int) -> Plan | None:
        """The plan for so many hidden layers, or None where it cannot be built with them."""
        self.plans.setdefault(self.depth, self.first)
        if hidden not in self.plans:
            sizes = distinct(hidden)
            self.plans[hidden] = alike(self.first, plan_of(self.cls, sizes, self.backward, self.hints))
        return self.plans[hidden]

    def build(self, sizes: Sequence[int], seed: int) -> Net:
        """A fresh instance; NumPy's global generator is seeded, for initialisations that use it."""
        np.random.seed(seed)  # noqa: NPY002 - the submission's generator, not ours
        plan = self.plan(len(sizes) - 2) or self.first
        return ChapterNet(instance_of(self.cls, sizes, plan.built.way), plan, sizes[-1])


@dataclass
class ChapterNet:
    """One live instance."""

    instance: Any
    plan: Plan
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
