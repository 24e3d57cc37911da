"""What the parameters of a method that gives the gradient are for, by their names or by how many there are."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.adapters.common.vocabulary.roles import role

_HERE = {
    **dict.fromkeys(("minibatch", "batch", "data", "trainingdata", "examples", "dataset", "samples"), "pairs"),
    **dict.fromkeys(("n", "size", "minibatchsize"), "m"),
    "o": "output", "outputactivations": "output", "activation": "output", "state": "cache", "forwardresult": "cache",
    **dict.fromkeys(("dout", "grad", "gradient", "gradoutput", "outputgradient", "outputgrad", "dloss", "lossgrad",
                     "lossgradient", "gradloss", "dy", "da", "dz", "dl", "dvalues", "upstream", "dyhat"), "a - y"),
}  # fmt: skip
"""What a name means among the arguments of such a method; anything else means what it means everywhere."""
_GIVEN = ("x", "y", "output", "cache", "l2", "rate", "m", "a - y")
_GUESSES = {
    0: ((),),
    1: (("pairs",), ("y",), ("output",)),
    2: (("x", "y"), ("y", "output"), ("output", "y"), ("x", "output")),
    3: (("x", "y", "output"), ("x", "output", "y"), ("output", "x", "y"), ("x", "y", "l2"), ("x", "y", "rate")),
    4: (("x", "y", "output", "l2"),),
}


def required_parameters(method: Any) -> tuple[list[str], str]:
    """Names of a method's required parameters, and the name of its λ."""
    try:
        parameters = inspect.signature(method).parameters.values()
    except (TypeError, ValueError):
        return ["x", "y"], ""
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    required = [p.name for p in positional if p.default is p.empty]
    l2 = next((p.name for p in parameters if role_of(p.name) == "l2"), "")
    return required, l2


def role_of(name: str) -> str:
    """The role that a name suggests, or an empty string."""
    key = letters(name)
    known = role(name)
    return _HERE.get(key, known if known in _GIVEN else "")


def role_lists(required: Sequence[str]) -> list[tuple[str, ...]]:
    """Ways to fill the parameters: by their names where all are known, else by what others of that number mean.

    Names that ask for no target leave the guesses in: an output in its place would make an error of 0.
    """
    named = tuple(role_of(name) for name in required)
    lists = [named] if all(named) and len(set(named)) == len(named) else []
    if lists and {"y", "pairs"} & set(named):
        return lists
    return list(dict.fromkeys([*lists, *_GUESSES.get(len(required), ())]))
