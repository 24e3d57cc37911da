"""Building layers: what their constructors ask for, and the shapes of inputs that may suit them."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.arguments import parameters_of
from gradcheck.submissions.adapters.common.calling import attempt, seeded
from gradcheck.submissions.adapters.common.roles import letters, role
from gradcheck.submissions.adapters.layers.gradients import Recorder
from gradcheck.submissions.adapters.layers.methods import OPTIMIZERS, RATE

N_IN, N_OUT = 5, 4
WORDS: dict[str, Any] = {
    **dict.fromkeys(("kernelsize", "filtersize", "k", "kernel", "fsize", "ksize", "filtersz", "f"), 3),
    **dict.fromkeys(("poolsize", "pool", "poolingsize"), 2),
    **dict.fromkeys(("stride", "strides"), 1),
    **dict.fromkeys(("padding", "pad", "p"), 0),
    **dict.fromkeys(("dropout", "rate", "droprate", "prob", "p", "keepprob", "dropoutrate", "probability"), 0.5),
    **dict.fromkeys(("momentum", "beta", "rho"), 0.5), **dict.fromkeys(("eps", "epsilon"), 1e-5),
    **dict.fromkeys(("learningrate", "lr", "alpha", "eta"), RATE),
    "axis": 1, "name": "layer", "bias": True, "usebias": True,
}  # fmt: skip
IN = ("in", "nin", "inputs", "input", "fanin", "i", "insz", "d", "din", "prevunits", "features", "numfeatures", "dim",
      "inunits", "ninputs", "prev", "indim", "prevsize", "nprev", "inchannels", "channels", "inputchannels", "depthin",
      "nneuronsprev", "inc", "inpdim", "inpsize")  # fmt: skip
OUT = ("out", "nout", "outputs", "output", "fanout", "o", "outsz", "m", "dout", "neurons", "nneurons", "units",
       "nunits", "size", "hidden", "hiddenunits", "nodes", "numneurons", "n", "outunits", "noutputs", "outchannels",
       "filters", "numfilters", "nfilters", "outputchannels", "depth", "numnodes", "width", "numunits",
       "outc")  # fmt: skip
SHAPE = ("inputshape", "inshape", "inputsshape", "shapein")
SHAPE2 = ("shape", "weightshape", "wshape", "size", "dims")
ACTIVATION = ("activation", "act", "activationfunction", "activationfn", "activationname", "nonlinearity", "activ")
DERIVATIVE = ("activationprime", "activationderivative", "dactivation", "derivative", "gradactivation", "prime",
              "activationgrad", "fprime", "actprime", "df", "activationdash", "actderivative")  # fmt: skip
SETUP = ("setinputshape", "build", "initialize", "init", "initweights", "initparams", "initparameters",
         "initializeweights", "initializeparameters", "initialise", "setup", "setoptimizer", "initweight",
         "initializeparams")  # fmt: skip
PRIMES = ("{}_prime", "{}_derivative", "d_{}", "d{}", "{}_deriv", "{}_grad", "{}_gradient", "{}Prime", "{}_d",
          "{}_backward", "deriv_{}", "{}_der", "{}_dash")  # fmt: skip


@dataclass(frozen=True)
class Inputs:
    """A shape of inputs, the sizes that go with it, and how it is said."""

    shape: tuple[int, ...]
    said: str
    several: int = 1
    n_in: int = N_IN
    n_out: int = N_OUT
    input_shape: tuple[int, ...] = (N_IN,)


ROWS = Inputs((3, N_IN), "rows are examples", 3)
FLAT = (
    ROWS,
    Inputs((N_IN, 3), "columns are examples", 3),
    Inputs((N_IN, 1), "one column"),
    Inputs((1, N_IN), "one row"),
    Inputs((N_IN,), "one vector"),
)
IMAGES = (
    Inputs((2, 2, 5, 6), "images (m, channels, height, width)", 2, 2, 3, (2, 5, 6)),
    Inputs((2, 5, 6, 2), "images (m, height, width, channels)", 2, 2, 3, (5, 6, 2)),
    Inputs((2, 5, 6), "an image (channels, height, width)", 1, 2, 3, (2, 5, 6)),
    Inputs((5, 6, 2), "an image (height, width, channels)", 1, 2, 3, (5, 6, 2)),
    Inputs((5, 6), "an image", 1, 2, 3, (5, 6)),
)


@dataclass(frozen=True)
class Making:
    """One way to build a layer of a class."""

    cls: type
    arguments: Mapping[str, Any]
    said: str = ""
    recorder: list[Recorder] = field(default_factory=list)

    def build(self, inputs: Inputs, seed: int) -> tuple[Any, Recorder]:
        """A fresh layer, set up, and the optimizer that was put into it; raises what the submission raises."""
        recorder = Recorder()
        arguments = {name: _made(value, recorder) for name, value in self.arguments.items()}
        with seeded(seed):
            layer = self.cls(**arguments)
            for name in SETUP:
                _set_up(layer, name, inputs, recorder)
        _prepare(layer, recorder)
        return layer, recorder


class _Optimizer:
    """Stands for the recorder of an evaluation."""


def _made(value: Any, recorder: Recorder) -> Any:
    if value is _Optimizer:
        return recorder
    if inspect.isclass(value) and value.__module__ != "numpy":
        return value()
    return value.copy() if isinstance(value, list | np.ndarray) else value


def _set_up(layer: Any, name: str, inputs: Inputs, recorder: Recorder) -> None:
    """Call ``initialize(optimizer)``, ``set_input_shape(shape)``, ``build(n_in)``, where there is one."""
    functions = [getattr(layer, n) for n in dir(type(layer)) if letters(n) == name and not n.startswith("__")]
    for function in filter(callable, functions):
        parameters = [p for p in parameters_of(function) or () if p.required]
        values = [_setting(p.name, inputs, recorder) for p in parameters]
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
    """Learning rates known, regularisation and momentum off, training on, optimizers recording."""
    for name in list(vars(layer)):
        key = letters(name)
        if role(name) == "rate" and isinstance(getattr(layer, name), float):
            setattr(layer, name, RATE)
        elif key in OPTIMIZERS or key.endswith(("optimizer", "opt")):
            setattr(layer, name, recorder)


def makings(cls: type, inputs: Inputs, namespace: Mapping[str, object]) -> Iterator[Making]:
    """Ways to build a layer of a class for such inputs, the likeliest first."""
    parameters = parameters_of(cls)
    if parameters is None:
        return
    if not parameters:
        yield Making(cls, {})
        return
    fixed: dict[str, Any] = {}
    open_names: list[str] = []
    functions: list[str] = []
    for parameter in parameters:
        value = _value(parameter.name, inputs)
        key = letters(parameter.name)
        worded = key in ("name", "kind", "type") and "activ" in letters(cls.__name__)
        if parameter.required and (worded or key in ACTIVATION or key in DERIVATIVE):
            functions.append(parameter.name)
        elif parameter.required and value is None:
            open_names.append(parameter.name)
        elif parameter.required or _wanted(key, parameter.name):
            fixed[parameter.name] = value
    sizes = [s for s in (inputs.n_in, inputs.n_out) if not any(value is s for value in fixed.values())]
    for order in itertools.islice(itertools.permutations(sizes, len(open_names)), 2):
        known = fixed | dict(zip(open_names, order, strict=True))
        for chosen in _activations(functions, namespace):
            yield Making(cls, known | chosen, _said(chosen))


def _wanted(key: str, name: str) -> bool:
    """An optional argument that is better given."""
    return key in OPTIMIZERS or key in SHAPE or role(name) in ("rate", "n_in")


def _value(name: str, inputs: Inputs) -> Any:
    key = letters(name)
    if key in OPTIMIZERS:
        return _Optimizer
    if key in WORDS or key in SHAPE:
        return WORDS.get(key, inputs.input_shape)
    if role(name) == "sizes" and key in SHAPE2:
        return (inputs.n_in, inputs.n_out)
    if key in IN or role(name) == "n_in":
        return inputs.n_in
    if key in OUT or role(name) in ("n_out", "n_hidden"):
        return inputs.n_out
    arrays = {"w": np.eye(inputs.n_in, inputs.n_out) + 0.1, "b": np.zeros(inputs.n_out)}
    return (
        arrays.get(role(name))
        if role(name) in arrays
        else {"l2": 0.0, "seed": 0, "scale": 0.5, "dtype": np.float64, "rate": RATE}.get(role(name))
    )


def _activations(names: list[str], namespace: Mapping[str, object]) -> Iterator[dict[str, Any]]:
    """What may be given for a required activation: functions of the file with derivatives, its classes, words."""
    if not names:
        yield {}
        return
    firsts = [n for n in names if letters(n) not in DERIVATIVE]
    primes = [n for n in names if letters(n) in DERIVATIVE]
    if len(firsts) != 1 or len(primes) > 1:
        return
    if primes:
        for function, prime in _pairs(namespace):
            yield {firsts[0]: function, primes[0]: prime}
        return
    classes = [c for n, c in namespace.items() if inspect.isclass(c) and letters(n) in ("tanh", "sigmoid", "linear")]
    functions = [f for n, f in namespace.items() if inspect.isfunction(f) and n in ("tanh", "sigmoid")]
    for choice in ("tanh", "sigmoid", "linear", *classes, *functions, None):
        yield {firsts[0]: choice}


def _pairs(namespace: Mapping[str, object]) -> Iterator[tuple[Callable[..., Any], Callable[..., Any]]]:
    for name, function in namespace.items():
        if not inspect.isfunction(function):
            continue
        prime = next((namespace[p.format(name)] for p in PRIMES if callable(namespace.get(p.format(name)))), None)
        if callable(prime):
            yield function, prime


def _said(chosen: Mapping[str, Any]) -> str:
    value = next(iter(chosen.values()), None)
    return str(getattr(value, "__name__", value)) if value is not None else ""
