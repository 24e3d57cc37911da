"""What starts the way back from a value: a method, with a first gradient or without, or a function of the module."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.vocabulary.arrays import GRADIENT
from gradcheck.submissions.adapters.common.vocabulary.methods import BACKWARD, NEVER

Array = NDArray[Any]
FORMS = ("nothing", "array", "number", "wrapped", "preset")
MOST_PRESETS = 3
SEEDED = ("array", "wrapped")


@dataclass(frozen=True)
class Start:
    """One way to go back from a value.

    ``call`` is the method's name or a function. ``form`` says how the first gradient is given: not at all, as an
    array, as a number, as a value of the class, or by setting the result's ``preset`` before the call.
    """

    call: str | Callable[..., Any]
    form: str = "nothing"
    preset: str = ""
    wrap: Callable[[Any], Any] = np.asarray

    def __call__(self, thing: Any, first: Array) -> Any:
        """Go back from *thing* with that first gradient, and return what is returned; some forms begin with ones."""
        if self.preset:
            setattr(thing, self.preset, first if np.ndim(first) else float(first))
        given = {"array": np.array(first), "number": 1.0}.get(self.form)
        arguments = () if self.form in ("nothing", "preset") else (self.wrap(first) if given is None else given,)
        if callable(self.call):
            return self.call(thing, *arguments)
        return getattr(thing, self.call)(*arguments) if self.call else None

    @property
    def seeded(self) -> bool:
        """Whether it takes a first gradient of the result's shape."""
        return self.form in SEEDED


def starts(cls: type, wrap: Callable[[Any], Any], empty: list[str], module: Mapping[str, Any]) -> Iterator[Start]:
    """Ways to start, the likeliest first; *empty* are attributes of a fresh value in which a gradient may be put."""
    names = [name for name in dir(cls) if callable(getattr(cls, name, None)) and not name.startswith("__")]
    names = [name for name in names if BACKWARD.fits(name) and not NEVER.fits(name)]
    names.sort(key=lambda name: (name.startswith("_"), name != "backward"))
    functions = [
        function
        for name, function in module.items()
        if inspect.isfunction(function) and BACKWARD.fits(name) and not NEVER.fits(name)
    ]
    calls: list[str | Callable[..., Any]] = [*names, *functions]
    for call in calls:
        for form in FORMS[:4]:
            yield Start(call, form, wrap=wrap)
    for preset in sorted(empty, key=lambda name: not GRADIENT.fits(name))[:MOST_PRESETS]:
        for call in (*calls, ""):
            yield Start(call, "preset", preset)
