"""Layer objects with forward and backward, losses among them: each is a case under a random upstream gradient."""

from __future__ import annotations

import inspect

from gradcheck.submissions.adapters.building import own, own_classes
from gradcheck.submissions.adapters.cases import FunctionCase
from gradcheck.submissions.adapters.layers.choosing import Answer, layer_methods, understood
from gradcheck.submissions.adapters.layers.losses import loss_case, loss_methods
from gradcheck.submissions.adapters.trying import Deadline
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.subjects import Found, Hints

__all__ = ["FAMILY", "find"]

FAMILY = "layers"
SECONDS = 0.5


def find(loaded: LoadedModule, hints: Hints) -> Found:
    """Every class of the file that is a layer and not the base of others, and every loss."""
    deadline = Deadline(SECONDS)
    classes = own_classes(own(loaded))
    cases, unfinished = [], []
    for name, cls in classes.items():
        base = any(cls in other.__mro__[1:] for other in classes.values())
        methods = layer_methods(cls, hints)
        if inspect.isabstract(cls) or hints.names.get("class", name) != name:
            continue
        if methods is None:
            loss = _loss(cls, loaded)
            cases.extend([loss] if isinstance(loss, FunctionCase) else [])
            unfinished.extend([loss] if isinstance(loss, str) and not base else [])
            continue
        for answer in understood(cls, methods, loaded.namespace, deadline):
            if isinstance(answer, Answer):
                cases.append(answer.case)
            elif not base:
                unfinished.append(answer)
    return Found((), tuple(cases), (), tuple(dict.fromkeys(unfinished)))


def _loss(cls: type, loaded: LoadedModule) -> FunctionCase | str | None:
    methods = loss_methods(cls)
    return loss_case(cls, methods, loaded.namespace) if methods is not None else None
