"""Layer objects with forward and backward, losses among them: each is a case under a random upstream gradient."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

from gradcheck.submissions.adapters.common.building import own, own_classes
from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.cases import FunctionCase
from gradcheck.submissions.adapters.common.vocabulary.methods import CONTAINER
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.layers.choosing import Answer, Skipped, hands_on, layer_methods, understood
from gradcheck.submissions.adapters.layers.losses import function_loss, loss_case, loss_methods
from gradcheck.submissions.adapters.layers.methods import BACKWARD, method
from gradcheck.submissions.adapters.layers.slopes import function_slope, slope_case, slope_methods
from gradcheck.submissions.adapters.layers.values import pairs
from gradcheck.submissions.adapters.train import network_models
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.subjects import Found, Hints

__all__ = ["FAMILY", "find"]

FAMILY = "layers"
HANDED_ON = "{} hands the gradient on unchanged: its slope is taken to be in the loss, and it is not checked."
CONTAINERS = ("add", "addlayer", "use", "fit", "addlayers", "append")
LEARNS = ("train", "fit", "trainstep", "trainonbatch", "sgd", "learn", "updateminibatch", "gradientdescent", "optimize")


def find(loaded: LoadedModule, hints: Hints) -> Found:
    """Every class of the file that is a layer and not the base of others, every loss, every activation."""
    classes = own_classes(own(loaded))
    layers: list[FunctionCase] = []
    others: list[FunctionCase] = []
    notes: list[str] = []
    left_out: list[str] = []
    for name, cls in classes.items():
        if inspect.isabstract(cls) or method(cls, CONTAINERS) or hints.names.get("class", name) != name:
            continue
        is_base = any(cls in other.__mro__[1:] for other in classes.values())
        for item in _of_class(cls, loaded, hints):
            if isinstance(item, Answer) and hands_on(item):
                notes.append(HANDED_ON.format(name))
            elif isinstance(item, Answer):
                layers.append(item.case)
            elif isinstance(item, FunctionCase):
                others.append(item)
            elif not is_base and not CONTAINER.fits(name):
                left_out.append(f"{name}: {item.said if isinstance(item, Skipped) else item}")
    if not layers and hints.family != FAMILY and any(_learns(cls) for cls in classes.values()):
        others = []  # helpers of a network that another adapter understands
    models = network_models(loaded, hints) if layers else []
    others += _functions(own(loaded)) if layers and not loaded.selected else []
    remarks = [f"not checked: {sentence}" for sentence in left_out if layers or others]
    return Found(tuple(models), (*layers, *others), (*notes, *remarks), tuple(dict.fromkeys(left_out)))


def _of_class(cls: type, loaded: LoadedModule, hints: Hints) -> list[Answer | Skipped | FunctionCase | str]:
    """The cases of one class, and sentences on what is none."""
    methods = layer_methods(cls, hints)
    if methods is None:
        tried = attempt(_other, cls, loaded)
        return tried.value if tried.answered else []
    found = attempt(understood, cls, methods, loaded)
    return found.value if found.answered else [Skipped(0, found.error)]


def _other(cls: type, loaded: LoadedModule) -> list[FunctionCase | str]:
    loss, slope = loss_methods(cls), slope_methods(cls)
    if loss is not None:
        found = loss_case(cls, loss, loaded.namespace)
        return [found] if found is not None else []
    case = slope_case(cls, slope, loaded.namespace) if slope is not None else None
    return [case] if case is not None else []


def _functions(namespace: Mapping[str, object]) -> list[FunctionCase]:
    """Losses and activations written as pairs of functions beside the layers."""
    tries = [attempt(function_loss, *pair) for pair in pairs(namespace, 2)]
    tries += [attempt(function_slope, *pair) for pair in pairs(namespace) if "softmax" not in letters(pair[0].__name__)]
    return [found.value for found in tries if isinstance(found.value, FunctionCase)]


def _learns(cls: type) -> bool:
    return bool(method(cls, LEARNS) or (layer_methods(cls, Hints()) is None and _network_backward(cls)))


def _network_backward(cls: type) -> bool:
    return bool(method(cls, BACKWARD)) and loss_methods(cls) is None and slope_methods(cls) is None
