"""Networks that get their layers one by one, as numbers: ``model.add(20, "relu")``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice, pairwise
from typing import Any

from gradcheck.submissions.adapters.common.arguments import Recipe, recipes
from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.vocabulary.methods import ADD
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
        for constructor in islice(recipes(cls, CONSTRUCTOR, (("n_in",),)), TRIED):
            thing = attempt(_constructed, cls, constructor, 4).value
            for add in ranked(thing, ADD)[:1] if thing is not None else ():
                for layer in islice(recipes(getattr(thing, add), LAYER, LAYER_TEMPLATES), TRIED):
                    for activation in activations if layer.has("activation") else activations[:1]:
                        yield partial(_network, cls, constructor, (add, layer, activation))


def _constructed(cls: Callable[..., Any], constructor: Recipe, n_in: int) -> Any:
    return cls(**constructor.keywords({**NEUTRAL, "n_in": n_in}))


def _network(cls: Callable[..., Any], constructor: Recipe, layer: tuple[str, Recipe, Any], sizes: Sequence[int]) -> Any:
    """A network with its layers; where nothing else says how many inputs there are, they are a layer too."""
    network, (method, recipe, activation) = _constructed(cls, constructor, sizes[0]), layer
    known = constructor.has("n_in") or recipe.has("n_in")
    for n_in, n_out in pairwise(sizes if known else (0, *sizes)):
        getattr(network, method)(**recipe.keywords({"n_in": n_in, "n_out": n_out, "activation": activation}))
    return network
