"""How a live network is asked: the call that gives its gradient, its output, its cost; found by trying."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.chapter.matching import Match, ambiguous, match
from gradcheck.submissions.adapters.chapter.orientation import ORIENTATIONS, Orientation, activations_in
from gradcheck.submissions.adapters.common.calling import examples_counted
from gradcheck.submissions.adapters.common.forms import classes, label
from gradcheck.submissions.adapters.common.slots import float_slots
from gradcheck.submissions.adapters.common.vocabulary.methods import FORWARD
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.common.vocabulary.roles import role
from gradcheck.submissions.subjects import BadReturnError

Array = NDArray[Any]
Shape = tuple[int, ...]
Fresh = Callable[[], Any]
RATE = 0.1
INSTANCES = 4  # looked at before a gradient counts as zero: in one of them all units may be dead
_HERE = {
    **dict.fromkeys(("minibatch", "batch", "data", "trainingdata", "examples", "dataset", "samples"), "pairs"),
    **dict.fromkeys(("n", "size", "minibatchsize"), "m"),
    "o": "output", "outputactivations": "output", "activation": "output", "state": "cache", "forwardresult": "cache",
    **dict.fromkeys(("dout", "grad", "gradient", "gradoutput", "outputgradient", "outputgrad", "dloss", "lossgrad",
                     "lossgradient", "gradloss", "dy", "da", "dz", "dl", "dvalues", "upstream", "dyhat"), "a - y"),
}  # fmt: skip
"""What a name means among the arguments of such a method; anything else means what it means everywhere."""
_GIVEN = ("x", "y", "output", "cache", "l2", "rate", "m", "a - y")
_GUESSES = {
    0: ((),),
    1: (("pairs",), ("y",), ("output",)),
    2: (("x", "y"), ("y", "output"), ("output", "y"), ("x", "output")),
    3: (("x", "y", "output"), ("x", "output", "y"), ("output", "x", "y"), ("x", "y", "l2"), ("x", "y", "rate")),
    4: (("x", "y", "output", "l2"),),
}


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
        return self.match.pick(_stored(instance) if self.stored else returned, self.method)

    def _looked_again(self, instance: Any, x: Array, y: Array, l2: float) -> dict[str, Any]:
        """The gradient of a call that did not answer when it was found out how it does."""
        before = _copies(instance)
        shapes = {name: before[name].shape for name in self.match.paths}
        returned = self.call(instance, x, y, l2)
        found = match(_changed(instance, shapes, before) if returned is None else returned, shapes)
        if returned is None and not found.exact:
            raise self._none()
        return Match({**self.match.paths, **found.paths}, found.exact).pick(
            _stored(instance) if returned is None else returned, self.method
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


def _stored(instance: Any) -> dict[str, Any]:
    return {slot.name: slot.raw(instance) for slot in float_slots(instance)}


def _copies(instance: Any) -> dict[str, Array]:
    return {slot.name: slot.read(instance) for slot in float_slots(instance)}


def _arguments(answers: Answers, instance: Any, data: tuple[Array, Array], l2: float) -> list[Any]:
    """The arguments that play the call's roles; what needs a forward pass gets one first."""
    (x, y), roles, orientation = data, answers.roles, answers.orientation
    targets = given_targets(y, orientation, labels=answers.labels)
    given: dict[str, Any] = {"x": orientation.give(x), "y": targets, "l2": l2, "rate": RATE, "m": x.shape[1]}
    if answers.primed or not {"x", "pairs"} & set(roles) or {"output", "cache", "a - y"} & set(roles):
        answer = _run_forward(instance, orientation.give(x))
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


def _run_forward(instance: Any, x: Array) -> Any:
    names = FORWARD.among(name for name in dir(instance) if not name.startswith("__"))
    if not names:
        raise BadReturnError("there is no forward pass (feedforward, forward, predict)")
    return getattr(instance, names[0])(x)


