"""Examples as training loops take them: under which names, rows or columns, flat, as labels, written out."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.arguments import Recipe, Several
from gradcheck.submissions.adapters.common.building import NEUTRAL
from gradcheck.submissions.adapters.common.forms import classes

Array = NDArray[Any]
SIZES = (4, 7, 6, 9)
EXAMPLES = 5
SETTINGS = ("sizes", "n_in", "n_hidden", "n_out", "rate", "epochs", "batch", "l2", "momentum", "verbose")
ARGUMENTS = ("x", "y", *SETTINGS, "w", "b", "theta")
"""What functions are given: examples, settings, the weights that they begin from."""
EXAMPLES_FIRST = tuple(role for role in ARGUMENTS if role not in ("n_in", "n_out"))
"""``X`` and ``Y`` may be sizes, but rarely are."""
ARGUMENT_TEMPLATES = (("x", "y"), ("y",), ("x",), ("n_hidden",), ("rate",), ("epochs",), ("rate", "epochs"))


@dataclass(frozen=True)
class Data:
    """Where a script has its examples, and which way round: names, and whether examples are rows."""

    x: str
    y: str
    x_rows: bool = True
    y_rows: bool = True
    y_flat: bool = False
    written_out: bool = False
    outputs: int = 1
    labels: bool = False
    x_flat: bool = False
    inputs: int = SIZES[0]

    @property
    def examples(self) -> tuple[Array, Array]:
        """A few, of the sizes that it has; every class at least once where they are labels."""
        rng = np.random.default_rng(6)
        m = max(EXAMPLES, self.outputs) if self.labels else EXAMPLES
        x, y = rng.standard_normal((self.inputs, m)), rng.uniform(0.1, 0.9, (self.outputs, m))
        return x, np.eye(self.outputs)[:, np.arange(m) % self.outputs] if self.labels else y

    @property
    def beginnings(self) -> dict[str, Any]:
        """Weights and bias of one layer, as a function begins with them that is given them."""
        shape = (self.inputs,) if self.y_flat else (self.inputs, self.outputs)
        weights = np.random.default_rng(3).standard_normal(shape)
        return {"w": weights, "theta": weights, "b": 0.0 if self.y_flat else np.zeros((1, self.outputs))}

    def values(self, x: Array, y: Array) -> dict[str, Any]:
        """The examples as the script has them."""
        given: dict[str, Any] = {self.x: x[0].copy() if self.x_flat else x.T.copy() if self.x_rows else x.copy()}
        if self.labels:
            given[self.y] = classes(y)
        else:
            given[self.y] = y[0].copy() if self.y_flat else (y.T.copy() if self.y_rows else y.copy())
        return {name: value.tolist() for name, value in given.items()} if self.written_out else given


FORMS = (
    Data("x", "y", outputs=3),
    Data("x", "y", x_rows=False, y_rows=False, outputs=3),
    Data("x", "y", outputs=3, labels=True),
    Data("x", "y", x_rows=False, y_rows=False, outputs=3, labels=True),
    Data("x", "y"),
    Data("x", "y", y_flat=True),
    Data("x", "y", x_rows=False, y_rows=False),
)
"""How functions take their examples."""
NUMBERS = Data("x", "y", x_flat=True, y_flat=True, inputs=1)
"""One number in and one out, for each of several examples."""


def forms(sizes: tuple[int, int] | None = None) -> tuple[Data, ...]:
    """The usual ones, with as many inputs and outputs as the weights have, where those are known."""
    if sizes is None:
        return FORMS
    several = [form for form in FORMS if (form.outputs > 1) == (sizes[1] > 1)]
    return tuple(replace(form, inputs=sizes[0], outputs=sizes[1]) for form in several)


def bound(function: Any, recipe: Recipe, form: Data) -> tuple[dict[str, Any], Data | None]:
    """Values for a function's parameters, and which of them are the examples."""
    names = {role: name for name, role in recipe.parameters}
    given: dict[str, Any] = {
        **NEUTRAL, **form.values(*form.examples), "n_hidden": Several(SIZES[1:]), "n_in": form.inputs,
        "sizes": [form.inputs, SIZES[1], form.outputs], "n_out": form.outputs, "rate": 1.0, "batch": EXAMPLES,
        **form.beginnings,
    }  # fmt: skip
    defaults = {p.name: p.default for p in inspect.signature(function).parameters.values() if p.default is not p.empty}
    both = "x" in names and "y" in names
    data = replace(form, x=names["x"], y=names["y"]) if both else None
    return {**defaults, **recipe.keywords(given)}, data
