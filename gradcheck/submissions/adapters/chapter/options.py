"""Options of a constructor, ``cost=QuadraticCost`` or ``activation='relu'``: the other choices in the file."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from gradcheck.submissions.adapters.common.building import own_classes
from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.vocabulary.roles import roles
from gradcheck.submissions.adapters.layers.values import words_of

MOST = 3
OF_OUTPUTS = ("softmax", "linear")
"""Words that say what the last layer does, whatever the option for the hidden ones is."""


def variants(cls: type, namespace: Mapping[str, object]) -> Iterator[tuple[str, type]]:
    """The class with another choice for one option, and how that is written: ``cost=CrossEntropyCost``.

    A class is a choice if it has the public methods of the default; a word, if a method of the class speaks of it.
    Cannot see a choice that stands in the file only as the last ``else``.
    """
    found = attempt(inspect.signature, cls).value
    parameters = found.parameters if isinstance(found, inspect.Signature) else {}
    told = {name: p.default for name, p in parameters.items() if inspect.isclass(p.default)}
    chosen = {name: default for name, default in told.items() if {"loss", "activation"} & set(roles(name))}
    others: list[tuple[str, str, object]] = [
        (f"{option}={name}", option, other)
        for option, default in chosen.items()
        for name, other in own_classes(namespace).items()
        if other is not default and _methods(default) and _methods(other) == _methods(default)
    ]
    words = {n: p.default for n, p in parameters.items() if isinstance(p.default, str) and "activation" in roles(n)}
    for option, default in words.items():
        others += [(f"{option}={word!r}", option, word) for word in words_of(cls) if word not in (default, *OF_OUTPUTS)]
    for said, option, other in others[:MOST]:
        yield said, _with(cls, option, other)


def _methods(cls: type) -> set[str]:
    return {name for name in dir(cls) if not name.startswith("_") and callable(getattr(cls, name, None))}


def _with(cls: type, option: str, value: object) -> type:
    """A subclass whose instances are made with that option."""
    original = cls.__init__  # type: ignore[misc]

    @functools.wraps(original)
    def made(self: object, *arguments: Any, **keywords: Any) -> None:
        original(self, *arguments, **{option: value, **keywords})

    return type(cls.__name__, (cls,), {"__init__": made, "__module__": cls.__module__})
