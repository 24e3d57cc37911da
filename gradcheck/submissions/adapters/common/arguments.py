"""What a function that nobody here has seen may be given: its parameters' names, and the calls worth trying.

Two ways of looking: ``plans`` where every name has one meaning and what is left is tried in every order,
``recipes`` where a name may have several and what says nothing is filled by templates.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, permutations, product
from typing import Any

from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.vocabulary.roles import role, roles

MOST_ORDERS = 120
"""How many orders of arguments are tried where names say nothing."""
MOST = 24
REPEATED = ("n_hidden", "activation", "gradients")


def named_parameters(function: Callable[..., Any]) -> list[inspect.Parameter] | None:
    """The parameters that can be given by name, or None where that cannot be known."""
    found = attempt(inspect.signature, function).value
    if not isinstance(found, inspect.Signature):
        return None
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    if any(p.kind is p.POSITIONAL_ONLY and p.default is p.empty for p in found.parameters.values()):
        return None
    return [p for p in found.parameters.values() if p.kind in named]


@dataclass(frozen=True)
class Parameter:
    """One parameter of a function: its name, the role that the name suggests, and whether it must be given."""

    name: str
    role: str
    required: bool


def parameters_of(function: Callable[..., Any]) -> tuple[Parameter, ...] | None:
    """A function's parameters that can be given by name; None where Python cannot tell."""
    parameters = named_parameters(function)
    if parameters is None:
        return None
    return tuple(Parameter(p.name, role(p.name), p.default is p.empty) for p in parameters)


def arrangements(function: Callable[..., Any], offers: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Ways of giving a function what it asks for, by keyword, the likeliest first; see ``plans``."""
    for plan in plans(function, offers):
        yield {name: offers[key] for name, key in plan.items()}


def plans(
    function: Callable[..., Any], keys: Iterable[str], *, if_named: Collection[str] = ()
) -> Iterator[dict[str, str]]:
    """Which parameter may get which of the offered *keys*, the likeliest first.

    A key is an exact parameter name or a role. A parameter gets what its name asks for, else what its
    role does; one with a default and no offer keeps the default; required ones that are left get the
    offers that are left, in every order, except those in *if_named*.
    """
    parameters, keys = parameters_of(function), list(keys)
    if parameters is None:
        return
    given, open_names = _by_name(parameters, keys)
    if not open_names:
        yield given
        return
    taken = set(given.values())
    left = [key for key in keys if key not in taken and key not in if_named]
    for order in islice(permutations(left, len(open_names)), MOST_ORDERS):
        yield given | dict(zip(open_names, order, strict=True))


def _by_name(parameters: tuple[Parameter, ...], keys: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    given: dict[str, str] = {}
    open_names = []
    for parameter in parameters:
        fits = [key for key in (parameter.name, parameter.role) if key in keys]
        if fits:
            given[parameter.name] = fits[0]
        elif parameter.required:
            open_names.append(parameter.name)
    return given, open_names


@dataclass(frozen=True)
class Recipe:
    """Which parameter of a function gets what: names with roles."""

    parameters: tuple[tuple[str, str], ...]

    def keywords(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of a call; a role that comes several times is a sequence, used in order."""
        used: dict[str, int] = {}
        out = {}
        for name, part in self.parameters:
            value = given[part]
            if isinstance(value, Several):
                value = value[used.setdefault(part, 0)]
                used[part] += 1
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
    parameters = named_parameters(function)
    if parameters is None:
        return
    mentioned = {role for template in templates for role in template}
    options = [_options(p, available, mentioned) for p in parameters]
    unnamed = [i for i, choice in enumerate(options) if not choice]
    if any(
        {"upstream", "gradients"} & set(named := roles(parameters[i].name)) and "n_in" not in named for i in unnamed
    ):
        return  # a layer's gradient from above, and that of the weights, are nothing that could be made up
    fillings = [t for t in templates if len(t) == len(unnamed)] if unnamed else [()]
    tried = 0
    for filling, chosen in product(fillings, islice(product(*(choice or ("",) for choice in options)), 40 * MOST)):
        assigned = list(chosen)
        for index, part in zip(unnamed, filling, strict=True):
            assigned[index] = part
        given = [part for part in assigned if part and part not in repeated]
        if len(set(given)) == len(given):
            tried += 1
            yield Recipe(tuple((p.name, role) for p, role in zip(parameters, assigned, strict=True) if role))
        if tried >= MOST:
            return


def _options(parameter: inspect.Parameter, available: Collection[str], mentioned: Collection[str]) -> list[str]:
    named = [role for role in roles(parameter.name) if role in available]
    if parameter.default is not parameter.empty:
        settings = hasattr(parameter.default, "__dict__") and not callable(parameter.default)
        return [""] if settings else [*named[:1], ""]
    return list(dict.fromkeys((*named, *(role for role in roles(parameter.name) if role in mentioned))))
