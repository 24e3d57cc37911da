"""What constructors of layers are given for the arguments that they ask for, by name."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.arguments import parameters_of
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.common.vocabulary.roles import role
from gradcheck.submissions.adapters.layers.inputs import Inputs
from gradcheck.submissions.adapters.layers.methods import OPTIMIZERS, RATE

WORDS: dict[str, Any] = {
    **dict.fromkeys(("stride", "strides"), 1),
    **dict.fromkeys(("padding", "pad"), 0),
    **dict.fromkeys(("dropout", "rate", "droprate", "prob", "p", "keepprob", "dropoutrate", "probability"), 0.5),
    **dict.fromkeys(("momentum", "beta", "rho"), 0.5), **dict.fromkeys(("eps", "epsilon"), 1e-5),
    **dict.fromkeys(("learningrate", "lr", "alpha", "eta"), RATE),
    "axis": 1, "name": "layer", "bias": True, "usebias": True,
}  # fmt: skip
IN = ("in", "nin", "inputs", "input", "fanin", "i", "insz", "d", "din", "prevunits", "features", "numfeatures", "dim",
      "inunits", "ninputs", "prev", "indim", "prevsize", "nprev", "inchannels", "channels", "inputchannels", "depthin",
      "nneuronsprev", "inc", "inpdim", "inpsize", "inch",
      "vocabsize", "vocab", "numembeddings", "vsize", "inputdepth")  # fmt: skip
OUT = ("out", "nout", "outputs", "output", "fanout", "o", "outsz", "m", "dout", "neurons", "nneurons", "units",
       "nunits", "size", "hidden", "hiddenunits", "nodes", "numneurons", "n", "outunits", "noutputs", "outchannels",
       "filters", "numfilters", "nfilters", "outputchannels", "depth", "numnodes", "width", "numunits",
       "outc", "outch", "hiddensize", "hiddendim", "nhidden", "nout")  # fmt: skip
RATES = ("learningrate", "lr", "eta", "learnrate", "lrate", "stepsize")
SHAPE = ("inputshape", "inshape", "inputsshape", "shapein", "inputdims", "indims")
SHAPE2 = ("shape", "weightshape", "wshape", "size", "dims")
ACTIVATION = (
    "activation",
    "act",
    "activationfunction",
    "activationfn",
    "activationname",
    "nonlinearity",
    "activ",
    "actfn",
    "actfunc",
    "activationfunc",
    "nonlin",
    "activationtype",
)
DERIVATIVE = ("activationprime", "activationderivative", "dactivation", "derivative", "gradactivation", "prime",
              "activationgrad", "fprime", "actprime", "df", "activationdash", "actderivative")  # fmt: skip
PRIMES = ("{}_prime", "{}_derivative", "d_{}", "d{}", "{}_deriv", "{}_grad", "{}_gradient", "{}Prime", "{}_d",
          "{}_backward", "deriv_{}", "{}_der", "{}_dash")  # fmt: skip
NAMES = ("sigmoid", "tanh", "relu", "leaky_relu", "leakyrelu", "lrelu", "softplus", "elu", "linear", "softmax", "swish")
KNOWN = re.compile(r".*(sigmoid|tanh|relu|linear|identity|softplus|elu|logistic|swish|gelu)")
MOST = 3
"""Activation classes of the file that a layer is tried with."""


class AnOptimizer:
    """Stands for the recorder of an evaluation."""


def window(key: str) -> bool:
    """Whether an argument is the size of a kernel or a pooling window, or a stride."""
    sized = key.endswith(("size", "shape", "width", "dim", "kernel", "filter", "sz", "dims", "len", "length"))
    what = any(word in key for word in ("kernel", "filter", "pool", "window"))
    counted = key.startswith(("n", "num")) and not key.startswith("kernel")
    return key in ("k", "f", "ksize", "fsize", "stride", "strides", "pool") or (what and sized and not counted)


def value_for(name: str, inputs: Inputs, layer: str = "") -> Any:
    """What an argument of that name is given; None where the name says nothing."""
    key = letters(name)
    if key in OPTIMIZERS:
        return AnOptimizer
    if window(key):
        return 1 if "stride" in key else 2 if "pool" in key or "window" in key else 3
    if key in WORDS or key in SHAPE:
        return WORDS.get(key, inputs.input_shape)
    size = _size(name, inputs)
    return size if size is not None else _array(key, inputs, layer)


def _size(name: str, inputs: Inputs) -> Any:
    key = letters(name)
    if role(name) == "sizes" and key in SHAPE2:
        return (inputs.n_in, inputs.n_out)
    if key in IN or role(name) == "n_in":
        return inputs.n_in
    return inputs.n_out if key in OUT or role(name) in ("n_out", "n_hidden") else None


def _array(key: str, inputs: Inputs, layer: str) -> Any:
    """Weights and biases for layers that are given theirs, a recurrent one's with four gates if it is an LSTM."""
    gates = 4 if "lstm" in layer else 3 if "gru" in layer else 1
    width = gates * inputs.n_out
    known: dict[str, Any] = {
        "w": np.eye(inputs.n_in, width) + 0.1, "b": np.zeros(width),
        "l2": 0.0, "seed": 0, "scale": 0.5, "dtype": np.float64, "rate": RATE,
    }  # fmt: skip
    if key in ("wh", "whh", "u", "wr"):
        return np.eye(inputs.n_out, width) + 0.1
    return known["w"] if key in ("wx", "wxh") else known.get(role(key))


