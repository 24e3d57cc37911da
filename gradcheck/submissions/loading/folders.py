"""Several files as one submission."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path

from gradcheck.errors import CouldNotRunError
from gradcheck.submissions.loading.execution import Outcome
from gradcheck.submissions.loading.files import file, finished, holds_something, importer_for, notes
from gradcheck.submissions.loading.importer import Importer
from gradcheck.submissions.loading.loaded import LoadedModule
from gradcheck.submissions.loading.places import MOST_FILES, submitted

MOST_SCRIPTS = 5
"""Scripts of a folder that are run where no file of it defines anything."""


def folder(path: Path, everything: bool) -> LoadedModule:
    """All files of a folder as one submission; a name that two of them define is found as ``file.name`` too.

    A file that cannot be read or defines nothing costs only itself. Script parts run only if no
    file defines anything without.
    """
    found = [source for source in submitted(path) if source.read_bytes().strip()]
    if not found:
        raise CouldNotRunError(
            f"{path} holds no .py file and no notebook with anything in it: name the folder with your code in it."
        )
    outcome = Outcome()
    importer = importer_for(path, outcome)
    loaded, problems = each(found[:MOST_FILES], lambda source: member(source, importer, outcome))
    if everything or not any(map(has_definitions, loaded)):
        loaded, problems = each(found[:MOST_SCRIPTS], lambda source: file(source, everything=True))
    if not loaded:
        raise CouldNotRunError(f"No file in {path.name} defines anything: put your forward and backward pass in it.")
    problems += [f"of its {len(found)} files the first {MOST_FILES} were looked at"] * (len(found) > MOST_FILES)
    return merged(loaded, path, (*notes(importer, outcome), *problems))


def each(sources: Sequence[Path], load: Callable[[Path], LoadedModule]) -> tuple[list[LoadedModule], list[str]]:
    """The files that hold something, and a sentence for each that cannot be read."""
    loaded, problems = [], []
    for source in sources:
        try:
            loaded.append(load(source))
        except CouldNotRunError as error:
            problems.append(f"left out a file: {str(error).partition(':')[0]}")
    return [module for module in loaded if holds_something(module)], problems


def member(source: Path, importer: Importer, outcome: Outcome) -> LoadedModule:
    """One file of a folder, which another one may have imported already."""
    if source.suffix == ".ipynb":
        return file(source, everything=False)
    source = source.resolve()
    place = source.parent if source.name == "__init__.py" else source.with_suffix("")
    dotted = ".".join(place.relative_to(importer.folder).parts) or importer.folder.name
    module = importer.modules.get(str(source)) or importer.at(place, dotted, importer.folder)
    if module is None:
        return file(source, everything=False)
    return finished(outcome.read.get(str(source), []), source, vars(module), ())


def has_definitions(loaded: LoadedModule) -> bool:
    """Whether a file of a folder has a class or function."""
    return any(inspect.isclass(value) or inspect.isfunction(value) for value in loaded.namespace.values())


def merged(modules: Sequence[LoadedModule], path: Path, notes: tuple[str, ...]) -> LoadedModule:
    """Several files' names in one namespace."""
    namespace: dict[str, object] = {}
    for module in modules:
        stem = module.path.stem if module.path else ""
        for name, value in module.namespace.items():
            clash = name in namespace and namespace[name] is not value
            namespace[f"{stem}.{name}" if clash else name] = value
    notes = tuple(dict.fromkeys((*notes, *(note for module in modules for note in module.notes))))
    source = "\n\n".join(module.source for module in modules)
    return LoadedModule(namespace, notes, source, path, all(module.complete for module in modules))
