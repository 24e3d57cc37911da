"""Objects of a submission's classes, built in given sizes however the constructor asks for them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.arguments import Parameter, arrangements, parameters_of
from gradcheck.submissions.adapters.common.calling import Attempt, attempt, seeded
from gradcheck.submissions.loading import LoadedModule

FOREIGN = (
    "builtins", "numpy", "typing", "collections", "abc", "enum", "dataclasses", "random", "pathlib", "torch", "sklearn",
    "scipy", "pandas", "matplotlib",
)  # fmt: skip
NEUTRAL: dict[str, Any] = {
    "l2": 0.0, "momentum": 0.0, "dropout": 0.0, "epochs": 1, "batch": 1, "scale": 0.5, "seed": 0, "verbose": False,
}  # fmt: skip
"""By role: settings under which one step of training is one plain step along the gradient."""


def own(loaded: LoadedModule) -> dict[str, object]:
    """The names that are asked about: the selected one, else those that the file itself defines, else all."""
    namespace = loaded.namespace
    if loaded.selected:
        chosen = loaded.selected.partition(".")[0]
        return {chosen: namespace[chosen]} if chosen in namespace else {}
    if loaded.path is None or loaded.path.is_dir():
        return dict(namespace)
    here = loaded.path.stem
    mine = {name: value for name, value in namespace.items() if _module(value) in ("", here)}
    return mine if any(callable(value) for value in mine.values()) else dict(namespace)


def _module(value: object) -> str:
    """The last part of the name of the module that defines a thing; empty where it has none."""
    return str(getattr(value, "__module__", None) or "").rpartition(".")[2]


def own_classes(namespace: Mapping[str, object], wanted: str = "") -> dict[str, type]:
    """The classes that a submission defines itself; only the one called *wanted*, if it is given."""
    return {
        name: value
        for name, value in namespace.items()
        if inspect.isclass(value)
        and value.__module__.partition(".")[0] not in FOREIGN
        and not issubclass(value, BaseException)
        and wanted in ("", name)
    }


def offers(sizes: Sequence[int], **more: Any) -> dict[str, Any]:
    """What a constructor of a network of those sizes may ask for, by role."""
    offered: dict[str, Any] = {
        "n_in": sizes[0], "n_out": sizes[-1], "sizes": list(sizes), "hidden_dims": list(sizes[1:-1]),
        "dtype": np.float64, **{role: NEUTRAL[role] for role in ("scale", "l2", "seed")},
    }  # fmt: skip
    if len(sizes) == 3:
        offered["n_hidden"] = sizes[1]
    return offered | more


def build(cls: type, offered: Mapping[str, Any], seed: int = 0) -> Attempt:
    """An instance, by the first arrangement of arguments that the constructor takes."""
    parameters = parameters_of(cls)
    if parameters is None:
        return Attempt(error=f"{cls.__name__} cannot be called")
    last = Attempt(error=f"the constructor of {cls.__name__} asks for {unknown(parameters, offered)}")
    for given in arrangements(cls, named(offered, parameters)):
        with seeded(seed):
            last = attempt(cls, **given)
        if last.answered:
            return last
    return last


def unknown(parameters: Sequence[Parameter], offered: Mapping[str, Any]) -> str:
    """The required parameters that nothing is known for."""
    return ", ".join(p.name for p in parameters if p.required and not {p.name, p.role} & offered.keys())


def named(offered: Mapping[str, Any], parameters: Sequence[Parameter]) -> dict[str, Any]:
    """The offers whose roles the parameters name; an unclear parameter may get none of the optional ones."""
    roles = {p.role for p in parameters} | {p.name for p in parameters}
    essential = {"n_in", "n_hidden", "n_out", "sizes", "hidden_dims"}
    return {key: value for key, value in offered.items() if key in roles | essential}
