"""Networks that get their layers one by one, as numbers: ``model.add(20, "relu")``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise
from typing import Any

from gradcheck.submissions.adapters.common.arguments import Recipe, recipes
from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.vocabulary.methods import ADD
from gradcheck.submissions.adapters.train.configured import kinds, texts
from gradcheck.submissions.adapters.train.functions import pairs_of_functions
from gradcheck.submissions.adapters.train.methods import ranked

CONSTRUCTOR = ("n_in", "rate", "epochs", "batch", "l2")
LAYER = ("n_in", "n_out", "activation")
LAYER_TEMPLATES = (("n_out",), ("n_out", "activation"), ("n_in", "n_out"), ("n_in", "n_out", "activation"))
NEUTRAL = {"rate": 1.0, "epochs": 1, "batch": 1, "l2": 0.0}
TRIED = 4
"""Ways to call a constructor, and of each to add a layer."""


def adders(classes: Mapping[str, type], module: Mapping[str, Any]) -> Iterator[Callable[[Sequence[int]], Any]]:
    """Ways to make a network of given sizes by a class's method that adds a layer of some width."""
    activations = ["sigmoid", "tanh", "relu", *(pair[0] for pair in pairs_of_functions(module))][:TRIED]
    for cls in classes.values():
        ending = [text for method in vars(cls).values() for text in texts(method) if text == "softmax"]
        for constructor in islice(recipes(cls, CONSTRUCTOR, (("n_in",),)), TRIED):
            thing = attempt(_constructed, cls, constructor, 4).value
            for add in ranked(thing, ADD)[:1] if thing is not None else ():
                for layer in islice(recipes(getattr(thing, add), LAYER, LAYER_TEMPLATES), TRIED):
                    named = layer.has("activation")
                    for activation in [*ending[:1], *activations] if named else activations[:1]:
                        for mixed in (True, False) if named and isinstance(activation, str) else (False,):
                            yield partial(_network, cls, constructor, Adding(add, layer, activation, mixed))


@dataclass(frozen=True)
class Adding:
    """How a layer is added: the method, what it takes, the activation, and whether some layers get another one."""

    method: str
    recipe: Recipe
    activation: Any
    mixed: bool


def _constructed(cls: Callable[..., Any], constructor: Recipe, n_in: int) -> Any:
    return cls(**constructor.keywords({**NEUTRAL, "n_in": n_in}))


def _network(cls: Callable[..., Any], constructor: Recipe, adding: Adding, sizes: Sequence[int]) -> Any:
    """A network with its layers; where nothing else says how many inputs there are, they are a layer too."""
    network, recipe = _constructed(cls, constructor, sizes[0]), adding.recipe
    known = constructor.has("n_in") or recipe.has("n_in")
    each = kinds(adding.activation, len(sizes) - 1, mixed=adding.mixed)
    each = each if known else [adding.activation, *each]
    for (n_in, n_out), kind in zip(pairwise(sizes if known else (0, *sizes)), each, strict=True):
        getattr(network, adding.method)(**recipe.keywords({"n_in": n_in, "n_out": n_out, "activation": kind}))
    return network
