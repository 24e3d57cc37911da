"""Functions that run over a sequence and back, and whose weights are names of the module: min-char-rnn and its kin."""

from __future__ import annotations

import contextlib
import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.arguments import named_parameters
from gradcheck.submissions.adapters.common.building import own
from gradcheck.submissions.adapters.common.calling import attempt, free_names, function_globals
from gradcheck.submissions.adapters.common.cases import FunctionCase, agreement
from gradcheck.submissions.adapters.common.returned import cost_and_gradient, gradient_labels
from gradcheck.submissions.adapters.common.slots import OPAQUE, Slot, float_slots
from gradcheck.submissions.adapters.common.sources import return_labels
from gradcheck.submissions.adapters.common.vocabulary.names import letters, names
from gradcheck.submissions.adapters.common.vocabulary.roles import role
from gradcheck.submissions.adapters.recurrent.sequences import FORMS, Form
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.loading.execution import time_limit
from gradcheck.submissions.subjects import BadReturnError, CaseInfo

Array = NDArray[Any]
Named = dict[str, Any]
Function = Callable[..., Any]
STEPS, HIDDEN, OTHERS = 8, 5, (4, 3, 6, 7)
SMALL, SCALE, SECONDS, AGREES = 12, 0.3, 4.0, 1e-5
NOT_ASKED = names(likely=".*(sample|generate|train|check|optimi[sz]e|update|main|predict|plot|test).*")
"""Functions that are not called to see what they do."""
MOST_ENTRIES = 6000
"""Of arrays that cannot be made smaller: differences of more take minutes."""
GATES = (1, 2, 3, 4)
"""How many gates one matrix may hold, one below the other."""


@dataclass(frozen=True)
class Sequential:
    """A function with the arrays that its number depends on, and what its arguments are given."""

    function: Function
    labels: tuple[str, ...]
    shapes: Mapping[Slot, tuple[int, ...]]
    sizes: Mapping[str, int]
    hidden: int
    classes: int
    form: Form
    parameters: tuple[Slot, ...] = ()

    @property
    def namespace(self) -> Named:
        """The names of the function's module."""
        return function_globals(self.function)

    def start(self, seed: int) -> Named:
        """Small weights: what is cut off at ±1 or ±5 is not reached."""
        rng = np.random.default_rng([seed, 8])
        return {slot.name: rng.uniform(-SCALE, SCALE, self.shapes[slot]) for slot in self.parameters}

    def value(self, point: Named, seed: int) -> float:
        """The number that it returns."""
        with self._at(point):
            return float(np.sum(cost_of(self._called(seed))))

    def slope(self, point: Named, seed: int) -> Named:
        """The arrays that it returns, or leaves beside the weights, under the names of the weights' gradients."""
        with self._at(point):
            returned = self._called(seed)
            kept = {slot.name: self._left(slot) for slot in self.parameters}
        if all(array is not None for array in kept.values()):
            return kept
        last = {slot.last: point[slot.name] for slot in self.parameters}
        found = cost_and_gradient(returned, last, self.labels)[1]
        return {slot.name: found[slot.last] for slot in self.parameters}

    def _called(self, seed: int) -> Any:
        return self.function(**self.arguments(seed))

    def arguments(self, seed: int) -> Named:
        """Two sequences first, by their names if those say which is which; what is left are states, and zero."""
        rng = np.random.default_rng([seed, 9])
        x, y = (np.eye(self.classes)[rng.permutation(np.arange(STEPS) % self.classes)] for _ in range(2))
        found = [p for p in named_parameters(self.function) or [] if p.default is p.empty]
        given: Named = {p.name: self.namespace[p.name] for p in found if p.name in self.namespace}
        rest = [p.name for p in found if p.name not in given]
        first = next((n for n in rest if role(n) == "x"), rest[0])
        second = next((n for n in rest if role(n) == "y"), next((n for n in rest if n != first), ""))
        states = {n: np.zeros((self.hidden, 1)) for n in rest if n not in (first, second)}
        return {**given, **states, first: self.form.write(x), second: self.form.write(y)}

    def _left(self, slot: Slot) -> Array | None:
        """The gradient beside an attribute or key: ``p.W.d`` beside ``p.W.v``."""
        *way, _ = slot.path
        if not way:
            return None
        for last in ("d", "grad", "g", "dv", "diff", "gradient"):
            for kind in ("attribute", "item"):
                found = attempt(Slot((*way, (kind, last))).get, self.namespace).value
                if isinstance(found, np.ndarray) and found.shape == self.shapes[slot]:
                    return found
        return None

    @contextlib.contextmanager
    def _at(self, point: Named) -> Iterator[None]:
        """Weights, sizes and what lies beside the weights in the sizes that are tried; all as before afterwards."""
        before = {slot: slot.read(self.namespace) for slot in self.shapes}
        sizes = {name: self.namespace[name] for name in self.sizes}
        self.namespace.update(self.sizes)
        for slot, shape in self.shapes.items():
            slot.set(self.namespace, np.reshape(point.get(slot.name, np.zeros(shape)), shape))
        try:
            yield
        finally:
            self.namespace.update(sizes)
            for slot, array in before.items():
                slot.set(self.namespace, array)


def cost_of(returned: Any) -> Any:
    """The first single number in what was returned."""
    for part in returned if isinstance(returned, tuple | list) else (returned,):
        if not isinstance(part, Mapping | str) and np.size(part) == 1 and np.asarray(part).dtype.kind in "fi":
            return part
    raise BadReturnError("It returned no single number as the cost.")


