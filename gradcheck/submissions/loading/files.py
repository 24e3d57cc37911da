"""One file or notebook becomes a namespace."""

from __future__ import annotations
import __future__

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

from gradcheck.errors import CouldNotRunError
from gradcheck.submissions.loading.execution import Outcome, Piece, define, made_later, pieces, run_everything
from gradcheck.submissions.loading.importer import OWN, Importer
from gradcheck.submissions.loading.loaded import LoadedModule
from gradcheck.submissions.loading.reading import read_parts

HIDDEN = (
    "__builtins__",
    "__getattr__",
    "__name__",
    "__file__",
    "__doc__",
    "__package__",
    "__loader__",
    "__spec__",
    "__path__",
)


def file(path: Path, everything: bool) -> LoadedModule:
    """One file or notebook.

    Raises CouldNotRunError if it cannot be read or nothing is in it, with the reason.
    """
    outcome = Outcome()
    importer = importer_for(path.parent, outcome)
    parts = read_parts(path)
    found = pieces(parts, outcome)
    module = importer.new_module(path.stem, path.resolve())
    importer.written = {part.module: module for part in parts if part.module}
    if not everything:
        define(found, module, outcome)
    lent = {} if defines(module) else lent_by_neighbours(module)
    complete = everything or (outcome.dropped and not defines(module) and not any(map(inspect.isclass, lent.values())))
    if complete:
        outcome.failures.clear()
        run_everything(found, module, outcome)
    loaded = finished(found, path, {**lent, **vars(module)}, notes(importer, outcome), complete=complete)
    if not holds_something(loaded):
        reason = f" ({outcome.failures[0]})" if outcome.failures else ""
        raise CouldNotRunError(f"{path.name} defines nothing{reason}: put your forward and backward pass in it.")
    return loaded


def importer_for(place: Path, outcome: Outcome) -> Importer:
    """A submission's import, which executes the definitions of its neighbours only."""

    def run(source: Path, module: ModuleType) -> None:
        outcome.read[str(source)] = found = pieces(read_parts(source), outcome)
        vars(module)["__getattr__"] = made_later(found, module)
        define(found, module, outcome)

    return Importer(place.resolve(), run)


def finished(
    found: Sequence[Piece], path: Path, names: Mapping[str, object], notes: tuple[str, ...], *, complete: bool = False
) -> LoadedModule:
    """What was loaded, without the names that Python itself gives to a module."""
    namespace = {name: value for name, value in names.items() if name not in HIDDEN}
    source = "\n\n".join(piece.parsed.text for piece in found)
    return LoadedModule(namespace, notes, source, path, complete)


def holds_something(loaded: LoadedModule) -> bool:
    """Whether a file has any name besides the modules that it imports."""
    return not all(isinstance(v, ModuleType | __future__._Feature) for v in loaded.namespace.values())  # noqa: SLF001


def notes(importer: Importer, outcome: Outcome) -> tuple[str, ...]:
    """What had to be done, for a person."""
    sentences = list(dict.fromkeys((*outcome.notes, *importer.notes)))
    if outcome.interrupted:
        sentences.append("its script part was stopped after a few seconds")
    if outcome.failures:
        sentences.append(f"left out what failed: {'; '.join(outcome.failures[:3])}")
    return tuple(sentences)


def defines(module: ModuleType) -> bool:
    """Whether a module has a class or a function of its own, or takes a class from a neighbour."""
    return any(
        value.__module__ == module.__name__ or (inspect.isclass(value) and value.__module__.startswith(OWN))
        for value in vars(module).values()
        if inspect.isclass(value) or inspect.isroutine(value)
        if isinstance(getattr(value, "__module__", None), str)
    )


def lent_by_neighbours(module: ModuleType) -> dict[str, object]:
    """What the neighbours define whose modules a file imports: ``network.Network`` of a script that only uses it."""
    lent: dict[str, object] = {}
    for neighbour in vars(module).values():
        if isinstance(neighbour, ModuleType) and neighbour.__name__.startswith(OWN) and neighbour is not module:
            named = {n: v for n, v in vars(neighbour).items() if getattr(v, "__module__", "") == neighbour.__name__}
            lent = {**lent_by_neighbours(neighbour), **named, **lent}
    return lent
