"""The ways in which a block can be run: as it stands or, in a function, for arguments of ours."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.arguments import Recipe, Several, recipes
from gradcheck.submissions.adapters.common.building import NEUTRAL
from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.train.blocks import Block
from gradcheck.submissions.adapters.train.scripts.namespace import Namespace
from gradcheck.submissions.adapters.train.scripts.script import Data, Script
from gradcheck.submissions.adapters.train.scripts.search import SIZES, ScriptSearch

EXAMPLES = 5
ARGUMENTS = ("x", "y", "sizes", "n_in", "n_hidden", "n_out", "rate", "epochs", "batch", "l2", "momentum", "verbose")
ARGUMENT_TEMPLATES = (("x", "y"), ("y",), ("x",), ("n_hidden",), ("rate",), ("epochs",), ("rate", "epochs"))
"""What functions take whose parameters' names say nothing."""
FORMS = (
    Data("x", "y", outputs=3),
    Data("x", "y", x_rows=False, y_rows=False, outputs=3),
    Data("x", "y", outputs=3, labels=True),
    Data("x", "y", x_rows=False, outputs=3, labels=True),
    Data("x", "y"),
    Data("x", "y", y_flat=True),
    Data("x", "y", x_rows=False, y_rows=False),
)
"""How functions take their examples."""


def searches(block: Block, base: Namespace, owner: Any = None) -> Iterator[ScriptSearch]:
    """The ways in which a block can be run: as it stands or, in a function, for arguments of ours."""
    if not block.function:
        yield from _found(Script(block, base), None)
        return
    function = getattr(owner, block.function, None) if owner is not None else base.get(block.function)
    if not callable(function):
        return
    itself = _first_parameter(owner, block.function)
    for recipe in recipes(function, ARGUMENTS, ARGUMENT_TEMPLATES):
        for form in FORMS:
            bound, data = _bound(function, recipe, form)
            bound.update({itself: owner} if itself else {})
            yield from _found(Script(block, base, bound), data)


def _found(script: Script, data: Data | None) -> Iterator[ScriptSearch]:
    found = attempt(ScriptSearch, script, data).value
    if isinstance(found, ScriptSearch):
        yield found


def _first_parameter(owner: Any, method: str) -> str:
    """What a method calls the object that it belongs to."""
    if owner is None:
        return ""
    return next(iter(inspect.signature(getattr(type(owner), method)).parameters), "")


def _bound(function: Any, recipe: Recipe, form: Data) -> tuple[dict[str, Any], Data | None]:
    """Values for a function's parameters, and which of them are the examples."""
    rng = np.random.default_rng(6)
    x, y = rng.standard_normal((SIZES[0], EXAMPLES)), rng.uniform(0.1, 0.9, (form.outputs, EXAMPLES))
    if form.labels:
        y = np.eye(form.outputs)[:, np.arange(EXAMPLES) % form.outputs]
    names = {role: name for name, role in recipe.parameters}
    given: dict[str, Any] = {
        **NEUTRAL, **form.values(x, y), "n_hidden": Several(SIZES[1:]), "sizes": [SIZES[0], SIZES[1], form.outputs],
        "n_in": SIZES[0], "n_out": form.outputs, "rate": 1.0, "batch": EXAMPLES,
    }  # fmt: skip
    defaults = {p.name: p.default for p in inspect.signature(function).parameters.values() if p.default is not p.empty}
    both = "x" in names and "y" in names
    data = replace(form, x=names["x"], y=names["y"]) if both else None
    return {**defaults, **recipe.keywords(given)}, data
