"""The chapter's class and its descendants: lists of weights and biases, and a method that returns the gradient."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping

from gradcheck.submissions.adapters.chapter.construct import ways
from gradcheck.submissions.adapters.chapter.model import FAMILY, ChapterModel
from gradcheck.submissions.adapters.chapter.options import variants
from gradcheck.submissions.adapters.chapter.plan import PROBES, built_in, left_over, made, ordered, plan_of
from gradcheck.submissions.adapters.common.building import own_classes
from gradcheck.submissions.adapters.common.slots import float_slots
from gradcheck.submissions.adapters.common.vocabulary.methods import BACKWARD
from gradcheck.submissions.adapters.layers.choosing import is_layer
from gradcheck.submissions.layout import layouts_of, sizes_in
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.loading.execution import described
from gradcheck.submissions.subjects import Found, Hints

__all__ = ["FAMILY", "find"]


def find(loaded: LoadedModule, hints: Hints) -> Found:
    """Classes that are built from layer sizes, keep weights and biases, and return their gradient from one call."""
    models, unfinished = [], []
    for name, cls in own_classes(loaded.namespace).items():
        if name != (hints.names.get("class") or loaded.selected or name) or inspect.isabstract(cls):
            continue
        if not hints.family and is_layer(cls) and not any(built_in(cls, sizes) for sizes in PROBES[:2]):
            continue
        found = _understood(name, cls, hints)
        if isinstance(found, str):
            unfinished.append(found)
        elif found is not None:
            models.append(found)
    chosen = tuple(_not_bases(models))
    steps = [case for model in chosen if (case := model.step()) is not None]
    more = [other for model in chosen for other in _with_other_options(model, loaded.namespace)]
    silent = [m.name for m in more if not m.first.answers.match.exact]
    return Found(
        models=(*chosen, *(m for m in more if m.name not in silent)),
        cases=tuple(steps),
        notes=tuple(f"class {name} is not judged: its gradient cannot be asked for" for name in silent),
        unfinished=tuple(unfinished),
    )


def _with_other_options(model: ChapterModel, namespace: Mapping[str, object]) -> Iterator[ChapterModel]:
    """The same class with other costs than that of its constructor's default, where the file has some."""
    for said, cls in variants(model.cls, namespace):
        found = _understood(f"{model.name}({said})", cls, model.hints)
        if isinstance(found, ChapterModel):
            yield found


def _not_bases(models: list[ChapterModel]) -> Iterator[ChapterModel]:
    """A class that another one refines is looked at there."""
    kinds = [model.cls for model in models]
    for model in models:
        if not any(other is not model.cls and issubclass(other, model.cls) for other in kinds):
            yield model


def _understood(name: str, cls: type, hints: Hints) -> ChapterModel | str | None:
    """The model, a sentence on what is missing in it, or None where the class is something else."""
    backward = _backward(cls, hints)
    if not backward and callable(getattr(cls, "loss", None)):
        return None  # which may return the gradient beside it: another family's
    if not backward:
        built = next((True for sizes in PROBES if built_in(cls, sizes) is not None), False)
        return f"class {name} has weights but no method that returns their gradient (backprop)" if built else None
    plans = [(plan, len(sizes) - 2) for sizes in PROBES if (plan := plan_of(cls, sizes, backward, hints)) is not None]
    if not plans:
        return _of_its_own_sizes(name, cls, backward, hints) or _notbuilt_in(name, cls)
    plan, depth = max(plans, key=lambda item: (item[0].answers.match.exact > 0, item[0].runs))
    return ChapterModel(name, cls, backward, hints, plan, depth)


def _of_its_own_sizes(name: str, cls: type, backward: tuple[str, ...], hints: Hints) -> ChapterModel | None:
    """A class with sizes written into it: those that its arrays turn out to have."""
    for _, make in ways(cls, PROBES[0]):
        instance = made(make)
        if instance is not None:
            shapes = {slot.name: slot.read(instance).shape for slot in ordered(float_slots(instance))}
            sizes = sizes_in(shapes)
            if not sizes or left_over(shapes, [role.name for role in layouts_of(shapes, sizes)[0].roles]):
                return None
            plan = plan_of(cls, sizes, backward, hints)
            return ChapterModel(name, cls, backward, hints, plan, len(sizes) - 2, sizes=sizes) if plan else None
    return None


def _backward(cls: type, hints: Hints) -> tuple[str, ...]:
    methods = [name for name in dir(cls) if callable(getattr(cls, name, None)) and not name.startswith("__")]
    asked = hints.names.get("backward")
    if asked:
        return (asked,) if asked in methods else ()
    return tuple(BACKWARD.among(methods)) or tuple(m for m in methods if "back" in m.lower() or "grad" in m.lower())


def _notbuilt_in(name: str, cls: type) -> str | None:
    """A sentence where no way of calling the constructor works; None where it does, and the class is something else."""
    problem = ""
    for _, make in ways(cls, PROBES[0]):
        try:
            make()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's constructor
            problem = problem or described(error)
        else:
            return None
    return f"class {name} cannot be built from layer sizes ({problem or 'its constructor takes something else'})"