def answers_for(
    fresh: Fresh, methods: Sequence[str], shapes: Mapping[str, Shape], sizes: Sequence[int]
) -> Answers | None:
    """The call whose answer looks most like the gradient of all parameters.

    None where every call updates the parameters instead, which is another family's. Where every call
    raises or gives nothing, the likeliest one is returned all the same: its author is told what it does.
    """
    x, y = example(sizes, 1)
    best: tuple[float, Answers] | None = None
    updates = False
    for answers in _candidates(fresh, methods):
        found, updated = _tried(fresh, answers, shapes, (x, y))
        updates = updates or updated
        if found is not None and (best is None or found.match.exact > best[0]):
            best = (found.match.exact, found)
        if best is not None and best[0] == len(shapes):
            break
    if best is not None and 2 * best[0] >= len(shapes) and not (updates and best[0] < len(shapes)):
        primed = replace(best[1], primed=best[1].primed or _uses_forward(fresh, best[1], shapes, sizes))
        return _with_batches(fresh, primed, shapes, sizes)
    return None if updates else _likeliest(fresh, methods, shapes)


def example(sizes: Sequence[int], m: int) -> tuple[Array, Array]:
    """Inputs and one-hot targets for *m* examples, the last class first: labels may be counted by the largest."""
    rng = np.random.default_rng(m)
    return rng.uniform(0.1, 0.9, (sizes[0], m)), np.eye(sizes[-1])[:, -1 - np.arange(m) % sizes[-1]]


def _candidates(fresh: Fresh, methods: Sequence[str]) -> Iterator[Answers]:
    instance = fresh()
    for method in methods:
        required, l2 = required_parameters(getattr(instance, method, None))
        for orientation in ORIENTATIONS:
            for labels in (False, True):
                for roles, primed in product(_role_lists(required), (False, True)):
                    if not labels or "y" in roles:
                        yield Answers(method, roles, orientation, Match({}, 0), labels=labels, primed=primed, l2=l2)


def required_parameters(method: Any) -> tuple[list[str], str]:
    """Names of a method's required parameters, and the name of its λ."""
    try:
        parameters = inspect.signature(method).parameters.values()
    except (TypeError, ValueError):
        return ["x", "y"], ""
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    required = [p.name for p in positional if p.default is p.empty]
    l2 = next((p.name for p in parameters if _role(p.name) == "l2"), "")
    return required, l2


def _role(name: str) -> str:
    key = letters(name)
    known = role(name)
    return _HERE.get(key, known if known in _GIVEN else "")


def _role_lists(required: Sequence[str]) -> list[tuple[str, ...]]:
    """Ways to fill the parameters: by their names where all are known, else by what others of that number mean.

    Names that ask for no target leave the guesses in: an output in its place would make an error of 0.
    """
    named = tuple(_role(name) for name in required)
    lists = [named] if all(named) and len(set(named)) == len(named) else []
    if lists and {"y", "pairs"} & set(named):
        return lists
    return list(dict.fromkeys([*lists, *_GUESSES.get(len(required), ())]))


def _tried(
    fresh: Fresh, answers: Answers, shapes: Mapping[str, Shape], data: tuple[Array, Array]
) -> tuple[Answers | None, bool]:
    """*answers* with its match, and whether another family must read it off a change of the parameters."""
    instance = fresh()
    before = _copies(instance)
    try:
        returned = answers.call(instance, *data, 0.0)
    except (Exception, SystemExit):  # noqa: BLE001 - one of several ways to call a stranger's method
        return None, False
    after = _copies(instance)
    if any(not np.array_equal(before[name], after.get(name, before[name])) for name in shapes):
        return None, True
    found = match(returned, shapes)
    if found.exact:
        return replace(answers, match=found), False
    return _left_on(instance, answers, shapes, before)


