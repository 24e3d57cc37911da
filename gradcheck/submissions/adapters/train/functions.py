"""A submission's functions of one array: which of them belong together as a function and its derivative."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

from gradcheck.submissions.adapters.common.vocabulary.names import letters

Function = Callable[..., Any]
DERIVATIVE = re.compile(
    r"(?:d|deriv|derivative|derivativeof|grad|gradient|der|derivada|ableitung|derivee)?(.+?)"
    r"(?:prime|derivatives?|deriv|der|derivada|derivee|ableitung|grads?|gradient|backward|bwd|back|dx|d|p)?"
)


def functions_of(module: Mapping[str, Any]) -> dict[str, Function]:
    """The submission's own plain functions."""
    return {name: value for name, value in module.items() if inspect.isfunction(value)}


def pairs_of_functions(module: Mapping[str, Any]) -> list[tuple[Function, Function]]:
    """Every function that has another one named as its derivative: ``tanh`` with ``tanh_prime``, ``d_tanh``..."""
    functions = functions_of(module)
    base = {letters(name): function for name, function in functions.items()}
    pairs = []
    for name, function in base.items():
        match = DERIVATIVE.fullmatch(name)
        stem = match.group(1) if match else name
        if stem != name and stem in base:
            pairs.append((base[stem], function))
    return pairs
