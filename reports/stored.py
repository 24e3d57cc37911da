"""Stored results, read again: of any kind, and of any schema that there has been."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from gradcheck.results import SCHEMA, CheckResult, PathSum, ScalingResult, SuiteResult, decoded
from reports.kinds import Result

Data = dict[str, Any]
KINDS: tuple[tuple[str, type[Result]], ...] = (
    ("families", SuiteResult),
    ("rows", ScalingResult),
    ("products", PathSum),
    ("target", CheckResult),
)

UPGRADES: dict[str, Callable[[Data], Data]] = {}
"""From a schema to a function that makes data of it data of the next one; applied until the schema is today's."""


def read(text: str) -> Result:
    """The result that some ``to_json``, of today or earlier, wrote.

    Raises ValueError in a sentence where *text* is no such result.
    """
    try:
        data = upgraded(_loaded(text))
        kind = next((kind for key, kind in KINDS if key in data), None)
        if kind is None:
            raise ValueError("This is of gradcheck's schema, but neither a check, a scaling study nor a suite.")
        result = decoded(kind, data)
    except (OverflowError, RecursionError) as error:
        raise ValueError(f"This result cannot be read: {error}.") from error
    _consistent(result)
    return result


def _loaded(text: str) -> Data:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ValueError(f"This is not JSON: {error}.") from error
    return data if isinstance(data, dict) else {}


def upgraded(data: Data, upgrades: Mapping[str, Callable[[Data], Data]] = UPGRADES) -> Data:
    """*data* in today's schema. Raises ValueError where its schema is unknown."""
    for _ in range(len(upgrades) + 1):
        schema = data.get("schema")
        if schema == SCHEMA:
            return data
        if not isinstance(schema, str) or schema not in upgrades:
            break
        data = upgrades[schema](data)
    raise ValueError(f"This is no result that this version can read: its schema is {schema!r:.80}, not {SCHEMA!r}.")


def _consistent(result: Result) -> None:
    """Raise ValueError where a map's lists do not have an item for each cell."""
    for array in result.arrays if isinstance(result, CheckResult) else ():
        m = array.map
        if m is None:
            continue
        lengths = set(map(len, (m.index, m.analytic, m.numeric, m.error_bar, m.relative, m.verdict)))
        if lengths != {m.rows * m.columns} or m.rows < 1 or min(m.cell) < 1:
            raise ValueError(f"The map of {array.name:.80} does not have an item for each of its cells.")
