"""The methods of layers: what forward and backward are called, and what their arguments are for."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from gradcheck.submissions.adapters.common.arguments import parameters_of
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.common.vocabulary.roles import role

FORWARD = (
    "forward", "forwardpass", "forwardpropagation", "forwardprop", "fprop", "feedforward", "updateoutput", "fwd",
    "forwardpropagate", "propagate", "predict", "activate", "call", "__call__",
)  # fmt: skip
BACKWARD = (
    "backward", "backwards", "backwardpass", "backwardpropagation", "backprop", "bprop", "backpropagation",
    "backpropagate", "backwardprop", "backwardpropagate", "backpass", "bwd", "back",
)  # fmt: skip
TRAINING = ("training", "train", "istraining", "trainmode", "trainflg", "trainflag", "istrain", "mode")
OPTIMIZERS = ("optimizer", "optimiser", "optim", "opt", "updater")
CONTEXT = ("ctx", "context", "cxt", "contex")
UPSTREAM = ("grad", "error", "err", "delta", "upstream", "dvalues", "loss")
DERIVATIVE = re.compile(r"d(?!ata|im|epth|rop|type|ense|ecay|ebug|evice|ir|esired)\w{0,9}")
"""Names like dh_next and dA."""
INPUT = ("input", "inp", "prev", "x")
RATE = 0.375
"""Large, so that weights changed too early show, and not 1, so that a rate applied twice does."""


def method(cls: type, names: tuple[str, ...], said: str = "") -> str:
    """The class's method of one of those names, as the class writes it; empty where it has none."""
    if said and callable(getattr(cls, said, None)):
        return said
    by_letters = {_key(name): name for name in dir(cls) if name == "__call__" or not name.startswith("__")}
    return next((by_letters[n] for n in names if n in by_letters and callable(getattr(cls, by_letters[n]))), "")


def _key(name: str) -> str:
    return name if name == "__call__" else letters(name)


def kind(name: str) -> str:
    """What an argument of forward or backward is for; empty where its name says nothing."""
    key = letters(name)
    for what, names in (("training", TRAINING), ("optimizer", OPTIMIZERS), ("ctx", CONTEXT)):
        if key in names:
            return what
    known = role(name)
    if known in ("rate", "cache", "l2", "m"):
        return known
    if known == "upstream" or any(part in key for part in UPSTREAM) or DERIVATIVE.fullmatch(key):
        return "upstream"
    if known == "x" or key.startswith(INPUT) or key.endswith(INPUT[:3]):
        return "x"
    return known if known in ("y", "output") else ""


def given(
    function: Callable[..., Any], offers: Mapping[str, Any], exact: Mapping[str, Any] = MappingProxyType({})
) -> Iterator[dict[str, Any]]:
    """Ways of giving a method what it asks for; optional arguments only where their names say what they are.

    *offers* are by what they are for, *exact* ones by name; what is left of both goes to names that say nothing.
    """
    parameters = parameters_of(function)
    if parameters is None:
        return
    kinds = {p.name: kind(p.name) for p in parameters}
    known = {n: offers[k] for n, k in kinds.items() if k in offers and list(kinds.values()).count(k) == 1}
    required = {p.name for p in parameters if p.required}
    known = {n: value for n, value in known.items() if n in required or kinds[n] in ("training", "rate")}
    known |= {name: value for name, value in exact.items() if name in kinds}
    unclear = [name for name in required if name not in known]
    unclear.sort(key=[p.name for p in parameters].index)
    taken = {kinds[name] for name in known if name not in exact}
    left = [offers[key] for key in ("upstream", "x") if key in offers and key not in taken]
    if exact and "output" in offers:
        left = [offers["output"], *left, *(value for name, value in exact.items() if name not in kinds)]
    for order in itertools.permutations(left, len(unclear)):
        yield known | dict(zip(unclear, order, strict=True))


def takes_any(function: Callable[..., Any]) -> bool:
    """Whether a method takes what it is given, ``forward(*input)``, and asks for nothing by name."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return False
    named = [p for p in parameters if p.kind is not p.VAR_KEYWORD and p.name != "self"]
    return len(named) == 1 and named[0].kind is named[0].VAR_POSITIONAL


def upstreams(function: Callable[..., Any]) -> list[str]:
    """The required arguments of a backward method that are upstream gradients by their names."""
    return [p.name for p in parameters_of(function) or () if p.required and kind(p.name) == "upstream"]


def asked_besides(cls: type, forward: str) -> tuple[str, ...]:
    """What forward asks for besides one input: states, weights, a second operand."""
    names = [p.name for p in parameters_of(getattr(cls, forward)) or () if p.required]
    if names and not isinstance(inspect.getattr_static(cls, forward), staticmethod):
        names = names[1:]
    names = [name for name in names if kind(name) not in ("training", "ctx", "optimizer", "rate")]
    first = next((name for name in names if kind(name) == "x"), names[0] if names else "")
    return tuple(name for name in names if name != first)
