"""Layers that take their input from the layer before and their error from the layer after, not as arguments."""

from __future__ import annotations

import inspect
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.arguments import parameters_of
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.layers.methods import takes_any

Array = NDArray[Any]
SOURCE = re.compile(r"(input|prev|previous|prior|last|in|parent|source|inbound|lower|below)(layer|node|module)?|layer")
FED = ("inputdata", "input", "inputs", "x", "inp", "data", "aprev", "forwardinput", "layerinput")
HANDED = ("inputdelta", "deltain", "upstream", "gradoutput", "outputgrad", "dout", "doutput", "outputgradient", "error",
          "backwardinput", "incominggradient", "outputerror", "topdiff")  # fmt: skip
PASSED_ON = ("outputdelta", "deltaout", "inputgrad", "inputgradient", "gradinput", "dinput", "dinputs", "dx", "dprev",
             "bottomdiff", "inputerror", "daprev")  # fmt: skip
OUTPUTS = ("out", "output", "outputs", "output_data", "a", "A", "activation", "activations", "value", "y", "z")
ERRORS = ("output_delta", "delta", "deltas", "grad", "dinputs", "dx", "error", "input_grad", "grad_input")


class Neighbour:
    """The layer before or after one: whatever it is asked for is *value*; what is written into it stays."""

    def __init__(self, names: tuple[str, ...], value: Array) -> None:
        self.given = dict.fromkeys(names, value)
        self.shape, self.size = value.shape, value.shape[-1]
        for name in names:
            setattr(self, name, value)
        for name in ("output_dim", "output_size", "n_out", "units", "num_neurons", "n_neurons", "neurons", "num_out"):
            setattr(self, name, value.shape[-1])

    def forward(self) -> Array:
        """The value."""
        return self.given.popitem()[1]

    def written(self) -> Array | None:
        """What somebody has written into it."""
        kept = {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        return next((value for name, value in kept.items() if self.given.get(name) is not value), None)


def sources(cls: type) -> tuple[str, ...]:
    """The constructor's arguments that are the layer before."""
    return tuple(p.name for p in parameters_of(cls) or () if p.required and SOURCE.fullmatch(letters(p.name)))


def is_linked(cls: type, forward: str, backward: str) -> bool:
    """Whether forward asks for nothing, and backward for no more than the error."""
    asked = [len([p for p in parameters_of(getattr(cls, name)) or () if p.required]) for name in (forward, backward)]
    methods = [inspect.getattr_static(cls, name) for name in (forward, backward)]
    if any(takes_any(getattr(cls, name)) for name in (forward, backward)):
        return False
    return asked[0] == 1 and asked[1] <= 2 and all(map(inspect.isfunction, methods))


def link(layer: Any, methods: tuple[str, str], before: Neighbour) -> None:
    """Give a live layer a forward(x) and a backward(error) that put these where its own methods look for them."""
    forward, backward = (getattr(layer, name) for name in methods)
    alone = not [p for p in parameters_of(backward) or () if p.required]

    def forward_of(x: Any) -> Any:
        for name in OUTPUTS:
            setattr(before, name, x)
        before.given = dict.fromkeys(OUTPUTS, x)
        _feed(layer, FED, x)
        return forward()

    def backward_of(error: Any) -> Any:
        if alone:
            _feed(layer, HANDED, error)
            if getattr(layer, "next", error) is None:
                layer.next = Neighbour(ERRORS, error)
        returned = backward() if alone else backward(error)
        return returned if returned is not None else _passed_on(layer, before)

    for name, method in zip(methods, (forward_of, backward_of), strict=True):
        setattr(layer, name, method)


def _feed(layer: Any, names: tuple[str, ...], value: Any) -> None:
    for name in list(vars(layer)):
        if letters(name) in names:
            setattr(layer, name, value)


def _passed_on(layer: Any, before: Neighbour) -> Array | None:
    """The error for the layer before: an attribute, or what was written into that layer."""
    kept = {letters(name): value for name, value in vars(layer).items()}
    found = next((kept[name] for name in PASSED_ON if name in kept), None)
    return found if isinstance(found, np.ndarray) else before.written()
