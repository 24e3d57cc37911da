"""A cost of theta (or of Theta1, Theta2...) and data: ``(J, grad)`` from one function, or from two."""

from __future__ import annotations

from typing import Any

from gradcheck.submissions.adapters.common.building import build, own, own_classes
from gradcheck.submissions.adapters.common.costed import Costed
from gradcheck.submissions.adapters.common.posed.finding import find_posed
from gradcheck.submissions.adapters.common.vocabulary.functions import is_cost, is_gradient
from gradcheck.submissions.adapters.flat.objects import of_data
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.subjects import Found, Hints

FAMILY = "flat"


def find(loaded: LoadedModule, hints: Hints) -> Found:
    """Functions of theta, X, y (sizes and λ, in any order), and methods of objects that need no data to exist."""
    wanted = set(own(loaded)) | set(hints.names.values())
    namespace = {name: value for name, value in loaded.namespace.items() if name in wanted or callable(value)}
    found = [find_posed(namespace, loaded.source, FAMILY, lambda name, way: name in wanted and _of_data(way))]
    for cls in own_classes(own(loaded)).values():
        methods = _methods(cls)
        found.append(find_posed(methods, loaded.source, FAMILY, lambda _, way: _of_data(way)))
    return Found(
        tuple(model for part in found for model in part.models),
        tuple(case for part in found for case in part.cases),
        (),
        tuple(sentence for part in found for sentence in part.unfinished),
    )


def _of_data(way: Costed) -> bool:
    """Whether there are inputs and targets beside what is differentiated by, or inputs to be reconstructed."""
    return {"x", "y"} <= way.roles or {"x", "n_in", "n_hidden"} <= way.roles


def _methods(cls: type) -> dict[str, Any]:
    """The cost and gradient methods of an object that can be made without sizes or data."""
    named = [name for name in dir(cls) if not name.startswith("__") and (is_cost(name) or is_gradient(name))]
    names = [name for name in named if callable(getattr(cls, name, None))]
    if len(names) < 1:
        return {}
    made = build(cls, {"l2": 0.0, "rate": 0.1})
    if made.answered:
        return {name: getattr(made.value, name) for name in names}
    return {name: method for name in names if (method := of_data(cls, name)) is not None}
