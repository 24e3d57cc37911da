"""The methods of layers: what forward and backward are called, and what their arguments are for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
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
UPSTREAM = ("grad", "error", "err", "delta", "upstream", "dvalues", "loss")
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
    for what, names in (("training", TRAINING), ("optimizer", OPTIMIZERS)):
        if key in names:
            return what
    known = role(name)
    if known in ("rate", "cache", "l2", "m"):
        return known
    if known == "upstream" or any(part in key for part in UPSTREAM) or (key[0] == "d" and len(key) <= 3):
        return "upstream"
    if known == "x" or key.startswith(INPUT) or key.endswith(INPUT[:3]):
        return "x"
    return known if known in ("y", "output") else ""


def given(function: Callable[..., Any], offers: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Ways of giving a method what it asks for; optional arguments only where their names say what they are."""
    parameters = parameters_of(function)
    if parameters is None:
        return
    kinds = {p.name: kind(p.name) for p in parameters}
    known = {n: offers[k] for n, k in kinds.items() if k in offers and list(kinds.values()).count(k) == 1}
    required = {p.name for p in parameters if p.required}
    known = {n: value for n, value in known.items() if n in required or kinds[n] in ("training", "rate")}
    unclear = [name for name in required if name not in known]
    unclear.sort(key=[p.name for p in parameters].index)
    taken = {kinds[name] for name in known}
    left = [key for key in ("upstream", "x") if key in offers and key not in taken]
    for order in itertools.permutations(left, len(unclear)):
        yield known | {name: offers[key] for name, key in zip(unclear, order, strict=True)}
