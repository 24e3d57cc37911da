"""Which family a submission belongs to: the adapters are asked one after another, the most specific first."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from typing import cast

from gradcheck.errors import GradcheckError, UsageError
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.loading.execution import described
from gradcheck.submissions.subjects import Adapter, Found, Hints

ORDER = ("plain", "engine", "chapter", "coursera", "cs231n", "flat", "layers", "train")
"""Module names. What a person named comes first; what fits almost anything (read the gradient off a step) last."""


def adapters(family: str = "") -> list[Adapter]:
    """The adapters in the order in which they are asked; only the one named *family*, if it is given.

    Raises UsageError if there is no such family.
    """
    if family and family not in ORDER:
        raise UsageError(f"There is no interface family {family}: choose one of {', '.join(ORDER)}.")
    names = [f"gradcheck.submissions.adapters.{name}" for name in ORDER if family in ("", name)]
    return [cast("Adapter", import_module(name)) for name in names if find_spec(name) is not None]


def understand(loaded: LoadedModule, hints: Hints) -> Found:
    """The models and cases of the first family that finds any, with what the earlier ones said was unfinished."""
    unfinished: list[str] = []
    for adapter in adapters(hints.family):
        found = looked_for(adapter, loaded, hints)
        unfinished.extend(sentence for sentence in found.unfinished if sentence not in unfinished)
        if found:
            return replace(found, unfinished=tuple(unfinished))
    return Found(unfinished=tuple(unfinished))


def looked_for(adapter: Adapter, loaded: LoadedModule, hints: Hints) -> Found:
    """What an adapter finds; where the submission's code raises while it is tried, that costs this family only."""
    try:
        return adapter.find(loaded, hints)
    except (GradcheckError, KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001  a submission may raise anything, SystemExit included
        return Found(unfinished=(f"tried as {adapter.FAMILY}, it raised {described(error)}",))