def _left_on(
    instance: Any, answers: Answers, shapes: Mapping[str, Shape], before: Mapping[str, Array]
) -> tuple[Answers | None, bool]:
    """A gradient that the call left on the object: arrays that are new or changed, and no parameters.

    Where several would do, none is taken, and that is said: how the parameters change will show it.
    """
    if len(answers.roles) < 2 and len(shapes) <= 2:  # one layer, one argument: a layer object
        return None, False
    changed = _changed(instance, shapes, before)
    found = match(changed, shapes)
    if not found.exact or ambiguous(found, changed, shapes):
        return None, bool(found.exact)
    return replace(answers, match=found, stored=True), False


def _changed(instance: Any, shapes: Mapping[str, Shape], before: Mapping[str, Array]) -> dict[str, Any]:
    return {
        name: value
        for name, value in _stored(instance).items()
        if name not in shapes and not (name in before and np.array_equal(before[name], value))
    }


def _likeliest(fresh: Fresh, methods: Sequence[str], shapes: Mapping[str, Shape]) -> Answers | None:
    """The call that a reader would expect, for a method that raises or returns nothing."""
    first = next((a for a in _candidates(fresh, methods) if set(a.roles) & {"x", "pairs", "y"}), None)
    if first is None or len(shapes) < 3:  # a single layer may be another family's
        return None
    return replace(first, match=Match({name: (name,) for name in shapes}, 0))


def _with_batches(fresh: Fresh, answers: Answers, shapes: Mapping[str, Shape], sizes: Sequence[int]) -> Answers:
    """Whether two examples at once give arrays of the same shapes."""
    if not answers.orientation.several and "pairs" not in answers.roles:
        return answers
    found, _ = _tried(fresh, answers, shapes, example(sizes, 2))
    if found is None:
        return answers
    together = found.match.exact == answers.match.exact and found.match.paths == answers.match.paths
    if not together and not any(_averages(fresh, answers, shapes, sizes) for _ in range(INSTANCES)):
        note = "takes one example at a time: given two, the gradients of the biases are not summed"
        return replace(answers, notes=(*answers.notes, note))
    return replace(answers, batch=True)


def _uses_forward(fresh: Fresh, answers: Answers, shapes: Mapping[str, Shape], sizes: Sequence[int]) -> bool:
    """Whether the answer depends on which inputs the forward pass saw last."""
    x, y = example(sizes, 1)
    state: dict[str, Array] = {}
    found = []
    try:
        for seen in (x, 1 - x):
            instance = fresh()
            state = state or {name: array for name, array in _copies(instance).items() if name in shapes}
            _set(instance, state)
            _run_forward(instance, answers.orientation.give(seen))
            found.append(answers.gradient(instance, x, y, 0.0))
    except (Exception, SystemExit):  # noqa: BLE001 - there is no forward pass, or it takes something else
        return False
    return not all(np.allclose(found[0][name], found[1][name], rtol=1e-9) for name in found[0])


def _set(instance: Any, state: Mapping[str, Array]) -> None:
    for slot in float_slots(instance):
        if slot.name in state:
            slot.set(instance, state[slot.name], widen=False)


def _averages(fresh: Fresh, answers: Answers, shapes: Mapping[str, Shape], sizes: Sequence[int]) -> bool:
    """Whether an example given twice counts once, so that a mean over several examples is meant."""
    x, y = example(sizes, 1)
    try:
        start = fresh()
        state = _copies(start)
        once = answers.gradient(start, x, y, 0.0)
        other = fresh()
        _set(other, {name: state[name] for name in shapes})
        twice = answers.gradient(other, np.hstack([x, x]), np.hstack([y, y]), 0.0)
    except (Exception, SystemExit):  # noqa: BLE001 - it does not take two examples
        return False
    there = {name: a for name, a in once.items() if a.any() and a.shape == twice[name].shape}
    same = [name for name, a in there.items() if np.allclose(a, twice[name], rtol=1e-9)]
    return any(len(shapes[name]) == 2 and min(shapes[name]) > 1 for name in same)
