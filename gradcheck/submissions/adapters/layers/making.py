"""Building layers: what their constructors ask for, and what they need before their first forward pass."""

from __future__ import annotations

import functools
import inspect
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.arguments import Parameter, parameters_of
from gradcheck.submissions.adapters.common.calling import attempt, seeded
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.common.vocabulary.roles import role
from gradcheck.submissions.adapters.layers.gradients import Recorder
from gradcheck.submissions.adapters.layers.inputs import Inputs
from gradcheck.submissions.adapters.layers.links import OUTPUTS, Neighbour, is_linked, link, sources
from gradcheck.submissions.adapters.layers.methods import BACKWARD, OPTIMIZERS, RATE
from gradcheck.submissions.adapters.layers.values import (
    ACTIVATION,
    DERIVATIVE,
    IN,
    RATES,
    SHAPE,
    AnOptimizer,
    activations,
    value_for,
    window,
    words_of,
)

SETUP = ("setinputshape", "build", "initialize", "init", "initweights", "initparams", "initparameters",
         "initializeweights", "initializeparameters", "initialise", "setup", "setoptimizer", "initweight",
         "initializeparams", "initparam", "initparameter", "resetparameters")  # fmt: skip


@dataclass(frozen=True)
class Making:
    """One way to build a layer of a class."""

    cls: type
    arguments: Mapping[str, Any]
    said: str = ""
    static: tuple[str, ...] = ()  # functions of the class that need no object
    linked: tuple[str, str] | None = None  # methods that look at the layers before and after

    def build(self, inputs: Inputs, seed: int) -> tuple[Any, Recorder]:
        """A fresh layer, set up, and the optimizer that was put into it; raises what the submission raises."""
        recorder = Recorder()
        if self.static:
            return SimpleNamespace(**{name: getattr(self.cls, name) for name in self.static}), recorder
        before = Neighbour(OUTPUTS, inputs.draw(seed))
        made = {name: _made(value, recorder) for name, value in self.arguments.items()}
        arguments = {name: before if value is Neighbour else value for name, value in made.items()}
        with seeded(seed):
            layer = self.cls(**arguments)
            for name in _set_up_by(self.cls):
                _set_up(layer, name, inputs, recorder)
        _prepare(layer, recorder)
        if self.linked is not None:
            link(layer, self.linked, before)
        return layer, recorder


def _made(value: Any, recorder: Recorder) -> Any:
    if value is AnOptimizer:
        return recorder
    if value is Neighbour:
        return value
    if inspect.isclass(value) and value.__module__ != "numpy":
        return value()
    return value.copy() if isinstance(value, list | np.ndarray) else value


@functools.lru_cache(maxsize=256)
def _set_up_by(cls: type) -> tuple[str, ...]:
    """The methods with which a layer is set up, in the order of ``SETUP``; looked up once, as every evaluation asks."""
    methods = [n for n in dir(cls) if not n.startswith("__") and callable(getattr(cls, n, None))]
    return tuple(method for name in SETUP for method in methods if letters(method) == name)


def _set_up(layer: Any, name: str, inputs: Inputs, recorder: Recorder) -> None:
    """Call ``initialize(optimizer)``, ``set_input_shape(shape)`` or ``build(n_in)``, where its arguments are known."""
    function = getattr(layer, name)
    values = [_setting(p.name, inputs, recorder) for p in parameters_of(function) or () if p.required]
    if all(value is not None for value in values):
        attempt(function, *values)


def _setting(name: str, inputs: Inputs, recorder: Recorder) -> Any:
    key = letters(name)
    if key in OPTIMIZERS:
        return recorder
    if key in ("shape", *SHAPE):
        return inputs.input_shape
    return inputs.n_in if key in IN or role(name) == "n_in" else None


def _prepare(layer: Any, recorder: Recorder) -> None:
    """Learning rates known, optimizers that the backward pass uses recording.

    What may be the slope of a leaky ReLU or the share that dropout leaves out (alpha, rate) stays as it is.
    """
    cls: type = type(layer)
    used = {name for method in BACKWARD for name in read_by(cls, method)}
    for name in list(vars(layer)):
        key = letters(name)
        if key in RATES and isinstance(getattr(layer, name), float):
            setattr(layer, name, RATE)
        elif (key in OPTIMIZERS or key.endswith(("optimizer", "opt"))) and name in used:
            setattr(layer, name, recorder)


