"""Networks put together from a submission's own layers, losses and optimisers, or made by its functions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice, pairwise
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.arguments import Recipe, Several, named_parameters, recipes
from gradcheck.submissions.adapters.common.calling import attempt, quietly, seeded
from gradcheck.submissions.adapters.common.slots import slots
from gradcheck.submissions.adapters.common.vocabulary.methods import (
    ADD,
    BACKWARD,
    CONTAINER,
    FORWARD,
    LOSS,
    MAKES_NETWORK,
    OPTIMIZER,
    SETTING,
)
from gradcheck.submissions.adapters.common.vocabulary.roles import roles
from gradcheck.submissions.adapters.train.adding import adders
from gradcheck.submissions.adapters.train.chain import chain
from gradcheck.submissions.adapters.train.construct import DEEP
from gradcheck.submissions.adapters.train.functions import functions_of, pairs_of_functions
from gradcheck.submissions.adapters.train.methods import methods, ranked
from gradcheck.submissions.adapters.train.trainers import given_network, trainers

Make = Callable[..., Any]
Stacked = Callable[[Sequence[int]], Any]


@dataclass(frozen=True)
class Kit:
    """What networks can be put together from; ``extras`` are losses and optimisers by role."""

    dense: tuple[Make, ...]
    activations: tuple[Make, ...]
    extras: dict[str, Any]
    classes: tuple[type, ...]


@dataclass(frozen=True)
class Assembly:
    """How to make a network of certain sizes; the same to a search as a construction."""

    build: Callable[[Sequence[int]], Any]
    namespace: dict[str, Any] = field(repr=False)
    extras: dict[str, Any] = field(default_factory=dict, repr=False)
    hidden: int | None = None
    sized: bool = True
    holds_data: bool = False
    one_output: bool = False

    @property
    def any_depth(self) -> bool:
        """Whether it takes any number of layers."""
        return self.hidden is None

    def trial_sizes(self) -> tuple[int, ...]:
        """Sizes that are all different."""
        return DEEP if self.hidden is None else (DEEP[0], *(5, 6, 7)[: self.hidden], DEEP[-1])

    def make(self, sizes: Sequence[int], seed: int, data: Mapping[str, Any] | None = None) -> Any:
        """A fresh network; what the submission raises is passed on."""
        with quietly(), seeded(seed):
            return self.build(sizes)


def assemblies(classes: Mapping[str, type], module: Mapping[str, Any], namespace: dict[str, Any]) -> Iterator[Assembly]:
    """Ways to make a network that do not fail."""
    for build, hidden, extras in _builds(classes, module):
        assembly = Assembly(build, namespace, extras, hidden)
        thing = attempt(assembly.make, assembly.trial_sizes(), 1)
        if thing.returned and attempt(chain, thing.value, assembly.trial_sizes()).value:
            yield assembly


Build = tuple[Callable[[Sequence[int]], Any], int | None, dict[str, Any]]


def _builds(classes: Mapping[str, type], module: Mapping[str, Any]) -> Iterator[Build]:
    kit = _kit(classes, module)
    functions = [f for f in functions_of(module).values() if given_network(f)]
    for make in _network_functions(module):
        yield partial(_with_functions, make, functions), 1, {}
    yield from ((build, hidden, {}) for build, hidden in trainers(classes, module))
    yield from ((partial(_added_to, build, kit), None, kit.extras) for build in adders(classes, module))
    if not kit.dense:
        return
    for stack in _stacks(kit):
        for cls in kit.classes:
            for build, hidden, extras in _of_class(cls, stack, kit):
                yield build, hidden, extras
                if functions:
                    yield partial(_with_functions, build, functions), hidden, extras
        if functions:
            yield partial(_with_functions, stack, functions), None, kit.extras


def _with_functions(build: Stacked, functions: Sequence[Callable[..., Any]], sizes: Sequence[int]) -> Any:
    return with_functions(build(sizes), functions)


# ---- parts ----------------------------------------------------------------------------------------


def _kit(classes: Mapping[str, type], module: Mapping[str, Any]) -> Kit:
    dense = {cls: makes for cls in classes.values() if (makes := list(_dense(cls)))}
    found = [make for name, cls in classes.items() for make in _activations(name, cls, module)]
    extras = _losses(classes, module) | _optimizers(classes)
    rest = [n for n, c in classes.items() if c not in dense and not LOSS.fits(n)]
    rest = [n for n in rest if not OPTIMIZER.fits(n)]
    rest.sort(key=lambda n: not CONTAINER.fits(n))
    every = tuple(make for several in dense.values() for make in several)
    return Kit(every, tuple(found), extras, tuple(classes[n] for n in rest))


SHAPES = (("n_in", "n_out"), ("n_out", "n_in"), ("n_out",), ("n_in",))
"""What layers take whose parameters' names say nothing."""


