"""Which methods of an object run it forward and which make it learn: by name first, then by trying."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradcheck.submissions.adapters.common.arguments import Recipe, named_parameters, recipes
from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.vocabulary.methods import (
    BACKWARD,
    FORWARD,
    FUNCTION,
    HANDS_IN,
    HANDS_OUT,
    NEVER,
    STEP,
)
from gradcheck.submissions.adapters.common.vocabulary.names import Names, names


@dataclass(frozen=True)
class Call:
    """A method and what its parameters get."""

    method: str
    recipe: Recipe

    def run(self, owner: Any, given: Mapping[str, Any]) -> Any:
        """Call it; what it raises is passed on."""
        return getattr(owner, self.method)(**self.recipe.keywords(given))


def methods(owner: Any) -> list[str]:
    """The names of its public methods, and ``__call__``, in the order in which they are written."""
    found: dict[str, None] = {}
    for cls in reversed(type(owner).__mro__[:-1]):
        found.update(dict.fromkeys(name for name, value in vars(cls).items() if _public(name) and _callable(value)))
    return list(found)


def _public(name: str) -> bool:
    return name == "__call__" or not (name.startswith("__") and name.endswith("__"))


def _callable(value: Any) -> bool:
    return callable(value) or isinstance(value, staticmethod | classmethod)


def ranked(owner: Any, *patterns: Names, others: bool = False) -> list[str]:
    """Methods whose names fit the patterns, those of the first pattern first; then, if asked, what fits none."""
    known = [name for name in methods(owner) if not NEVER.fits(name)]
    chosen = [name for pattern in patterns for name in known if pattern.fits(name) or name == "__call__"]
    rest = [name for name in known if others and name not in chosen and name != "__call__"]
    return list(dict.fromkeys(chosen)) + rest


def forward_calls(owner: Any) -> Iterator[Call]:
    """Calls that may give the output for some inputs, the likeliest first."""
    for name in sorted(ranked(owner, FORWARD, others=True), key=FUNCTION.fits):
        for recipe in recipes(getattr(owner, name), ("x", "verbose"), (("x",),)):
            if recipe.count("x") <= 1:
                yield Call(name, recipe)


def forward_pieces(owner: Any) -> Iterator[tuple[Call, ...]]:
    """Inputs handed in by one method, run by a second that takes nothing and, if need be, read by a third."""
    takes = [
        Call(n, r) for n in methods(owner) if HANDS_IN.fits(n) for r in recipes(getattr(owner, n), ("x",), (("x",),))
    ]
    nothing = [name for name in ranked(owner, FORWARD, others=True) if _takes_nothing(owner, name)]
    for first in (call for call in takes if call.recipe.has("x")):
        for run in (name for name in nothing if FORWARD.fits(name)):
            yield first, Call(run, Recipe(()))
            yield from ((first, Call(run, Recipe(())), Call(n, Recipe(()))) for n in nothing if HANDS_OUT.fits(n))


def _takes_nothing(owner: Any, name: str) -> bool:
    parameters = named_parameters(getattr(owner, name))
    return parameters is not None and all(p.default is not p.empty for p in parameters)


def recording(owner: Any, call: Call) -> Call:
    """The call with its switches on, so that it keeps what the way back needs."""
    parameters = named_parameters(getattr(owner, call.method)) or []
    given = dict(call.recipe.parameters)
    switches = [p.name for p in parameters if p.default is False and p.name not in given and not OTHER.fits(p.name)]
    return Call(call.method, Recipe((*call.recipe.parameters, *((name, "on") for name in switches))))


OTHER = names(likely=".*(dropout|verbose|print|plot|debug|noise|return|argmax|round|test|predict|infer|eval).*")
"""Switches that do something else."""
STEP_ROLES = ("x", "y", "pairs", "rate", "epochs", "batch", "l2", "momentum", "verbose", "output")
"""What a learning step may be given."""
STEP_TEMPLATES = (
    ("y",), ("x", "y"), ("y", "x"), ("pairs",), ("x", "y", "rate"), ("x",), ("x", "y", "epochs"),
    ("x", "y", "epochs", "rate"), ("x", "y", "rate", "epochs"), ("pairs", "epochs"), ("rate",), ("epochs",),
)  # fmt: skip
BACK_TEMPLATES = (
    ("y",), ("x", "y"), ("y", "x"), ("y", "rate"), ("output",), ("x",), ("x", "y", "output"), ("output", "y"),
    ("y", "output"), ("rate",), ("output", "y", "rate"), ("x", "y", "rate"),
)  # fmt: skip


def step_calls(owner: Any, *, data: bool, extras: Collection[str] = ()) -> Iterator[Call]:
    """Single calls that may make it learn from x and y; from the data that it holds where *data* is true."""
    available = (*STEP_ROLES[:-1], "n_out", *extras)
    for name in ranked(owner, STEP, BACKWARD, others=True):
        if attempt(getattr, owner, name).value is None:
            continue
        for recipe in recipes(getattr(owner, name), available, STEP_TEMPLATES):
            examples = (recipe.has("x") and recipe.has("y")) or recipe.has("pairs")
            if examples or (data and not recipe.has("x") and not recipe.has("y")):
                yield Call(name, recipe)


UPDATE_ROLES = ("rate", "batch", "l2", "momentum", "epochs", "gradients")


def phase_calls(owner: Any, forward: Sequence[tuple[Call, ...]]) -> Iterator[tuple[Call, ...]]:
    """A forward way, a backward call and, where it takes one, an update; or a backward call and an update."""
    backward = [
        Call(name, recipe)
        for name in ranked(owner, BACKWARD, STEP)
        for recipe in recipes(getattr(owner, name), STEP_ROLES, BACK_TEMPLATES)
    ]
    updates = [
        Call(name, recipe)
        for name in ranked(owner, STEP)
        for recipe in recipes(getattr(owner, name), UPDATE_ROLES, (("rate",), ("gradients",)))
    ]
    given = [call for call in updates if call.recipe.has("gradients")]
    begins = [call for call in backward if call.recipe.has("x") and call.recipe.has("y")]
    begins = [call for call in begins if not call.recipe.has("output")]
    yield from ((first, last) for first in begins for last in given if first.method != last.method)
    for first in forward:
        for second in backward:
            if second.method not in {call.method for call in first}:
                yield (*first, second)
    for first in forward:
        for second in backward:
            for third in (*given, *(call for call in updates if call not in given)):
                if not {second.method, third.method} & {call.method for call in first} | {second.method} & {
                    third.method
                }:
                    yield (*first, second, third)
