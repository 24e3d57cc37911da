"""Layer objects with forward and backward, losses among them: each is a case under a random upstream gradient."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence

from gradcheck.submissions.adapters.common.building import own, own_classes
from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.cases import FunctionCase
from gradcheck.submissions.adapters.common.vocabulary.methods import CONTAINER
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.layers.choosing import (
    Skipped,
    gives_own_error,
    hands_on,
    layer_methods,
    understood,
)
from gradcheck.submissions.adapters.layers.conventions import Answer
from gradcheck.submissions.adapters.layers.loss_methods import loss_methods
from gradcheck.submissions.adapters.layers.losses import Beside, function_loss, loss_case
from gradcheck.submissions.adapters.layers.methods import BACKWARD, method
from gradcheck.submissions.adapters.layers.optimizers import climbing
from gradcheck.submissions.adapters.layers.slopes import function_slope, slope_case, slope_methods
from gradcheck.submissions.adapters.layers.values import pairs
from gradcheck.submissions.adapters.train import network_models
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.subjects import Found, Hints

__all__ = ["FAMILY", "find"]

FAMILY = "layers"
HANDED_ON = "{} hands the gradient on unchanged: its slope is taken to be in the loss, and it is not checked."
OWN_ERROR = "{} hands on its own δ, which the layer before takes through the weights: it is checked within its network."
CONTAINERS = ("add", "addlayer", "use", "fit", "addlayers", "append")
LEARNS = ("train", "fit", "trainstep", "trainonbatch", "sgd", "learn", "updateminibatch", "gradientdescent", "optimize")


def find(loaded: LoadedModule, hints: Hints) -> Found:
    """Every class of the file that is a layer and not the base of others, every loss, every activation."""
    classes = own_classes(own(loaded))
    tried = {name: cls for name, cls in classes.items() if _is_asked(name, cls, hints)}
    layers = {name: ways for name, cls in tried.items() if (ways := _as_layer(cls, loaded, hints)) is not None}
    answers = [one for ways in layers.values() for one in ways if isinstance(one, Answer)]
    kept = [answer for answer in answers if not hands_on(answer)]
    learns = hints.family != FAMILY and any(_learns(cls) for cls in classes.values())
    if learns and all(answer.raises for answer in kept):
        kept = []  # a network that another adapter understands
    beside = _beside(loaded.source, kept)
    others = {
        name: found for name, cls in tried.items() if name not in layers and (found := _other(cls, loaded, beside))
    }
    cases = [other for other in others.values() if isinstance(other, FunctionCase)]
    if not kept and learns:
        cases = []  # helpers of a network that another adapter understands
    models = network_models(loaded, hints) if kept else []
    own_errors = [answer for answer in kept if models and gives_own_error(answer)]
    kept = [answer for answer in kept if answer not in own_errors]
    cases += _functions(own(loaded), beside) if (kept or own_errors) and not loaded.selected else []
    cases += climbing(classes, kept)
    left_out = _left_out(classes, layers, others)
    notes = [HANDED_ON.format(answer.bound.making.cls.__name__) for answer in answers if hands_on(answer)]
    notes += [OWN_ERROR.format(answer.bound.making.cls.__name__) for answer in own_errors]
    remarks = [f"not checked: {sentence}" for sentence in left_out if kept or cases]
    layer_cases = [answer.case for answer in kept]
    return Found(tuple(models), (*layer_cases, *cases), (*notes, *remarks), left_out)


def _is_asked(name: str, cls: type, hints: Hints) -> bool:
    """Whether a class may be a layer or a loss: no abstract one, no container of layers."""
    return not inspect.isabstract(cls) and not method(cls, CONTAINERS) and hints.names.get("class", name) == name


def _as_layer(cls: type, loaded: LoadedModule, hints: Hints) -> Sequence[Answer | Skipped] | None:
    """The cases of a layer class, or why there is none; None for what is no layer."""
    methods = attempt(layer_methods, cls, hints)
    if not methods.answered:
        return None
    found = attempt(understood, cls, methods.value, loaded)
    return found.value if found.answered else [Skipped(0, found.error)]


def _left_out(
    classes: Mapping[str, type],
    layers: Mapping[str, Sequence[Answer | Skipped]],
    others: Mapping[str, FunctionCase | str],
) -> tuple[str, ...]:
    """Sentences on what was found and is not checked; bases of other classes and containers are no layers."""
    said = {name: one.said for name, found in layers.items() for one in found if isinstance(one, Skipped)}
    said |= {name: found for name, found in others.items() if isinstance(found, str)}
    bases = {base for cls in classes.values() for base in cls.__mro__[1:]}
    kept = [name for name in said if classes[name] not in bases and not CONTAINER.fits(name)]
    return tuple(f"{name}: {said[name]}" for name in kept)


def _beside(source: str, kept: Sequence[Answer]) -> Beside:
    """What losses need to know of the layers that are checked: those with weights say which way examples lie."""
    weighted = [answer.bound for answer in kept if answer.bound.parameters]
    columns = bool(weighted) and all("column" in bound.inputs.said for bound in weighted)
    lone = columns and all("one column" in bound.inputs.said for bound in weighted)
    return Beside(source, any(bound.averaged for bound in weighted), columns, lone)


def _other(cls: type, loaded: LoadedModule, beside: Beside) -> FunctionCase | str | None:
    """A loss or an activation, or a sentence on one that does not answer."""
    loss, slope = loss_methods(cls), slope_methods(cls)
    if loss is not None:
        found = attempt(loss_case, cls, loss, loaded.namespace, beside)
    elif slope is not None:
        found = attempt(slope_case, cls, slope, loaded.namespace, loaded.source)
    else:
        return None
    known: FunctionCase | str | None = found.value if found.answered else found.error
    return known or None


def _functions(namespace: Mapping[str, object], beside: Beside) -> list[FunctionCase]:
    """Losses and activations written as pairs of functions beside the layers."""
    tries = [attempt(function_loss, *pair, beside) for pair in pairs(namespace, 2)]
    slopes = [pair for pair in pairs(namespace) if "softmax" not in letters(pair[0].__name__)]
    tries += [attempt(function_slope, *pair, beside.source) for pair in slopes]
    return [found.value for found in tries if isinstance(found.value, FunctionCase)]


def _learns(cls: type) -> bool:
    return bool(method(cls, LEARNS) or (layer_methods(cls, Hints()) is None and _network_backward(cls)))


def _network_backward(cls: type) -> bool:
    return bool(method(cls, BACKWARD)) and loss_methods(cls) is None and slope_methods(cls) is None
