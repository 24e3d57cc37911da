"""How a live network is asked for its gradient: a method, what its arguments are for, and where the answer is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.chapter.matching import Match, match
from gradcheck.submissions.adapters.chapter.orientation import Orientation, activations_in
from gradcheck.submissions.adapters.common.calling import examples_counted
from gradcheck.submissions.adapters.common.forms import classes, label
from gradcheck.submissions.adapters.common.slots import float_slots
from gradcheck.submissions.adapters.common.vocabulary.methods import FORWARD
from gradcheck.submissions.subjects import BadReturnError

Array = NDArray[Any]
Shape = tuple[int, ...]
Fresh = Callable[[], Any]
RATE = 0.1


@dataclass(frozen=True)
class Answers:
    """The call that gives the gradient.

    ``roles`` are its arguments, ``stored`` is true where it leaves the gradient on the object instead of returning it,
    ``l2`` is the name of its λ, ``batch`` says whether it takes several examples at once, ``labels`` that its
    targets are the numbers of the classes, and ``primed`` that it uses what the forward pass left on the object.
    """

    method: str
    roles: tuple[str, ...]
    orientation: Orientation
    match: Match
    stored: bool = False
    batch: bool = False
    labels: bool = False
    primed: bool = False
    l2: str = ""
    notes: tuple[str, ...] = ()

    @property
    def signature(self) -> str:
        """The call for a person: ``(x, y)``."""
        words = {"pairs": "[(x, y), ...]", "l2": "λ", "rate": "η"}
        return f"({', '.join(words.get(role, role) for role in self.roles)})"

    def gradient(self, instance: Any, x: Array, y: Array, l2: float) -> dict[str, Any]:
        """One call, its arrays by parameter. Raises BadReturnError, or what the submission raises."""
        if not self.match.exact:
            return self._looked_again(instance, x, y, l2)
        returned = self.call(instance, x, y, l2)
        if returned is None and not self.stored:
            raise self._none()
        return self.match.pick(stored(instance) if self.stored else returned, self.method)

    def _looked_again(self, instance: Any, x: Array, y: Array, l2: float) -> dict[str, Any]:
        """The gradient of a call that did not answer when it was found out how it does."""
        before = copies(instance)
        shapes = {name: before[name].shape for name in self.match.paths}
        returned = self.call(instance, x, y, l2)
        found = match(changed(instance, shapes, before) if returned is None else returned, shapes)
        if returned is None and not found.exact:
            raise self._none()
        return Match({**self.match.paths, **found.paths}, found.exact).pick(
            stored(instance) if returned is None else returned, self.method
        )

    def _none(self) -> BadReturnError:
        return BadReturnError(f"{self.method} returned None; does every path return the gradient?")

    def call(self, instance: Any, x: Array, y: Array, l2: float) -> Any:
        """The call itself."""
        method = getattr(instance, self.method)
        arguments = _arguments(self, instance, (x, y), l2)
        keywords = {self.l2: l2} if self.l2 and "l2" not in self.roles else {}
        with examples_counted(method, x.shape[1]):
            return method(*arguments, **keywords)


def stored(instance: Any) -> dict[str, Any]:
    """What an instance holds, by name: the things themselves."""
    return {slot.name: slot.raw(instance) for slot in float_slots(instance)}


def copies(instance: Any) -> dict[str, Array]:
    """Copies of the arrays that an instance holds, by name."""
    return {slot.name: slot.read(instance) for slot in float_slots(instance)}


def _arguments(answers: Answers, instance: Any, data: tuple[Array, Array], l2: float) -> list[Any]:
    """The arguments that play the call's roles; what needs a forward pass gets one first."""
    (x, y), roles, orientation = data, answers.roles, answers.orientation
    targets = given_targets(y, orientation, labels=answers.labels)
    given: dict[str, Any] = {"x": orientation.give(x), "y": targets, "l2": l2, "rate": RATE, "m": x.shape[1]}
    if answers.primed or not {"x", "pairs"} & set(roles) or {"output", "cache", "a - y"} & set(roles):
        answer = run_forward(instance, orientation.give(x))
        output = orientation.take(activations_in(answer, orientation.give(x)), y.shape[0], x.shape[1])
        given["cache"], given["output"] = answer, answer if output is None else orientation.give(output)
        given["a - y"] = None if output is None else orientation.give(output - y)
    if "pairs" in roles:
        columns = range(x.shape[1])
        given["pairs"] = [(orientation.give(x[:, [i]]), orientation.give(y[:, [i]])) for i in columns]
    return [given[role] for role in roles]


def given_targets(y: Array, orientation: Orientation, *, labels: bool) -> Any:
    """Targets as the submission takes them: one-hot, or the numbers of the classes."""
    if not labels:
        return orientation.give(y)
    return classes(y) if orientation.several else label(y)


def run_forward(instance: Any, x: Array) -> Any:
    """What the likeliest forward pass returns. Raises BadReturnError where there is none."""
    names = FORWARD.among(name for name in dir(instance) if not name.startswith("__"))
    if not names:
        raise BadReturnError("there is no forward pass (feedforward, forward, predict)")
    return getattr(instance, names[0])(x)


def changed(instance: Any, shapes: Mapping[str, Shape], before: Mapping[str, Array]) -> dict[str, Any]:
    """What a call has changed or made on an instance, parameters left out."""
    return {
        name: value
        for name, value in stored(instance).items()
        if name not in shapes and not (name in before and np.array_equal(before[name], value))
    }
