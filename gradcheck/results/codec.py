"""Frozen dataclasses to versioned JSON and back.

Non-finite numbers, which JSON has not, are written as the strings NaN, Infinity and -Infinity.
"""

from __future__ import annotations

import json
import math
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Self, TypeVar, Union, get_args, get_origin, get_type_hints

SCHEMA = "gradcheck/1"
T = TypeVar("T")


def plain(value: Any) -> Any:
    """Dataclasses, enums, tuples and mappings as dictionaries, lists, strings and numbers."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
    return value


def dumps(data: Mapping[str, Any]) -> str:
    """JSON text of plain data, headed by the schema."""
    return json.dumps({"schema": SCHEMA, **data}, ensure_ascii=True, allow_nan=False, indent=1) + "\n"


def loads(text: str) -> dict[str, Any]:
    """The dictionary in JSON *text* of our schema.

    Raises ValueError in a sentence where it is not JSON, not an object, or of another schema.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ValueError(f"This is not JSON: {error}.") from error
    schema = data.get("schema") if isinstance(data, dict) else None
    if schema != SCHEMA:
        raise ValueError(f"This is no result of gradcheck: its schema is {schema!r}, not {SCHEMA!r}.")
    return dict(data)


def decoded(cls: type[T], data: Mapping[str, Any]) -> T:
    """An instance of the dataclass *cls* from plain data; keys that it does not know are left out.

    Raises ValueError naming what is missing or misshapen.
    """
    try:
        result: T = _dataclass(cls, data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"This result cannot be read: {type(error).__name__}: {error}.") from error
    return result


class Stored:
    """A result, made a frozen dataclass by its own class, that goes to a file and comes back."""

    def to_json(self) -> str:
        """The result as JSON text (schema ``gradcheck/1``); NaN and infinities become strings."""
        return dumps(plain(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The result that ``to_json`` wrote. Raises ValueError in a sentence where *text* is no such result."""
        return decoded(cls, loads(text))


def _dataclass(cls: Any, data: Mapping[str, Any]) -> Any:
    hints = get_type_hints(cls)
    return cls(**{f.name: _value(hints[f.name], data[f.name]) for f in fields(cls) if f.name in data})


def _value(hint: Any, value: Any) -> Any:
    """*value* as the annotated type says: only the types that results are made of."""
    arguments = get_args(hint)
    if get_origin(hint) in (Union, types.UnionType):
        return None if value is None else _value(arguments[0], value)
    if get_origin(hint) is tuple:
        hints = [arguments[0]] * len(value) if arguments[-1] is Ellipsis else arguments
        return tuple(_value(h, item) for h, item in zip(hints, value, strict=True))
    if isinstance(get_origin(hint), type) and issubclass(get_origin(hint), Mapping):
        return {str(key): _value(arguments[1], item) for key, item in value.items()}
    if is_dataclass(hint):
        return _dataclass(hint, value)
    return hint(value) if hint in (float, int, str, bool) or issubclass(hint, Enum) else value
