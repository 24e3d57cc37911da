"""What was understood of a submission, as plain data that can pass the pipe and be shown to a person."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from gradcheck.sandbox.faults import SubmissionFault, cleaned
from gradcheck.submissions.subjects import CaseInfo, Found, ModelInfo

Info = TypeVar("Info", ModelInfo, CaseInfo)


@dataclass(frozen=True)
class Overview:
    """Models, cases and remarks of a submission; ``isolation`` says where it runs: ``process`` or ``off``."""

    models: tuple[ModelInfo, ...] = ()
    cases: tuple[CaseInfo, ...] = ()
    notes: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()
    source_name: str = ""
    isolation: str = "off"

    @classmethod
    def of(cls, found: Found, notes: tuple[str, ...], source_name: str) -> Overview:
        """The overview of what an adapter found and of what loading had to do."""
        models = tuple(model.info for model in found.models)
        cases = tuple(case.info for case in found.cases)
        remarks = tuple(dict.fromkeys((*notes, *found.notes)))
        return cls(models, cases, remarks, found.unfinished, source_name)

    def to_json(self) -> bytes:
        """As bytes for the pipe."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, data: bytes, isolation: str) -> Overview:
        """From bytes that came through the pipe and may be anything; texts are cleaned.

        Raises SubmissionFault if they are no overview.
        """
        try:
            content = json.loads(data)
            models = tuple(plain(ModelInfo, item) for item in content["models"])
            cases = tuple(plain(CaseInfo, item) for item in content["cases"])
            notes, unfinished = texts(content["notes"]), texts(content["unfinished"])
            return cls(models, cases, notes, unfinished, cleaned(content["source_name"]), isolation)
        except (ValueError, KeyError, TypeError, RecursionError, AttributeError):
            raise SubmissionFault("crash", "It interfered with the worker process while loading.") from None


def texts(items: Any) -> tuple[str, ...]:
    """Cleaned sentences."""
    return tuple(cleaned(item) for item in items)


def plain(kind: type[Info], item: Mapping[str, Any]) -> Info:
    """One description, every field of it checked for its type."""
    return kind(**{field.name: READ[str(field.type)](item[field.name]) for field in fields(kind)})


def exactly(*types: type) -> Callable[[Any], Any]:
    """A reader that takes values of these types and no others, True not being a number."""

    def read(value: Any) -> Any:
        if type(value) not in types:
            raise TypeError
        return cleaned(value) if isinstance(value, str) else value

    return read


def whole_numbers(value: Any) -> tuple[int, ...] | None:
    """A list of them, or nothing."""
    return None if value is None else tuple(map(exactly(int), exactly(list)(value)))


READ: dict[str, Callable[[Any], Any]] = {
    "str": exactly(str),
    "bool": exactly(bool),
    "float": lambda value: float(exactly(int, float)(value)),
    "int | None": exactly(int, type(None)),
    "tuple[int, ...] | None": whole_numbers,
    "tuple[str, ...]": lambda value: texts(exactly(list)(value)),
}
"""How a field of each annotated type is read from JSON."""
