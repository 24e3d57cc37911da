"""The arguments of a function by what they are for: parameters that it is differentiated by, data, numbers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gradcheck.submissions.adapters.common.arguments import parameters_of
from gradcheck.submissions.adapters.common.calling import free_names
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.common.vocabulary.roles import role

Function = Callable[..., Any]
DIFFERENTIATED = ("theta", "w", "b")
NUMBERS = ("l2", "n_in", "n_hidden", "n_out", "sizes", "m", "rate")
UPDATING = frozenset(
    ("iterations", "numiters", "epochs", "numiterations", "niter", "iters", "maxiter", "iter", "nepochs")
)


@dataclass(frozen=True)
class Signature:
    """The arguments of a function by what they are for; names of globals that it needs count too."""

    weights: tuple[str, ...]
    biases: tuple[str, ...]
    data: Mapping[str, str]  # name -> role, for x, y and numbers
    inside: tuple[str, ...] = ()  # names that are globals

    @property
    def parameters(self) -> tuple[str, ...]:
        """What is differentiated by, weights first."""
        return self.weights + self.biases

    @property
    def roles(self) -> frozenset[str]:
        """The roles of all other arguments."""
        return frozenset(self.data.values())


def signature(function: Function) -> Signature | None:
    """How a cost of parameters and data is called, or None where the names do not say."""
    parameters = parameters_of(function)
    if not parameters or any(letters(p.name) in UPDATING for p in parameters):
        return None
    roles = {p.name: p.role for p in parameters if p.required or p.role in (*NUMBERS, "x", "y")}
    if "theta" in roles.values() or not {"w", "b"} & set(roles.values()):
        roles = {name: "theta" if r == "parameters" else r for name, r in roles.items()}
    inside = _globals(function) if not {"x", "y"} <= set(roles.values()) else {}
    roles = {**roles, **{name: r for name, r in inside.items() if name not in roles}}
    unclear = [name for name, r in roles.items() if not r]
    if len(unclear) == 1 and {"x", "y"} <= set(roles.values()) and not {"theta", "w"} & set(roles.values()):
        roles[unclear[0]] = "theta"
    weights = tuple(name for name, r in roles.items() if r in ("theta", "w"))
    biases = tuple(name for name, r in roles.items() if r == "b")
    data = {name: r for name, r in roles.items() if r not in DIFFERENTIATED}
    if not weights or not set(data.values()) <= {"x", "y", *NUMBERS}:
        return None
    return Signature(weights, biases, data, tuple(inside))


def _globals(function: Function) -> dict[str, str]:
    """Global data that a function reads and the file does not hold (it was read from disk), and sizes: ``X``, ``y``."""
    namespace = getattr(inspect.unwrap(function), "__globals__", {})
    found = {}
    for name in free_names(function):
        value = namespace.get(name)
        missing = role(name) in ("x", "y", "l2", "m") and value is None
        if missing or (role(name) in ("n_in", "n_hidden", "n_out") and isinstance(value, int | None)):
            found[name] = role(name)
    return found
