"""What else a live network can be asked: its output, the cost that it reports, the cost that it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.chapter.answers import Answers, Fresh, given_targets
from gradcheck.submissions.adapters.chapter.orientation import Orientation, activations_in
from gradcheck.submissions.adapters.chapter.parameters import required_parameters
from gradcheck.submissions.adapters.chapter.trying import example
from gradcheck.submissions.adapters.common.calling import free_attributes
from gradcheck.submissions.adapters.common.leaves import numeric
from gradcheck.submissions.adapters.common.slots import float_slots
from gradcheck.submissions.adapters.common.vocabulary.methods import COST, FORWARD, NOT_COST
from gradcheck.submissions.adapters.common.vocabulary.names import last_name, letters
from gradcheck.submissions.subjects import BadReturnError

Array = NDArray[Any]
Forward = Callable[[Any, Array, int], Any]
"""Instance, inputs, number of outputs."""
Cost = Callable[[Any, Array, Array, float], Any]
STEP = 1e-4
VALUES = ("fn", "value", "cost", "loss", "forward", "f", "func", "function", "compute", "calculate", "evaluate", "J")
"""What the value of a cost is called that is a class of its own."""
WEIGHTED_INPUT = re.compile(r"(z|net|input|linear|weightedinput|preactivation|u|s)s?\d*|.*(input|before|raw)")
"""Names of what is there before the activation."""


def forward_for(fresh: Fresh, orientation: Orientation, sizes: Sequence[int], hint: str = "") -> Forward | None:
    """The call that gives the output for inputs, or None; where every one raises, the likeliest, so that it is said."""
    x, _ = example(sizes, 1)
    instance = fresh()
    methods = [name for name in dir(instance) if callable(getattr(instance, name, None))]
    raising = None
    for name in [hint] if hint else FORWARD.among(methods):
        forward = _forward(name, orientation)
        try:
            if forward(fresh(), x, sizes[-1]) is not None:
                return forward
            filled = _filled(fresh(), name, orientation, (x, sizes[-1]))
        except (Exception, SystemExit):  # noqa: BLE001 - one of several methods that might be it
            raising = raising or forward
        else:
            if filled:
                return _filling(name, orientation, filled)
    return raising


def _filled(instance: Any, name: str, orientation: Orientation, like: tuple[Array, int]) -> str:
    """Where a forward pass that returns nothing leaves its output: the last array of that size that it fills."""
    x, rows = like
    getattr(instance, name)(orientation.give(x))
    before = {slot.name: slot.read(instance) for slot in float_slots(instance)}
    getattr(instance, name)(orientation.give(1 - x))
    now = {slot.name: slot.read(instance) for slot in float_slots(instance)}
    filled = {place: array for place, array in now.items() if not np.array_equal(before.get(place, x), array)}
    outputs = [place for place, array in filled.items() if orientation.take(array, rows, x.shape[1]) is not None]
    outputs.sort(key=lambda place: WEIGHTED_INPUT.fullmatch(letters(last_name(place))) is None)
    return outputs[-1] if outputs else ""


def runs(fresh: Fresh, forward: Forward | None, sizes: Sequence[int]) -> bool:
    """Whether the forward pass gives an output for one example."""
    try:
        return forward is not None and forward(fresh(), example(sizes, 1)[0], sizes[-1]) is not None
    except (Exception, SystemExit):  # noqa: BLE001 - it does not
        return False


def takes_several(fresh: Fresh, forward: Forward, sizes: Sequence[int]) -> bool:
    """Whether the forward pass answers two examples at once, each as it answers it alone."""
    x, _ = example(sizes, 2)
    instance = fresh()
    try:
        together = forward(instance, x, sizes[-1])
        alone = [forward(instance, x[:, [i]], sizes[-1]) for i in range(2)]
        return bool(np.allclose(together, np.hstack(alone), rtol=1e-5))
    except (Exception, SystemExit):  # noqa: BLE001 - it does not
        return False


def _forward(name: str, orientation: Orientation) -> Forward:
    def forward(instance: Any, x: Array, rows: int) -> Any:
        answer = getattr(instance, name)(orientation.give(x))
        return orientation.take(activations_in(answer, orientation.give(x)), rows, x.shape[1])

    return forward


def _filling(name: str, orientation: Orientation, place: str) -> Forward:
    def forward(instance: Any, x: Array, rows: int) -> Any:
        getattr(instance, name)(orientation.give(x))
        found = next((slot.read(instance) for slot in float_slots(instance) if slot.name == place), None)
        return orientation.take(found, rows, x.shape[1])

    return forward


def cost_for(
    fresh: Fresh,
    forward: Forward | None,
    answers: Answers,
    sizes: Sequence[int],
    hint: str = "",
) -> Cost | None:
    """The call that gives the cost that the submission reports, or None.

    Where several calls give a number, the one whose slope along a direction is the gradient's is
    meant (a cost function of z may be called with a); where none is, the likeliest.
    """
    x, y = example(sizes, 1)
    numbers = [cost for cost in _costs(fresh(), forward, answers, hint) if _is_cost(cost, fresh(), answers, (x, y))]
    fitting = (cost for cost in numbers if _is_differentiated(cost, fresh(), answers, (x, y)))
    return next(fitting, numbers[0] if numbers else None)


def _is_cost(cost: Cost, instance: Any, answers: Answers, data: tuple[Array, Array]) -> bool:
    """Whether it gives a number, and another one for other weights."""
    try:
        here = answered_cost(cost(instance, *data, 0.0))
        for slot in float_slots(instance):
            if slot.name in answers.match.paths:
                slot.set(instance, slot.read(instance) * 0.9 + 0.01, widen=False)
        there = answered_cost(cost(instance, *data, 0.0))
    except (Exception, SystemExit):  # noqa: BLE001 - one of several calls that might be it
        return False
    return bool(np.isfinite(here)) and here != there


def _is_differentiated(cost: Cost, instance: Any, answers: Answers, data: tuple[Array, Array]) -> bool:
    """Whether the cost's slope along the gradient is the gradient's squared length, to three digits."""
    try:
        gradient = answers.gradient(instance, *data, 0.0)
        here = {slot.name: slot for slot in float_slots(instance) if slot.name in gradient}
        start = {name: slot.read(instance) for name, slot in here.items()}
        square = sum(float(np.vdot(g, g)) for g in gradient.values())
        values = []
        for t in (STEP, -STEP):
            for name, slot in here.items():
                moved = start[name] + t * np.reshape(gradient[name], start[name].shape)
                slot.set(instance, moved, widen=False)
            values.append(answered_cost(cost(instance, *data, 0.0)))
    except (Exception, SystemExit):  # noqa: BLE001 - whatever it is, it is not this cost
        return False
    return square > 0 and abs((values[0] - values[1]) / (2 * STEP) - square) <= 1e-3 * square


SLOPE = re.compile(r"(cost|loss|error|mse).*(deriv|prime|grad)|(d|grad)_?(cost|loss)", re.IGNORECASE)


def declared_cost(instance: Any, orientation: Orientation, sizes: Sequence[int]) -> str:
    """The cost whose derivative by the output a method such as ``cost_derivative(a, y)`` gives, where one does."""
    a, y = np.linspace(0.2, 0.7, sizes[-1])[:, None], np.eye(sizes[-1])[:, :1]
    for name in dir(instance):
        if SLOPE.search(name) and callable(getattr(instance, name, None)) and _is_used(name, type(instance)):
            try:
                slope = getattr(instance, name)(orientation.give(a), orientation.give(y))
            except (Exception, SystemExit):  # noqa: BLE001, S112 - it takes something else
                continue
            given = orientation.take(slope, sizes[-1], 1)
            if given is not None and np.allclose(given, a - y, rtol=1e-12):
                return "quadratic"
    return ""


def _is_used(name: str, cls: type) -> bool:
    """Whether a method of the class names it: a derivative that nothing calls says nothing of the cost."""
    return any(name in free_attributes(getattr(cls, other, None)) for other in dir(cls) if other != name)


def answered_cost(value: Any) -> float:
    """A reported cost as a number. Raises BadReturnError where it is none."""
    array = numeric(value)
    if array is None or array.size != 1 or array.dtype.kind == "c":
        raise BadReturnError("the cost is no single real number")
    return float(array.reshape(-1)[0])


def _costs(instance: Any, forward: Forward | None, answers: Answers, hint: str) -> Iterator[Cost]:
    """Calls that may give the cost, those on the data themselves first."""
    methods = [name for name in dir(instance) if not name.startswith("__") and not NOT_COST.search(name)]
    names = [hint] if hint else COST.among(methods)
    called = [name for name in names if callable(getattr(instance, name, None))]
    yield from (_of_data(name, answers) for name in called)
    if forward is not None:
        functions = [(name, function) for name in names for function in VALUES if _has(instance, name, function)]
        yield from (_of_output(_function_of(*path), forward, answers) for path in functions)
        yield from (_of_output(_method(name), forward, answers) for name in called)
        yield from (_of_output(_swapped(name), forward, answers) for name in called)
    yield from (_of_pairs(name, answers) for name in called)


def _method(name: str) -> Callable[[Any], Any]:
    return lambda instance: getattr(instance, name)


def _swapped(name: str) -> Callable[[Any], Any]:
    """``compute_loss(y, output)``."""
    return lambda instance: lambda output, targets: getattr(instance, name)(targets, output)


def _has(instance: Any, name: str, function: str) -> bool:
    """Whether what the instance holds under a name, a class or an object, has that function."""
    return callable(getattr(getattr(instance, name, None), function, None))


def _function_of(name: str, function: str) -> Callable[[Any], Any]:
    """``instance.cost.fn``, as in the book's later network."""
    return lambda instance: getattr(getattr(instance, name), function)


def _of_data(name: str, answers: Answers) -> Cost:
    orientation = answers.orientation

    def cost(instance: Any, x: Array, y: Array, l2: float) -> Any:
        found = getattr(instance, name)(orientation.give(x), given_targets(y, orientation, labels=answers.labels))
        return found[0] if isinstance(found, tuple) and found else found  # return loss, accuracy

    return cost


def _of_pairs(name: str, answers: Answers) -> Cost:
    orientation = answers.orientation

    def cost(instance: Any, x: Array, y: Array, l2: float) -> Any:
        method = getattr(instance, name)
        pairs = [(orientation.give(x[:, [i]]), orientation.give(y[:, [i]])) for i in range(x.shape[1])]
        required, _ = required_parameters(method)
        return method(pairs, *[0.0 for _ in required[1:]])

    return cost


def _of_output(function: Callable[[Any], Any], forward: Forward, answers: Answers) -> Cost:
    orientation = answers.orientation

    def cost(instance: Any, x: Array, y: Array, l2: float) -> Any:
        output = forward(instance, x, len(y))
        if output is None:
            raise BadReturnError("the forward pass does not return the output")
        targets = given_targets(y, orientation, labels=answers.labels)
        return function(instance)(orientation.give(output), targets)

    return cost
