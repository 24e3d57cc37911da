"""What a submission returned, sorted: a number is the cost, arrays are gradients of the parameters they fit."""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

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


def numeric(value: Any) -> Array | None:
    """A number, an array or lists of numbers as an array; None for anything else."""
    if value is None or isinstance(value, str | bytes | Mapping):
        return None
    try:
        array = np.asarray(value)
    except ValueError:
        return None
    return array if array.dtype.kind in "fiubc" else None


def is_number(value: Any) -> bool:
    """Whether a value is one real number, in whatever wrapping."""
    array = numeric(value)
    return array is not None and array.size == 1


def _kind(value: Any) -> str:
    return "None" if value is None else f"a {type(value).__name__}"


def leaves(value: Any, label: str = "") -> Iterator[tuple[str, Any]]:
    """The arrays and numbers in dictionaries, lists and tuples, each with the last name on the way to it."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, str(key))
    elif isinstance(value, list | tuple) and not _numbers(value):
        for item in value:
            yield from leaves(item, label)
    else:
        yield label, value


def _numbers(value: Sequence[Any]) -> bool:
    """Whether a list is an array written out: numbers, or rows of equal length."""
    if not len(value) or any(isinstance(item, np.ndarray | Mapping) or item is None for item in value):
        return False
    array = numeric(value)
    return (
        array is not None and array.dtype.kind in "fiub" and all(np.isscalar(v) or isinstance(v, list) for v in value)
    )


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
    return list(_by_label(parameters, list(leaves(returned))))


def _labelled(returned: Any, labels: Sequence[str]) -> list[tuple[str, Any]]:
    if isinstance(returned, tuple | list) and len(labels) == len(returned) and not _numbers(returned):
        return [pair for label, item in zip(labels, returned, strict=True) for pair in leaves(item, label)]
    return list(leaves(returned))


def _by_label(parameters: Mapping[str, Any], found: Sequence[tuple[str, Any]]) -> Named:
    """Where a label names the gradient of exactly one parameter."""
    named: Named = {}
    labelled: dict[str, list[Any]] = {}
    for label, value in found:
        labelled.setdefault(letters(label), []).append(value)
    for name in parameters:
        fits = [values[0] for label, values in labelled.items() if label in gradient_labels(name) and len(values) == 1]
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


def return_labels(function: Callable[..., Any], source: str) -> tuple[str, ...]:
    """The names in a function's last ``return a, b, c``; empty strings for what is no name, nothing for no tuple."""
    node = definition_of(function, source)
    returns = [n for n in ast.walk(node) if isinstance(n, ast.Return)] if node is not None else []
    tuples = [r.value.elts for r in returns if isinstance(r.value, ast.Tuple | ast.List)]
    return tuple(_label(element) for element in tuples[-1]) if tuples else ()


def definition_of(function: Callable[..., Any], source: str) -> ast.AST | None:
    """The definition of a function in its file's source, or None where it is not there."""
    tree = _parsed(source)
    name = getattr(function, "__qualname__", "").replace("<locals>.", "")
    return _definition(tree, name.split(".")) if tree is not None else None


def _label(element: ast.expr) -> str:
    if isinstance(element, ast.Name):
        return element.id
    return element.attr if isinstance(element, ast.Attribute) else ""


@functools.lru_cache(maxsize=4)
def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return None


def _definition(tree: ast.AST, names: Sequence[str]) -> ast.AST | None:
    """The last definition of that dotted name."""
    for name in names:
        inside = [
            node
            for node in ast.iter_child_nodes(tree)
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name
        ]
        if not inside:
            return None
        tree = inside[-1]
    return tree


def source_of(function: Callable[..., Any]) -> str:
    """A function's text, where Python can find it."""
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return ""


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
