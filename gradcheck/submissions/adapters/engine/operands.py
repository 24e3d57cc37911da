"""Operations by name: engines whose values have no operators, but methods or functions add, mul, matmul..."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from gradcheck.submissions.adapters.common.vocabulary.names import letters
from gradcheck.submissions.formulas.functions import MORE, SPELLINGS

Operation = Callable[..., Any]
NAMES: dict[str, tuple[str, ...]] = {
    "__add__": ("add", "plus", "addition"),
    "__mul__": ("mul", "multiply", "times", "mult", "product"),
    "__sub__": ("sub", "subtract", "minus"),
    "__truediv__": ("div", "divide", "truediv"),
    "__neg__": ("neg", "negate", "negative"),
    "__pow__": ("pow", "power"),
    "__matmul__": ("matmul", "dot", "mm"),
    "sum": ("sum", "reduce_sum", "tensor_sum"),
    "mean": ("mean", "reduce_mean"),
}
"""Operators, and what methods or functions that stand for them are called."""


def named(cls: type, module: Mapping[str, Any], words: tuple[str, ...]) -> Operation | None:
    """A method, function, static method or operation class with ``apply`` of one of those names."""
    return next((f for word in words if (f := _found(cls, module, word)) is not None), None)


def function_named(cls: type, module: Mapping[str, Any], name: str) -> Operation | None:
    """The submission's own function of one value."""
    function, more = named(cls, module, SPELLINGS[name]), MORE.get(name, ())
    return function if function is None or not more else lambda a: function(a, *more)


def _found(cls: type, module: Mapping[str, Any], word: str) -> Operation | None:
    if callable(getattr(cls, word, None)) and not isinstance(inspect.getattr_static(cls, word), staticmethod):
        return lambda a, *rest: getattr(a, word)(*rest)
    for name, value in module.items():
        if letters(name) == letters(word) and inspect.isfunction(value):
            return value
    for name, value in module.items():
        if letters(name) == letters(word) and inspect.isclass(value) and value is not cls:
            return _of_class(value)
    for holder in (cls, *module.values()):
        function = vars(holder).get(word) if inspect.isclass(holder) else None
        if isinstance(function, staticmethod):
            return function.__func__
    return None


def _of_class(cls: type) -> Operation:
    """An operation written as a class: ``Exp.apply(a)``, or ``Exp()(a)``."""
    apply = getattr(cls, "apply", None)
    if callable(apply) and not inspect.isfunction(inspect.getattr_static(cls, "apply")):
        return apply

    def fresh(*values: Any) -> Any:
        return cls()(*values)

    return fresh


def equipped(cls: type, module: Mapping[str, Any]) -> bool:
    """Give a class that has neither + nor * the operators that its methods or functions stand for; whether it has one.

    The class is the submission's; what is added are names that it lacks.
    """
    if any(hasattr(cls, operator) for operator in ("__add__", "__mul__")):
        return True
    for operator, words in NAMES.items():
        operation = None if hasattr(cls, operator) else named(cls, module, words)
        if operation is not None:
            setattr(cls, operator, _method(operation))
    return any(hasattr(cls, operator) for operator in ("__add__", "__mul__"))


def _method(operation: Operation) -> Operation:
    def method(*values: Any) -> Any:
        return operation(*values)

    return method
