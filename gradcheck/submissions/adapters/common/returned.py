"""What a submission returned, sorted: a number is the cost, arrays are gradients of the parameters they fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.adapters.common.leaves import is_number, labelled, numeric, written_out
from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.subjects import BadReturnError

Array = NDArray[Any]
Named = dict[str, Any]
COST_NAMES = frozenset(("j", "cost", "loss", "c", "costs", "l", "f", "e", "error", "jval", "obj", "objective", "val"))


class UnfinishedError(BadReturnError):
    """The submission answered None: a template that is still to be filled in."""


def number(value: Any, what: str = "cost") -> float:
    """A scalar, also as an array of one entry or a list of one number.

    Raises BadReturnError where it is something else.
    """
    if value is None:
        raise UnfinishedError(f"The {what} is None; does every path return it?")
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise BadReturnError(f"The {what} is {_kind(value)}; return one number.") from None
    if array.size != 1:
        raise BadReturnError(f"The {what} is an array of shape {array.shape}; return one number.")
    return float(array.reshape(-1)[0])


def _kind(value: Any) -> str:
    return "None" if value is None else f"a {type(value).__name__}"


def gradient_labels(name: str) -> frozenset[str]:
    """What the gradient of a parameter of that name may be called, as plain names."""
    p = letters(name)
    before = "d grad grads gradient delta nabla g dc dl dj dcd dld djd dlossd del partial gradof gradl dcost dloss"
    after = "grad gradient d grads prime deriv delta diff"
    return frozenset((p, *(start + p for start in before.split()), *(p + end for end in after.split())))


def matched(parameters: Mapping[str, Any], returned: Any, labels: Sequence[str] = ()) -> Named:
    """The returned gradients by parameter name: by their labels, else by shape, else by order.

    Args:
        parameters: the parameters, in order.
        returned: dictionaries, lists, tuples or arrays.
        labels: names for the items of a returned tuple, from the submission's ``return`` statement.

    Raises:
        BadReturnError: if it is None, or holds fewer arrays than there are parameters.
    """
    found = [(label, value) for label, value in _labelled(returned, labels) if value is not None]
    if not found:
        raise UnfinishedError(f"The gradient is {_kind(returned)} without any array in it; does every path return it?")
    by_label = _by_label(parameters, found)
    rest = {name: parameter for name, parameter in parameters.items() if name not in by_label}
    taken = {id(value) for value in by_label.values()}
    keyed = isinstance(returned, Mapping) and by_label  # what a dictionary calls otherwise is something else
    free = [value for _, value in found if id(value) not in taken and not keyed]
    by_shape = _by_shape(rest, free)
    named = by_label | by_shape
    if set(named) != set(parameters):
        missing = ", ".join(name for name in parameters if name not in named)
        raise BadReturnError(f"The gradient has nothing for {missing}; return one array for each parameter.")
    return {name: named[name] for name in parameters}


def found_labels(parameters: Mapping[str, Any], returned: Any) -> list[str]:
    """The parameters whose gradient is under a name of its own."""
    return list(_by_label(parameters, list(labelled(returned))))


def _labelled(returned: Any, labels: Sequence[str]) -> list[tuple[str, Any]]:
    if isinstance(returned, tuple | list) and len(labels) == len(returned) and not written_out(returned):
        return [pair for label, item in zip(labels, returned, strict=True) for pair in labelled(item, label)]
    return list(labelled(returned))


def _by_label(parameters: Mapping[str, Any], found: Sequence[tuple[str, Any]]) -> Named:
    """Where a label names the gradient of exactly one parameter."""
    named: Named = {}
    by_letters: dict[str, list[Any]] = {}
    for label, value in found:
        by_letters.setdefault(letters(label), []).append(value)
    for name in parameters:
        fits = [
            values[0] for label, values in by_letters.items() if label in gradient_labels(name) and len(values) == 1
        ]
        if len(fits) >= 1:
            named[name] = fits[0]
    return named


def _by_shape(parameters: Mapping[str, Any], values: Sequence[Any]) -> Named:
    """The best fit first: the same shape, the same without axes of length one, the same size; then what is left."""
    free = list(values)
    named: Named = {}
    for fits in (_same, _squeezed, _size, lambda *_: True):
        for name, parameter in parameters.items():
            if name in named:
                continue
            index = next((i for i, value in enumerate(free) if fits(np.shape(parameter), _shape(value))), None)
            if index is not None:
                named[name] = free.pop(index)
    return named


def _shape(value: Any) -> tuple[int, ...]:
    array = numeric(value)
    return (-1,) if array is None else array.shape


def _same(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return a == b


def _squeezed(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return [n for n in a if n != 1] == [n for n in b if n != 1]


def _size(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return bool(np.prod(a) == np.prod(b))


def cost_and_gradient(returned: Any, parameters: Mapping[str, Any], labels: Sequence[str] = ()) -> tuple[Any, Named]:
    """What a function that returns both returned: (J, grad), (grad, J), (J, dW, db), (grads, cost)...

    Raises BadReturnError where there is no number or no gradient in it.
    """
    if returned is None or (isinstance(returned, tuple) and all(part is None for part in returned)):
        raise UnfinishedError("It returned None; does every path return the cost and the gradient?")
    if not isinstance(returned, tuple | list) or len(returned) < 2:
        raise BadReturnError(f"It returned {_kind(returned)}, not a cost and a gradient.")
    index = _cost_index(returned, labels)
    rest = [item for i, item in enumerate(returned) if i != index]
    names = [label for i, label in enumerate(labels) if i != index] if len(labels) == len(returned) else []
    only = rest[0] if len(rest) == 1 else tuple(rest)
    return returned[index], matched(parameters, only, names if len(rest) > 1 else ())


def _cost_index(returned: Sequence[Any], labels: Sequence[str]) -> int:
    numbers = [i for i, item in enumerate(returned) if not isinstance(item, list | dict) and is_number(item)]
    if not numbers:
        raise BadReturnError("It returned no single number as the cost.")
    named = [i for i in numbers if len(labels) == len(returned) and letters(labels[i]) in COST_NAMES]
    return (named or numbers)[0]