def sequential_cases(loaded: LoadedModule) -> list[FunctionCase]:
    """The functions of a file that go over a sequence and back with the module's own weights, as cases."""
    found = []
    for name, function in own(loaded).items():
        if not inspect.isfunction(function) or NOT_ASKED.fits(name):
            continue
        with contextlib.suppress(KeyboardInterrupt), time_limit(SECONDS):
            case = attempt(_case, name, function, loaded.source).value
            found += [case] if isinstance(case, FunctionCase) else []
    return found


def _case(name: str, function: Function, source: str) -> FunctionCase | None:
    """The way of calling it in which gradient and number agree, else the first in which it answers."""
    first = None
    for run in _ways(function, return_labels(function, source)):
        case = _as_case(name, run)
        if agreement(case) < AGREES:
            return case
        first = first or case
    return first


def _ways(function: Function, labels: tuple[str, ...]) -> Iterator[Sequential]:
    """The ways of calling it in which its number depends on weights for all of which there is a gradient."""
    namespace = function_globals(function)
    read = {name: namespace[name] for name in free_names(function) if name in namespace}
    slots = float_slots({n: v for n, v in read.items() if not isinstance(v, OPAQUE)})
    shapes = {slot: tuple(np.shape(slot.raw(namespace))) for slot in slots}
    hidden = hidden_of(list(shapes.values()))
    required = [p for p in named_parameters(function) or [] if p.default is p.empty]
    if not hidden or len(required) < 2:
        return
    counts = {n: v for n, v in read.items() if type(v) is int}
    classes = sorted({n for shape in shapes.values() for n in shape if 1 < n != hidden} or {hidden})
    for small, form in product((True, False), (FORMS[-1], *FORMS[:-1])):
        sizes = _smaller(list(shapes.values()), hidden) if small else {}
        there = {slot: tuple(sizes.get(n, n) for n in shape) for slot, shape in shapes.items()}
        if sum(map(math.prod, there.values())) > MOST_ENTRIES:
            continue
        given = {name: sizes.get(n, n) for name, n in counts.items()}
        for number in classes:
            run = Sequential(function, labels, there, given, sizes.get(hidden, hidden), sizes.get(number, number), form)
            run = replace(run, parameters=_parameters(run))
            if run.parameters and attempt(_complete, run).value:
                yield run
                break


def hidden_of(shapes: list[tuple[int, ...]]) -> int:
    """How many hidden neurons there are: they have weights among themselves, alone or beside those of the input."""
    dims = sorted({n for shape in shapes for n in shape if n > 1})
    alone = [(n, (n, n)) for n in dims]
    beside = [(n, (n, n + other)) for n, other in product(dims, dims)]
    gated = [(n, (n * gates, n)) for gates, n in product(GATES[1:], dims)]
    for n, wanted in (*alone, *beside, *gated):
        if any(wanted in (shape, shape[::-1]) for shape in shapes):
            return n
    return 0


def _smaller(shapes: list[tuple[int, ...]], hidden: int) -> dict[int, int]:
    """Smaller sizes in the place of large ones; sums and multiples stay such."""
    dims = sorted({n for shape in shapes for n in shape if n > 1 and n != hidden})
    if max([hidden, *dims]) <= SMALL:
        return {}
    made = {n for n in dims if n % hidden == 0 and n // hidden in GATES[1:]}
    joined = {n for n in dims if n > hidden and n - hidden in dims and n not in made}
    plain = [n for n in dims if n not in made | joined]
    sizes = {hidden: HIDDEN, **dict(zip(plain, OTHERS, strict=False))}
    sizes |= {n: HIDDEN + sizes.get(n - hidden, n - hidden) for n in joined}
    return sizes | {n: HIDDEN * (n // hidden) for n in made}


def _parameters(run: Sequential) -> tuple[Slot, ...]:
    """The arrays on which the number depends."""
    rng = np.random.default_rng(1)
    point = {slot.name: rng.uniform(-SCALE, SCALE, shape) for slot, shape in run.shapes.items()}
    at = attempt(run.value, point, 0)
    if not at.answered or not np.isfinite(at.value):
        return ()
    away = {slot.name: 0.1 * rng.standard_normal(shape) for slot, shape in run.shapes.items()}
    moved = {s: attempt(run.value, {**point, s.name: point[s.name] + away[s.name]}, 0).value for s in run.shapes}
    return tuple(slot for slot, value in moved.items() if value is not None and value != at.value)


def _complete(run: Sequential) -> bool:
    """Whether there is an array of its size for each parameter, called like its gradient or left beside it."""
    point = run.start(0)
    gradient = run.slope(point, 0)
    sizes = all(np.size(gradient[name]) == np.size(array) for name, array in point.items())
    labels = {letters(label) for label in run.labels}
    named = sum(bool((gradient_labels(slot.last) - {letters(slot.last)}) & labels) for slot in run.parameters)
    left = not run.labels or all(slot.last in ("v", "value", "data", "w", "val") for slot in run.parameters)
    return sizes and any(np.any(array) for array in gradient.values()) and (left or named > 1)


def _as_case(name: str, run: Sequential) -> FunctionCase:
    said = f"inputs and targets are {run.form.name}, the states before them 0"
    info = CaseInfo(
        name, "recurrent", f"{name}: the number that it returns and its gradient over {STEPS} steps", group=name,
        equation="backpropagation through time", notes=(said,),
    )  # fmt: skip
    return FunctionCase(info, run.start, run.value, run.slope)