def _dense(cls: type) -> Iterator[Make]:
    """Calls with n_in and n_out that give an object with weights of that shape."""
    for recipe in recipes(
        cls, ("n_in", "n_out", "rate"), (("n_in", "n_out"), ("n_out", "n_in"), ("n_out",), ("n_in",))
    ):
        if not (recipe.has("n_in") and recipe.has("n_out")):
            continue

        def make(n_in: int, n_out: int, recipe: Any = recipe) -> Any:
            return cls(**recipe.keywords({"n_in": n_in, "n_out": n_out, "rate": 1.0}))

        thing = attempt(make, 4, 5)
        if thing.returned and attempt(chain, thing.value, (4, 5)).value:
            yield make


def _activations(name: str, cls: type, module: Mapping[str, Any]) -> Iterator[Make]:
    """Calls that give an object that goes forward and back and has no parameters."""
    functions = [*pairs_of_functions(module), (np.tanh, lambda z: 1 - np.tanh(z) ** 2)]
    for arguments in ((), *functions):
        made = attempt(cls, *arguments)
        thing = made.value
        if not made.returned or slots(thing) or not ranked(thing, BACKWARD) or not ranked(thing, FORWARD):
            continue
        if not ranked(thing, ADD) and not LOSS.fits(name):
            yield partial(cls, *arguments)
        return


def _losses(classes: Mapping[str, type], module: Mapping[str, Any]) -> dict[str, Any]:
    """A loss and its derivative: an object, or two functions; the quadratic one first."""
    pairs = [(f, slope) for f, slope in pairs_of_functions(module) if LOSS.fits(f.__name__)]
    named = sorted((n for n in classes if LOSS.fits(n)), key=lambda n: "mse" not in n.lower())
    made = [attempt(classes[n]) for n in named]
    things = [thing.value for thing in made if thing.returned and ranked(thing.value, BACKWARD)]
    if things:
        return {"loss": things[0], "loss_prime": getattr(things[0], ranked(things[0], BACKWARD)[0])}
    return {"loss": pairs[0][0], "loss_prime": pairs[0][1]} if pairs else {}


def _optimizers(classes: Mapping[str, type]) -> dict[str, Any]:
    for name in sorted((n for n in classes if OPTIMIZER.fits(n)), key=lambda n: "sgd" not in n.lower()):
        for recipe in recipes(classes[name], ("rate", "momentum", "l2"), (("rate",),)):
            thing = attempt(
                lambda r=recipe, n=name: classes[n](**r.keywords({"rate": 1.0, "momentum": 0.0, "l2": 0.0}))
            )
            if thing.returned:
                return {"optimizer": thing.value}
    return {}


def _stacks(kit: Kit) -> Iterator[Callable[[Sequence[int]], list[Any]]]:
    """Lists of layers for given sizes: an activation after every layer, after hidden ones, none."""
    for dense in kit.dense[:2]:
        for activation in kit.activations[:2]:
            yield partial(_stack, dense, activation)
        yield partial(_stack, dense, None)


def _stack(dense: Make, activation: Make | None, sizes: Sequence[int]) -> list[Any]:
    layers = []
    for n_in, n_out in pairwise(sizes):
        layers.append(dense(n_in, n_out))
        if activation is not None:
            layers.append(activation())
    return layers


# ---- containers -----------------------------------------------------------------------------------


