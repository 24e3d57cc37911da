"""Which family a submission belongs to: the adapters are asked one after another, the most specific first."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from typing import cast

from gradcheck.errors import GradcheckError, UsageError
from gradcheck.submissions.adapters.common.building import own
from gradcheck.submissions.adapters.common.calling import free_names
from gradcheck.submissions.adapters.common.vocabulary.functions import is_gradient
from gradcheck.submissions.adapters.unwritten import missing
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.loading.execution import described
from gradcheck.submissions.subjects import Adapter, Case, Found, Hints, Model

ORDER = ("plain", "engine", "recurrent", "chapter", "coursera", "cs231n", "flat", "layers", "train")
"""Module names. What a person named comes first; what fits almost anything (read the gradient off a step) last."""

BESIDE = ("chapter", "coursera", "cs231n", "flat")
"""Families of which one file may hold several, each in functions and classes of its own."""


def adapters(family: str = "") -> list[Adapter]:
    """The adapters in the order in which they are asked; only the one named *family*, if it is given.

    Raises UsageError if there is no such family.
    """
    if family and family not in ORDER:
        raise UsageError(f"There is no interface family {family}: choose one of {', '.join(ORDER)}.")
    names = [f"gradcheck.submissions.adapters.{name}" for name in ORDER if family in ("", name)]
    return [cast("Adapter", import_module(name)) for name in names if find_spec(name) is not None]


def understand(loaded: LoadedModule, hints: Hints) -> Found:
    """What the first family that finds anything finds, with what others find in functions and classes that are left.

    What was said to be unfinished by families that found nothing before is kept.
    """
    unfinished: list[str] = []
    families = adapters(hints.family)
    for index, adapter in enumerate(families):
        found = looked_for(adapter, loaded, hints)
        unfinished.extend(sentence for sentence in found.unfinished if sentence not in unfinished)
        if found:
            alone = loaded.selected is not None or adapter.FAMILY not in BESIDE
            others = [] if alone else [other for other in families[index + 1 :] if other.FAMILY in BESIDE]
            return replace(with_others(found, others, loaded, hints), unfinished=tuple(unfinished))
    return Found(unfinished=tuple(dict.fromkeys((*missing(loaded), *unfinished))))


def with_others(found: Found, others: Sequence[Adapter], loaded: LoadedModule, hints: Hints) -> Found:
    """What was found, and what other families find in the gradients of the file that nothing found has to do with."""
    mine = {name: value for name, value in own(loaded).items() if callable(value)}
    taken = used_by([*found.models, *found.cases], mine)
    for other in others:
        if not any(is_gradient(name) or inspect.isclass(value) for name, value in mine.items() if name not in taken):
            return found
        more = looked_for(other, loaded, hints)
        models = tuple(model for model in more.models if apart(model, taken, mine))
        cases = tuple(case for case in more.cases if apart(case, taken, mine))
        taken |= used_by([*models, *cases], mine)
        found = replace(found, models=(*found.models, *models), cases=(*found.cases, *cases))
    return found


def used_by(parts: Sequence[Model | Case], mine: Mapping[str, object]) -> set[str]:
    """The functions and classes that models and cases are made of, with those that these use."""
    taken: set[str] = set()
    left = [name for part in parts for name in named_in(part, mine)]
    while left:
        name = left.pop()
        if name not in taken:
            taken.add(name)
            left.extend(inner for inner in names_inside(mine[name]) if inner in mine)
    return taken


def apart(part: Model | Case, taken: set[str], mine: Mapping[str, object]) -> bool:
    """Whether a model or case is made of functions and classes that nothing else uses."""
    names = named_in(part, mine)
    return bool(names) and not any(name in taken for name in names)


def named_in(part: Model | Case, mine: Mapping[str, object]) -> list[str]:
    """The file's own names in the title of a model or case."""
    return [word for word in re.findall(r"\w+", part.info.title) if word in mine]


def names_inside(value: object) -> list[str]:
    """Names that a function, or a class in its methods and bases, reads."""
    if not inspect.isclass(value):
        return list(free_names(value)) if callable(value) else []
    methods = [method for method in vars(value).values() if inspect.isfunction(method)]
    return [base.__name__ for base in value.__bases__] + [n for method in methods for n in free_names(method)]


def looked_for(adapter: Adapter, loaded: LoadedModule, hints: Hints) -> Found:
    """What an adapter finds; where the submission's code raises while it is tried, that costs this family only."""
    try:
        return adapter.find(loaded, hints)
    except (GradcheckError, KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001  a submission may raise anything, SystemExit included
        return Found(unfinished=(f"tried as {adapter.FAMILY}, it raised {described(error)}",))
