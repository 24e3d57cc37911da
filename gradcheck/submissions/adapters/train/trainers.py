"""Classes that train a network which they are given: the network is another class's, made and begun first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from gradcheck.submissions.adapters.common.arguments import named_parameters, recipes
from gradcheck.submissions.adapters.common.building import NEUTRAL
from gradcheck.submissions.adapters.common.calling import attempt
from gradcheck.submissions.adapters.common.vocabulary.methods import MAKES_NETWORK, NETWORK
from gradcheck.submissions.adapters.train.chain import chain
from gradcheck.submissions.adapters.train.construct import Construction, constructions
from gradcheck.submissions.adapters.train.methods import methods

WAYS = 6


def trainers(
    classes: Mapping[str, type], module: Mapping[str, Any]
) -> Iterator[tuple[Callable[[Sequence[int]], Any], int | None]]:
    """Ways to make a trainer with a network of certain sizes, and how many hidden layers it has (None: any number)."""
    for cls in classes.values():
        parameter = given_network(cls)
        for other in classes.values() if parameter else ():
            for construction in islice(constructions(other, module, {}), WAYS) if other is not cls else ():
                if construction.sized and not construction.holds_data:
                    hidden = None if construction.any_depth else construction.recipe.count("n_hidden")
                    yield partial(_with_network, cls, parameter, construction), hidden


def given_network(function: Callable[..., Any]) -> str:
    """What a function calls the network that it is given, if it is given one."""
    return next((p.name for p in named_parameters(function) or [] if NETWORK.fits(p.name)), "")


def _with_network(cls: type, parameter: str, construction: Construction, sizes: Sequence[int]) -> Any:
    network = construction.make(sizes, 1)
    for name in methods(network):
        if chain(network, sizes) is None and MAKES_NETWORK.fits(name):
            attempt(getattr(network, name))
    make = partial(cls, **{parameter: network})
    recipe = next(recipes(make, ("rate", "epochs", "batch")))
    return make(**recipe.keywords({**NEUTRAL, "rate": 1.0, "batch": 1}))