def _of_class(cls: type, stack: Callable[[Sequence[int]], list[Any]], kit: Kit) -> Iterator[Build]:
    """The class as a container: its layers in the constructor, one parameter each, or added one by one."""
    available = ("layer_list", "rate", "epochs", "batch", *kit.extras)
    for recipe in islice(recipes(cls, available, (("layer_list",), ("layer_list", "loss"))), 6):

        def build(sizes: Sequence[int], recipe: Any = recipe) -> Any:
            layers = stack(sizes)
            given = {"layer_list": layers, "rate": 1.0, "epochs": 1, "batch": 1, **kit.extras}
            network = cls(**recipe.keywords(given))
            if not recipe.has("layer_list"):
                add = getattr(network, ranked(network, ADD)[0])
                for layer in layers:
                    add(layer)
            return _set_up(network, kit)

        yield build, None, kit.extras
    required = [p.name for p in named_parameters(cls) or [] if p.default is p.empty]
    names = [name for name in required if "rate" not in roles(name)]
    if len(names) in (2, 3, 4):
        rates = dict.fromkeys((name for name in required if name not in names), 1.0)
        yield lambda sizes: cls(**dict(zip(names, stack(sizes), strict=True)), **rates), len(names) - 1, kit.extras
    yield lambda sizes: _set_up(cls(*stack(sizes)), kit), None, kit.extras


def _added_to(build: Stacked, kit: Kit, sizes: Sequence[int]) -> Any:
    return _set_up(build(sizes), kit)


def _set_up(network: Any, kit: Kit) -> Any:
    """Give it loss and optimiser by the methods that are there for it."""
    for name in ranked(network, SETTING):
        for recipe in recipes(getattr(network, name), (*kit.extras, "rate"), tuple((role,) for role in kit.extras)):
            given = {"rate": 1.0, **kit.extras}
            if recipe.parameters and attempt(getattr(network, name), **recipe.keywords(given)).returned:
                break
    return network


def _network_functions(module: Mapping[str, Any]) -> Iterator[Callable[[Sequence[int]], Any]]:
    """Functions that make a network from three sizes or a list of them."""
    for name, function in functions_of(module).items():
        if not MAKES_NETWORK.fits(name):
            continue
        for recipe in recipes(function, ("n_in", "n_hidden", "n_out"), (("n_in", "n_hidden", "n_out"),)):
            if recipe.has("n_in") and recipe.has("n_out") and recipe.count("n_hidden") == 1:
                yield partial(_called_with_sizes, function, recipe)


def _called_with_sizes(function: Callable[..., Any], recipe: Recipe, sizes: Sequence[int]) -> Any:
    given = {"n_in": sizes[0], "n_hidden": Several(sizes[1:-1]), "n_out": sizes[-1]}
    return function(**recipe.keywords(given))


class Functions:
    """A network with the functions that take it, as an object with methods."""

    def __init__(self, network: Any) -> None:
        self.network = network


def with_functions(network: Any, functions: Sequence[Callable[..., Any]]) -> Any:
    """The network's own methods, and every function that has a parameter for it."""
    own = {} if isinstance(network, list) else {name: _delegated(network, name) for name in methods(network)}
    given = {f.__name__: _method(f, given_network(f)) for f in functions}
    return type("Functions", (Functions,), {**own, **given})(network)


def _method(function: Callable[..., Any], parameter: str) -> Callable[..., Any]:
    """The function with the network taken from the object."""

    def method(self: Functions, **keywords: Any) -> Any:
        return function(**{parameter: self.network}, **keywords)

    return _named(method, function, parameter)


def _delegated(network: Any, name: str) -> Callable[..., Any]:
    """A method of the network."""

    def method(self: Functions, **keywords: Any) -> Any:
        return getattr(self.network, name)(**keywords)

    return _named(method, getattr(network, name), "")


def _named(method: Callable[..., Any], function: Callable[..., Any], without: str) -> Callable[..., Any]:
    """With the function's parameters, less the one that the network takes."""
    rest = [p for p in named_parameters(function) or [] if p.name != without]
    itself = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    keywords = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in rest]
    method.__signature__ = inspect.Signature([itself, *keywords])  # type: ignore[attr-defined]
    return method
