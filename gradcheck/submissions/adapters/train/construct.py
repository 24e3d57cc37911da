"""Objects of a submission's class in certain sizes: which arguments its constructor takes, by trying."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.arguments import Recipe, Several, recipes
from gradcheck.submissions.adapters.common.building import NEUTRAL
from gradcheck.submissions.adapters.common.calling import Deadline, attempt, one_round, quietly, seeded
from gradcheck.submissions.adapters.common.vocabulary.methods import MAKES_WEIGHTS
from gradcheck.submissions.adapters.train.chain import chain
from gradcheck.submissions.adapters.train.configured import configured
from gradcheck.submissions.adapters.train.functions import pairs_of_functions
from gradcheck.submissions.adapters.train.methods import methods
from gradcheck.submissions.adapters.train.rounds import set_to_one_round

Array = NDArray[Any]
SIZE_ROLES = ("sizes", "n_in", "n_hidden", "n_out")
AVAILABLE = (*SIZE_ROLES, "rate", "epochs", "batch", "l2", "momentum", "verbose", "x", "y")
TEMPLATES = (
    ("sizes",), ("n_in", "n_hidden", "n_out"), ("n_in", "n_hidden", "n_out", "rate"), ("n_in", "n_out"), ("x", "y"),
    ("sizes", "rate"), ("sizes", "activation"), ("n_in", "n_hidden", "n_hidden", "n_out"), ("x", "y", "n_hidden"),
    ("n_in", "n_out", "rate"), ("n_in", "n_out", "activation"), ("sizes", "activation", "activation"), ("rate",),
    ("n_in", "n_hidden", "n_out", "activation"), ("x", "y", "rate"), ("sizes", "rate", "epochs"), ("activation",),
    ("n_in", "n_hidden", "n_out", "rate", "epochs"), ("x", "y", "n_hidden", "rate"), ("activation", "activation"),
)  # fmt: skip
"""What constructors take whose parameters' names say nothing."""
BEGINNINGS: tuple[tuple[str, ...], ...] = ((), ("n_in",), ("sizes",), ("x",), ("x", "y"))
"""What methods that make the weights take whose parameters' names say nothing."""
DEEP, WIDTHS = (4, 7, 5, 3), (7, 5, 9, 6)


@dataclass(frozen=True)
class Construction:
    """How to make an object; ``hidden_list``: hidden sizes go in one list; ``activations``: what such arguments get."""

    cls: Callable[..., Any]
    recipe: Recipe
    hidden_list: bool
    activations: tuple[Any, ...]
    namespace: dict[str, Any] = field(repr=False)
    extras: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def sized(self) -> bool:
        """Whether the sizes are ours to choose."""
        return any(self.recipe.has(role) for role in SIZE_ROLES)

    @property
    def one_output(self) -> bool:
        """Whether it may have one output only: it is asked for no number of them, or is made with the examples."""
        return not (self.recipe.has("sizes") or self.recipe.has("n_out"))

    @property
    def holds_data(self) -> bool:
        """Whether it is made with the examples."""
        return self.recipe.has("x") and self.recipe.has("y")

    @property
    def any_depth(self) -> bool:
        """Whether it takes any number of hidden layers."""
        return self.recipe.has("sizes") or (self.hidden_list and self.recipe.has("n_hidden"))

    def trial_sizes(self, outputs: int = 3) -> tuple[int, ...]:
        """Sizes that are all different, of a depth that it takes."""
        if self.any_depth:
            return (*DEEP[:-1], outputs)
        return (DEEP[0], *WIDTHS[: self.recipe.count("n_hidden")], outputs)

    def make(self, sizes: Sequence[int], seed: int, data: Mapping[str, Any] | None = None) -> Any:
        """A fresh object; what its constructor raises is passed on."""
        hidden: Any = list(sizes[1:-1]) if self.hidden_list else Several(sizes[1:-1])
        rng = np.random.default_rng(3)
        examples = example_data(rng.standard_normal((sizes[0], 2)), rng.uniform(0.1, 0.9, (sizes[-1], 2)))
        given: dict[str, Any] = {
            **NEUTRAL, **examples, "sizes": list(sizes), "n_in": sizes[0], "n_hidden": hidden, "n_out": sizes[-1],
            "rate": 1.0, "activation": Several(self.activations), **(data or {}),
        }  # fmt: skip
        with quietly(), seeded(seed), one_round(self.namespace, set(sizes) | {n + 1 for n in sizes}):
            thing = self.cls(**self.recipe.keywords(given))
            begun(thing, given, sizes if self.sized else None)
        set_to_one_round(thing)
        return thing


def constructions(
    cls: Callable[..., Any], module: Mapping[str, Any], namespace: dict[str, Any]
) -> Iterator[Construction]:
    """Ways to make an object of *cls* that do not say no before they are tried."""
    functions = [pair for pair in pairs_of_functions(module) for pair in (pair, (pair[0], pair[0]))]
    choices: list[tuple[Any, ...]] = [("sigmoid",) * 6, ("tanh",) * 6, *(pair * 3 for pair in functions[:6])]
    choices.append((np.tanh, lambda z: 1 - np.tanh(z) ** 2) * 3)
    makers = [cls, *(configured(cls, module) if inspect.isclass(cls) else ())]
    pairs = ((maker, recipe) for maker in makers for recipe in recipes(maker, AVAILABLE, TEMPLATES))
    for make, recipe in pairs:
        for hidden_list in (False, True) if recipe.count("n_hidden") == 1 else (False,):
            for activations in choices if recipe.has("activation") else choices[:1]:
                yield Construction(make, recipe, hidden_list, activations, namespace)


def begun(thing: Any, given: Mapping[str, Any], sizes: Sequence[int] | None) -> None:
    """Give an object its weights by the method that makes them, where its constructor has not.

    The method makes none again: a training method that calls it goes on from the weights that are there.
    """
    private = f"_{type(thing).__name__}__"
    for name in [name for name in methods(thing) if MAKES_WEIGHTS.fits(name.removeprefix(private))]:
        for recipe in recipes(getattr(thing, name), (*SIZE_ROLES, "x", "y"), BEGINNINGS):
            if attempt(chain, thing, sizes).value is not None:
                return
            if attempt(getattr(thing, name), **recipe.keywords(given)).returned:
                attempt(setattr, thing, name, no_weights)
                break


def no_weights(*_: Any, **__: Any) -> None:
    """Make no weights."""


def example_data(x: Array, y: Array) -> dict[str, Any]:
    """The examples as rows, which is how constructors take them."""
    return {"x": np.ascontiguousarray(x.T), "y": np.ascontiguousarray(y.T)}


def made(
    cls: Callable[..., Any], module: Mapping[str, Any], namespace: dict[str, Any], deadline: Deadline
) -> Iterator[Any]:
    """(construction, sizes, object) for every way that works, three outputs before one."""
    for outputs in (3, 1):
        for construction in constructions(cls, module, namespace):
            if deadline.passed:
                return
            if outputs == 1 and not construction.one_output:
                continue
            sizes = construction.trial_sizes(outputs)
            rng = np.random.default_rng(5)
            data = example_data(rng.standard_normal((sizes[0], 2)), rng.uniform(0.1, 0.9, (outputs, 2)))
            thing = attempt(construction.make, sizes, 1, data)
            if thing.returned:
                yield construction, sizes, thing.value
