"""Which functions of a file are the forward pass, the cost and the backward pass of one network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gradcheck.submissions.adapters.common.arguments import parameters_of
from gradcheck.submissions.adapters.common.sources import return_labels
from gradcheck.submissions.adapters.common.vocabulary.functions import functions_in, is_cost, tokens
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.loading.definitions import words
from gradcheck.submissions.subjects import Hints

Function = Callable[..., Any]
FORWARD = words(
    "forward feedforward fprop fwd forwardprop forwardpropagation forwardpass feed adelante avant vorwaerts"
)
BACKWARD = words(
    "backward back backprop bprop backwards backpropagation backwardprop backpropagate backwardpropagation gradients "
    "backwardpass bwd grads gradient compute_gradients retropropagation"
)
PART = words("linear activation relu sigmoid tanh softmax conv pool layer step cell block batchnorm affine one single")
NOT_STAGES = words(
    "train fit update predict check checking numerical test plot optimize model initialize init with_check"
)
VARIANTS = words("regularization reg l2 dropout regularized deep n l two layer regularisation dictionary vector")


@dataclass(frozen=True)
class Stages:
    """The functions of one network, with the names in their ``return`` statements."""

    forward: Function
    backward: Function
    cost: Function | None
    names: tuple[str, str, str]
    forward_labels: tuple[str, ...] = ()
    backward_labels: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """For a person."""
        return ", ".join(name for name in self.names if name)


def stages(
    namespace: Mapping[str, object], every: Mapping[str, object], source: str, hints: Hints
) -> Iterator[list[Stages]]:
    """For every backward function, the combinations with forward and cost functions, the likeliest first."""
    functions, own = functions_in(every), functions_in(namespace)
    forwards = _named(functions, "forward", FORWARD, hints)
    backwards = _named(own, "backward", BACKWARD, hints)
    costs = [n for n in functions if hints.names.get("cost", n) == n and _may_be_cost(n, functions[n])]
    for backward in backwards:
        combinations = [
            Stages(
                functions[forward],
                own[backward],
                functions[cost] if cost else None,
                (forward, cost, backward),
                return_labels(functions[forward], source),
                return_labels(own[backward], source),
            )
            for forward in _nearest(backward, [f for f in forwards if f != backward])[:3]
            for cost in [*_nearest(backward, costs)[:3], ""]
        ]
        if combinations:
            yield combinations


def _named(functions: Mapping[str, Function], role: str, wanted: frozenset[str], hints: Hints) -> list[str]:
    """The functions of that role: the one that a person named, else those whose names say so; whole passes first."""
    if role in hints.names:
        return [name for name in functions if name == hints.names[role]]
    found = [
        name
        for name in functions
        if (wanted & set(tokens(name)) or letters(name) in wanted) and not NOT_STAGES & (set(tokens(name)) - {"model"})
    ]
    return [name for name in found if not PART & (set(tokens(name)) - VARIANTS)] or []


def _may_be_cost(name: str, function: Function) -> bool:
    required = [p for p in parameters_of(function) or () if p.required]
    words_in = set(tokens(name))
    return is_cost(name) and len(required) >= 2 and not words_in & {"derivative", "prime", "plot", "print", "backward"}


def _nearest(name: str, candidates: list[str]) -> list[str]:
    """Those first that are variants in the same respect (``..._with_regularization``)."""
    mine = set(tokens(name)) & VARIANTS
    return sorted(candidates, key=lambda other: len((set(tokens(other)) & VARIANTS) ^ mine))