@functools.lru_cache(maxsize=1024)
def read_by(cls: type, name: str) -> tuple[str, ...]:
    """The names that the class's method of that name reads."""
    functions = [getattr(cls, n, None) for n in dir(cls) if letters(n) == letters(name)]
    return tuple(n for f in functions if inspect.isfunction(f) for n in f.__code__.co_names)


def makings(
    cls: type, inputs: Inputs, namespace: Mapping[str, object], methods: tuple[str, str] = ("", "")
) -> Iterator[Making]:
    """Ways to build a layer of a class for such inputs, the likeliest first; *methods* are forward and backward."""
    static = [n for n in methods if isinstance(inspect.getattr_static(cls, n, None), staticmethod)]
    if len(static) > 1:
        yield Making(cls, {}, static=tuple(static))
        return
    linked = methods if all(methods) and is_linked(cls, *methods) else None
    parameters = parameters_of(cls)
    if not parameters:
        yield from [Making(cls, {}, linked=linked)] if parameters is not None else []
        return
    seen: list[str] = []
    for wanting, change in itertools.product((True, False), (_unchanged, _squared, _alike)):
        for arguments, said in _arguments(cls, parameters, inputs, namespace, wanting=wanting):
            known = change(arguments, parameters, inputs) | dict.fromkeys(sources(cls) if linked else (), Neighbour)
            if str(known) not in seen:
                seen.append(str(known))
                yield Making(cls, known, said, linked=linked)


def _arguments(
    cls: type, parameters: Sequence[Parameter], inputs: Inputs, namespace: Mapping[str, object], *, wanting: bool
) -> Iterator[tuple[dict[str, Any], str]]:
    """Values for the constructor; *wanting* gives optional ones too where that helps."""
    fixed: dict[str, Any] = {}
    open_names: list[str] = []
    functions: list[str] = []
    words: list[str] = []
    for parameter in parameters:
        value = value_for(parameter.name, inputs, letters(cls.__name__))
        key = letters(parameter.name)
        function = _worded(cls, key) or key in ACTIVATION or key in DERIVATIVE
        if function and parameter.required:
            functions.append(parameter.name)
        elif function and key in ACTIVATION and wanting:
            words.append(parameter.name)
        elif parameter.required and value is None:
            open_names.append(parameter.name)
        elif parameter.required or (wanting and _wanted(key, parameter.name)):
            fixed[parameter.name] = value
    sizes = [s for s in (inputs.n_in, inputs.n_out) if not any(value is s for value in fixed.values())]
    for order in itertools.islice(itertools.permutations(sizes, len(open_names)), 2):
        known = fixed | dict(zip(open_names, order, strict=True))
        for chosen in activations(functions, namespace):
            yield known | chosen, _said(chosen)
        for name in words:
            default = inspect.signature(cls).parameters[name].default
            yield from ((known | {name: word}, word) for word in words_of(cls) if word != default)


def _worded(cls: type, key: str) -> bool:
    return key in ("name", "kind", "type") and "activ" in letters(cls.__name__)


def _unchanged(arguments: dict[str, Any], parameters: Sequence[Parameter], inputs: Inputs) -> dict[str, Any]:
    return arguments


def _alike(arguments: dict[str, Any], parameters: Sequence[Parameter], inputs: Inputs) -> dict[str, Any]:
    """The same with the one size that is asked for taken for that of the input as well, as layers of scales want it."""
    sizes = [name for name, value in arguments.items() if value is inputs.n_in or value is inputs.n_out]
    return arguments | {sizes[0]: inputs.n_in} if len(sizes) == 1 else arguments


def _squared(arguments: dict[str, Any], parameters: Sequence[Parameter], inputs: Inputs) -> dict[str, Any]:
    """The same with (k, k) for the size of a kernel, a window and the like."""
    sized = {p.name for p in parameters if window(letters(p.name))}
    return {name: (value, value) if name in sized else value for name, value in arguments.items()}


def _wanted(key: str, name: str) -> bool:
    """An optional argument that is better given."""
    return key in OPTIMIZERS or key in SHAPE or key in RATES or role(name) in ("n_in", "n_hidden")


def _said(chosen: Mapping[str, Any]) -> str:
    value = next(iter(chosen.values()), None)
    return str(getattr(value, "__name__", value)) if value is not None else ""
