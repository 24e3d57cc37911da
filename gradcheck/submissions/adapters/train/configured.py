"""Constructors that take one thing with all settings: an object, a dictionary, or a list of one per layer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from gradcheck.submissions.adapters.common.arguments import named_parameters
from gradcheck.submissions.adapters.common.building import own_classes
from gradcheck.submissions.adapters.common.vocabulary.names import names
from gradcheck.submissions.adapters.common.vocabulary.roles import roles

SETTINGS = names(likely=".*(config|cfg|setting|option|param|hyper|args|spec).*")
"""Classes that hold settings."""
NUMBERS = ("n_in", "n_hidden", "n_out", "sizes", "rate", "epochs", "batch", "l2", "activation")
"""What is looked for in dictionaries."""


def configured(cls: type, module: Mapping[str, Any]) -> Iterator[Callable[..., Any]]:
    """Functions that make an object of *cls*, with a parameter for every setting, where it takes one thing."""
    required = [p for p in named_parameters(cls) or [] if p.default is p.empty]
    if len(required) != 1:
        return
    for other in own_classes(module).values():
        annotated = required[0].annotation is other or required[0].annotation == other.__name__
        if other is not cls and (annotated or SETTINGS.fits(other.__name__)):
            yield _called(cls, other)
    words = list(dict.fromkeys(key for method in vars(cls).values() for key in texts(method)))
    keys = [key for key in words if set(roles(key)) & set(NUMBERS)]
    if set(keys) & set(texts(cls.__init__)):  # type: ignore[misc]  # its code only
        yield _with_parameters(lambda **given: cls(given), [_optional(key) for key in keys])
    for mixed in (True, False) if any("n_out" in roles(key) for key in words) else ():
        yield _with_parameters(partial(_of_layers, cls, words, mixed), ["sizes", "activation"])


def _optional(name: str) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None)


def _called(cls: type, settings: type) -> Callable[..., Any]:
    return _with_parameters(lambda **given: cls(settings(**given)), named_parameters(settings) or [])


def _with_parameters(function: Callable[..., Any], parameters: Sequence[str | inspect.Parameter]) -> Callable[..., Any]:
    """The function with those parameters, given by name."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    each = [inspect.Parameter(p, keyword) if isinstance(p, str) else p.replace(kind=keyword) for p in parameters]
    function.__signature__ = inspect.Signature(each)  # type: ignore[attr-defined]
    return function


def texts(method: Any) -> list[str]:
    """Words that a method's code holds, comprehensions in it included: the keys that it asks for."""
    code, found = [getattr(method, "__code__", None)], dict[str, None]()
    while code:
        constants = getattr(code.pop(), "co_consts", ())
        found |= dict.fromkeys(text for text in constants if isinstance(text, str) and text.isidentifier())
        code += [inner for inner in constants if hasattr(inner, "co_consts")]
    return list(found)


def _of_layers(cls: type, keys: Sequence[str], mixed: bool, *, sizes: Sequence[int], activation: Any) -> Any:
    """An object made with a dictionary per layer, of the words that mean its inputs, outputs and activation."""
    layers = []
    for (n_in, n_out), kind in zip(pairwise(sizes), kinds(activation, len(sizes) - 1, mixed=mixed), strict=True):
        given = {"n_in": n_in, "n_out": n_out, "activation": kind}
        layers.append({key: given[role] for key in keys for role in roles(key)[::-1] if role in given})
    return cls(layers)


def kinds(activation: Any, layers: int, *, mixed: bool) -> list[Any]:
    """The layers' activations: all the same or, where *mixed*, every second hidden one a ReLU: both are tried.

    A softmax is for the last layer, behind sigmoids.
    """
    other = [mixed and isinstance(activation, str) and i % 2 == 0 and i < layers - 1 for i in range(layers)]
    hidden = "sigmoid" if activation == "softmax" else activation
    return [*("relu" if instead else hidden for instead in other[:-1]), activation]