def words_of(cls: type) -> tuple[str, ...]:
    """The names of activations that are written in the methods of a class or are keys of dictionaries that they use."""
    functions = [f for base in cls.__mro__[:-1] for f in vars(base).values() if inspect.isfunction(f)]
    found: dict[str, None] = {}
    for function in functions:
        for value in (*_constants(function.__code__), *_keys(function)):
            found.update(dict.fromkeys([value] if value.lower() in NAMES else []))
    return tuple(found)


def _constants(code: CodeType) -> Iterator[str]:
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from _constants(value)
        else:
            yield from (item for item in (value if isinstance(value, tuple) else (value,)) if isinstance(item, str))


def _keys(function: FunctionType) -> Iterator[str]:
    for name in function.__code__.co_names:
        value = function.__globals__.get(name)
        if isinstance(value, Mapping):
            yield from (key for key in value if isinstance(key, str))


def activations(names: list[str], namespace: Mapping[str, object]) -> Iterator[dict[str, Any]]:
    """What may be given for a required activation: functions of the file with derivatives, its classes, words."""
    if not names:
        yield {}
        return
    firsts = [n for n in names if letters(n) not in DERIVATIVE]
    primes = [n for n in names if letters(n) in DERIVATIVE]
    if len(firsts) != 1 or len(primes) > 1:
        return
    if primes:
        for function, prime in pairs(namespace):
            yield {firsts[0]: function, primes[0]: prime}
        return
    classes = [c for n, c in namespace.items() if inspect.isclass(c) and KNOWN.fullmatch(letters(n))]
    functions = [f for n, f in namespace.items() if inspect.isfunction(f) and n in ("tanh", "sigmoid")]
    for choice in ("tanh", "sigmoid", "linear", *classes[:MOST], *functions, None):
        yield {firsts[0]: choice}


def pairs(
    namespace: Mapping[str, object], arguments: int = 1
) -> Iterator[tuple[Callable[..., Any], Callable[..., Any]]]:
    """Functions of so many arguments with their derivatives, as their names say."""
    for name, function in namespace.items():
        if not inspect.isfunction(function) or _required(function) != arguments:
            continue
        prime = next((namespace[p.format(name)] for p in PRIMES if callable(namespace.get(p.format(name)))), None)
        if callable(prime):
            yield function, prime


def _required(function: Callable[..., Any]) -> int:
    return len([p for p in parameters_of(function) or () if p.required])
