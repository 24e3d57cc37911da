"""The arguments of a function by what they are for: parameters that it is differentiated by, data, numbers."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gradcheck.submissions.adapters.common.arguments import Parameter, parameters_of
from gradcheck.submissions.adapters.common.calling import free_names
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.common.vocabulary.roles import role

Function = Callable[..., Any]
DIFFERENTIATED = ("theta", "w", "b")
NUMBERS = ("l2", "n_in", "n_hidden", "n_hidden2", "n_out", "sizes", "m", "rate", "rho", "beta")
LARGEST = 5000
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
    roles = _resolved({p.name: p.role or _short(p.name) for p in parameters if _asked(p)})
    inside = {name: r for name, r in _globals(function, set(roles.values())).items() if name not in roles}
    roles |= inside
    weights = tuple(name for name, r in roles.items() if r in ("theta", "w"))
    biases = tuple(name for name, r in roles.items() if r == "b")
    data = {name: r for name, r in roles.items() if r not in DIFFERENTIATED}
    if not weights or not set(data.values()) <= {"x", "y", *NUMBERS}:
        return None
    return Signature(weights, biases, data, tuple(inside))


def _asked(parameter: Parameter) -> bool:
    """Whether a parameter is given something: one with a default only where it is known what it is for."""
    return parameter.required or (parameter.role or _short(parameter.name)) in (*NUMBERS, "x", "y")


def _short(name: str) -> str:
    """What a name that means something else elsewhere is for in a cost of parameters and data."""
    numbered = re.search(r"hid.*([12])|([12]).*hid|^h([12])", letters(name))
    if numbered:
        return "n_hidden" if "1" in numbered.groups() else "n_hidden2"
    return {"l": "l2", "la": "l2", "lm": "l2"}.get(letters(name), "")


def _resolved(roles: dict[str, str]) -> dict[str, str]:
    """Roles that depend on what else there is: the parameters, a β beside them, the one that no name explains."""
    if "theta" in roles.values() or not {"w", "b"} & set(roles.values()):
        roles = {name: "theta" if r == "parameters" else r for name, r in roles.items()}
    thetas = [name for name, r in roles.items() if r == "theta"]
    if len(thetas) > 1 and "beta" in {letters(name) for name in thetas}:
        roles = {name: "beta" if letters(name) == "beta" else r for name, r in roles.items()}
    unclear = [name for name, r in roles.items() if not r]
    if len(unclear) == 1 and {"x", "y"} <= set(roles.values()):
        known = {"theta", "w"} & set(roles.values())
        if not known or "l2" not in roles.values():
            roles = roles | {unclear[0]: "l2" if known else "theta"}
    return roles


def _globals(function: Function, known: set[str]) -> dict[str, str]:
    """Global sizes that a function reads, and data that the file does not hold (read from disk): ``X``, ``y``."""
    namespace = getattr(inspect.unwrap(function), "__globals__", {})
    found = {}
    for name in free_names(function):
        value, data = namespace.get(name), not {"x", "y"} <= known
        missing = data and role(name) in ("x", "y", "l2", "m") and value is None
        if missing or (role(name) in ("n_in", "n_hidden", "n_out") and isinstance(value, int | None)):
            found[name] = role(name)
    return found


def constants(function: Function, depth: int = 3) -> frozenset[int]:
    """Whole numbers that are written into a function, or into those of its module that it calls."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None or not depth:
        return frozenset()
    namespace: dict[str, Any] = getattr(inspect.unwrap(function), "__globals__", {})
    flat = [n for value in code.co_consts for n in (value if isinstance(value, tuple) else (value,))]
    flat += [namespace.get(name) for name in code.co_names]
    found = {n for n in flat if type(n) is int and 1 < n <= LARGEST}
    for name in code.co_names:
        inner = namespace.get(name)
        if inspect.isfunction(inner) and inner is not function:
            found |= constants(inner, depth - 1)
    return frozenset(found)
