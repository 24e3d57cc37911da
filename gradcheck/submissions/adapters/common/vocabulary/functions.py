"""Functions by what their names say: a cost, a gradient, both, or neither; and which cost a gradient belongs to."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.loading.definitions import words

Function = Callable[..., Any]
COST_WORDS = words(
    "cost costs loss losses objective obj energy error nll likelihood criterion j mse sse rss risk func fun f fn "
    "penalty loglik logloss crossentropy entropy kosten costo custo coste verlust perte cout costfunction costfunc "
    "cce bce ce xent rmse mae hinge huber costfn lossfunction lossfunc lossfn lrcostfunction nncostfunction objfun "
    "objective_function"
)
GRADIENT_WORDS = words(
    "grad grads gradient gradients deriv derivative derivatives df dj jac jacobian prime fprime dcost dloss dfdx "
    "dfunc nabla gradf gradfunc backprop backpropagation backward dc dl gradfn gradfun gradiente gradfunction "
    "gradientfunction dtheta djdtheta partial dw jprime der dfun dg dfx gradients gr"
)
FILLER = words("compute calc calculate function func get of the wrt eval evaluate fn my with and reg fun do by")
NOT_ASKED = words(
    "train training fit descent optimize optimise optimizer minimize minimise predict plot load init initialize check "
    "checker checking numerical numeric num update accuracy test main run step sgd adam learn normal show print "
    "history iterations approx approximate finite numgrad estimate newton save read score batch gradientdescent "
    "gradientchecking gradapprox gradcheck checkgradients checknngradients checkgrad computenumericalgradient "
    "activation descend minibatch solve visualize fmin scipy"
)
"""Words of functions that train, plot, read or estimate, and that are never called to see what they do."""
HELPERS = words(
    "sigmoid relu tanh softmax sigmoidgradient sigmoidgrad softmaxgrad relugrad tanhgrad sigmoidprime leakyrelu "
    "softplus elu identity linear onehot"
)
"""Names of activations and their slopes, which are no costs."""
MOST_FUNCTIONS = 60


def tokens(name: str) -> tuple[str, ...]:
    """The words in a name: ``lrCostFunction`` is lr, cost, function."""
    parts = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    parts = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", parts)
    return tuple(part.lower() for part in re.split(r"[\W_]+|(?<=[a-zA-Z])\d+$", parts) if part)


def is_gradient(name: str) -> bool:
    """Whether a name speaks of a gradient."""
    return bool(set(tokens(name)) & GRADIENT_WORDS) or letters(name) in GRADIENT_WORDS


def is_cost(name: str) -> bool:
    """Whether a name speaks of a cost and of no gradient."""
    return not is_gradient(name) and (bool(set(tokens(name)) & COST_WORDS) or letters(name) in COST_WORDS)


def may_be_called(name: str) -> bool:
    """Whether a function of that name neither trains nor plots nor reads."""
    return not set(tokens(name)) & NOT_ASKED and letters(name) not in NOT_ASKED | HELPERS


def functions_in(namespace: Mapping[str, object]) -> dict[str, Function]:
    """A namespace's own functions, without those of libraries."""
    found = {
        name: value
        for name, value in namespace.items()
        if inspect.isroutine(value) and not name.startswith("__") and getattr(value, "__code__", None) is not None
    }
    return dict(list(found.items())[:MOST_FUNCTIONS])


def core(name: str) -> frozenset[str]:
    """What a name says beside cost and gradient: ``lr_gradient`` and ``lr_cost`` share ``lr``."""
    return frozenset(tokens(name)) - COST_WORDS - GRADIENT_WORDS - FILLER


def partners(gradient: str, functions: Mapping[str, Function]) -> Iterator[str]:
    """The costs that a gradient function may belong to: ``rosen`` of ``rosen_grad``, then the likeliest by name."""
    wanted, everything = core(gradient), set(tokens(gradient))
    callable_names = [name for name in functions if may_be_called(name) and not is_gradient(name)]
    bare = [name for name in callable_names if wanted and not is_cost(name) and frozenset(tokens(name)) == wanted]

    def distance(name: str) -> tuple[int, int]:
        return len(core(name) ^ wanted), -len(set(tokens(name)) & everything)

    yield from bare
    yield from sorted((name for name in callable_names if is_cost(name)), key=distance)[:6]
