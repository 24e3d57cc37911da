"""What a parameter of a student's function is for, from its name; and the calls worth trying."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from gradcheck.submissions.adapters.common.trying import attempt
from gradcheck.submissions.adapters.common.vocabulary import ROLES

MOST = 24
REPEATED = ("n_hidden", "activation")


def plain(name: str) -> str:
    """``learningrate`` of ``learning_rate`` and ``learningRate``."""
    return name.lower().replace("_", "")


def roles(name: str) -> list[str]:
    """What a parameter of that name may be for, likeliest first."""
    text = plain(name)
    return [role for role, pattern in ROLES.items() if pattern.fullmatch(text)]


@dataclass(frozen=True)
class Recipe:
    """Which parameter of a function gets what: names with roles."""

    parameters: tuple[tuple[str, str], ...]

    def keywords(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of a call; a role that comes several times is a sequence, used in order."""
        used: dict[str, int] = {}
        out = {}
        for name, role in self.parameters:
            value = given[role]
            if isinstance(value, Several):
                value = value[used.setdefault(role, 0)]
                used[role] += 1
            out[name] = value
        return out

    def has(self, role: str) -> bool:
        """Whether some parameter has that role."""
        return any(r == role for _, r in self.parameters)

    def count(self, role: str) -> int:
        """How many parameters have that role."""
        return sum(r == role for _, r in self.parameters)


class Several(list[Any]):
    """One value for each parameter of a role."""


def signature(function: Callable[..., Any]) -> list[inspect.Parameter] | None:
    """The parameters that can be given by name, or None where that cannot be known."""
    found = attempt(inspect.signature, function)
    if not isinstance(found, inspect.Signature):
        return None
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    if any(p.kind is p.POSITIONAL_ONLY and p.default is p.empty for p in found.parameters.values()):
        return None
    return [p for p in found.parameters.values() if p.kind in named]


def recipes(
    function: Callable[..., Any],
    available: Collection[str],
    templates: Sequence[tuple[str, ...]] = (),
    repeated: Collection[str] = REPEATED,
) -> Iterator[Recipe]:
    """Ways to call *function* with the *available* roles.

    A parameter whose name says what it is for gets that first; one with a default that means
    nothing here keeps it. Those without default whose names say nothing get one of the *templates*
    together, in order. No role is given twice, except those *repeated*.
    """
    parameters = signature(function)
    if parameters is None:
        return
    mentioned = {role for template in templates for role in template}
    options = [_options(p, available, mentioned) for p in parameters]
    unnamed = [i for i, choice in enumerate(options) if not choice]
    if any("upstream" in roles(parameters[i].name) and "n_in" not in roles(parameters[i].name) for i in unnamed):
        return  # a layer's gradient from above is nothing that could be made up
    fillings = [t for t in templates if len(t) == len(unnamed)] if unnamed else [()]
    tried = 0
    for filling, chosen in product(fillings, islice(product(*(choice or ("",) for choice in options)), 40 * MOST)):
        assigned = list(chosen)
        for index, role in zip(unnamed, filling, strict=True):
            assigned[index] = role
        given = [role for role in assigned if role and role not in repeated]
        if len(set(given)) == len(given):
            tried += 1
            yield Recipe(tuple((p.name, role) for p, role in zip(parameters, assigned, strict=True) if role))
        if tried >= MOST:
            return


def _options(parameter: inspect.Parameter, available: Collection[str], mentioned: Collection[str]) -> list[str]:
    named = [role for role in roles(parameter.name) if role in available]
    if parameter.default is not parameter.empty:
        return [*named[:1], ""]
    return list(dict.fromkeys((*named, *(role for role in roles(parameter.name) if role in mentioned))))
