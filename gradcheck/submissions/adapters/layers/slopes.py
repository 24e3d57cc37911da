"""Activation classes whose second method is the derivative itself: ``__call__(z)`` and ``gradient(z)``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.arguments import parameters_of
from gradcheck.submissions.adapters.common.cases import FunctionCase, agreement, spread, tried
from gradcheck.submissions.adapters.common.leaves import numeric
from gradcheck.submissions.adapters.common.returned import UnfinishedError
from gradcheck.submissions.adapters.layers.context import upstream
from gradcheck.submissions.adapters.layers.inputs import FLAT
from gradcheck.submissions.adapters.layers.making import Making, makings
from gradcheck.submissions.adapters.layers.methods import BACKWARD, FORWARD, kind, method
from gradcheck.submissions.adapters.layers.raising import SLIP, as_slip
from gradcheck.submissions.subjects import BadReturnError, CaseInfo

Array = NDArray[Any]
Named = dict[str, Any]
VALUES = (*FORWARD, "activation", "function", "func", "fn", "f", "apply", "compute", "evaluate", "fun", "output")
SLOPES = ("gradient", "grad", "derivative", "prime", "deriv", "df", "dfn", "activationprime", "dactivation", "fprime",
          "derivate", "activationderivative", "activateprime", "der", "dfunc", *BACKWARD)  # fmt: skip
AGREES = 1e-5
SHAPE = (3, 5)


@dataclass(frozen=True)
class Slope:
    """A class, its two methods, and whether the derivative takes the activated value."""

    making: Making
    methods: tuple[str, str]
    activated: bool = False
    source: str = ""  # the text of the file

    def start(self, seed: int) -> Named:
        """The weighted inputs."""
        return {"x": spread(SHAPE, np.random.default_rng(seed))}

    def _called(self, which: int, value: Array) -> Array:
        thing, _ = self.making.build(FLAT[0], 0)
        array = numeric(getattr(thing, self.methods[which])(value.copy()))
        if array is None:
            raise UnfinishedError(f"{self.methods[which]} returned None.")
        if array.shape != SHAPE:
            raise BadReturnError(f"{self.methods[which]} returned shape {array.shape}, not that of its argument.")
        return array

    def cost(self, point: Named, seed: int) -> float:
        """Σ upstream · f(x)."""
        return float(np.sum(upstream(SHAPE, seed) * self._called(0, point["x"])))

    def facts(self, seed: int) -> Named:
        """Argument, value and upstream gradient."""
        x = self.start(seed)["x"]
        return {"x": x, "output": self._called(0, x), "upstream": upstream(SHAPE, seed)}

    def gradient(self, point: Named, seed: int) -> Named:
        """Upstream · f′(x), entry by entry."""
        at = self._called(0, point["x"]) if self.activated else point["x"]
        try:
            return {"x": upstream(SHAPE, seed) * self._called(1, at)}
        except NameError as error:
            raise as_slip(error, None, self.source) from error


def slope_methods(cls: type) -> tuple[str, str] | None:
    """The methods of value and derivative; None where there are none that take one array."""
    value = next((m for m in (method(cls, (n,)) for n in VALUES) if m and _one(cls, m)), "")
    slope = next((m for m in (method(cls, (n,)) for n in SLOPES) if m and _one(cls, m)), "")
    return (value, slope) if value and slope else None


def _one(cls: type, name: str) -> bool:
    """Whether a method takes one array, and not an upstream gradient."""
    asked = [p.name for p in parameters_of(getattr(cls, name)) or () if p.required]
    if not isinstance(inspect.getattr_static(cls, name, None), staticmethod | classmethod):
        asked = asked[1:]
    return len(asked) == 1 and kind(asked[0]) not in ("upstream", "y", "rate", "cache")


def slope_case(
    cls: type, methods: tuple[str, str], namespace: Mapping[str, object], source: str = ""
) -> FunctionCase | None:
    """The case: the derivative of x, or of the activated value if that is what agrees."""
    making = next(makings(cls, FLAT[0], namespace), None)
    if making is None:
        return None
    cases = [_case(Slope(making, methods, activated, source)) for activated in (False, True)]
    tries = [(case, tried(case)) for case in cases]
    answering = [case for case, answer in tries if answer.answered or SLIP in answer.error]
    agreeing = [case for case in answering if agreement(case) < AGREES]
    return next(iter((*agreeing, *answering)), None)


def _case(slope: Slope) -> FunctionCase:
    name, (value, derivative) = slope.making.cls.__name__, slope.methods
    id_ = derivative if slope.making.cls.__module__ == __name__ else f"{name}.{derivative}"
    of = f"{value}(x)" if slope.activated else "x"
    info = CaseInfo(id_, "layers", f"{id_} of {of}", name, "σ′ of BP1 and BP2")
    return FunctionCase(info, slope.start, slope.cost, slope.gradient, slope.facts)


def function_slope(value: Callable[..., Any], derivative: Callable[..., Any], source: str = "") -> FunctionCase | None:
    """The case of two functions, ``sigmoid(z)`` and ``sigmoid_prime(z)``."""
    methods = (value.__name__, derivative.__name__)
    members = {methods[0]: staticmethod(value), methods[1]: staticmethod(derivative), "__module__": __name__}
    return slope_case(type(value.__name__, (), members), methods, {}, source)
