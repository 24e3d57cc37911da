"""What a person names: a file, a notebook, a folder, ``module:attribute``, or a live class or object."""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

from gradcheck.errors import CouldNotRunError, UsageError
from gradcheck.submissions.loading.execution import Outcome, Piece, define, pieces, run_everything, silence
from gradcheck.submissions.loading.importer import Importer
from gradcheck.submissions.loading.loaded import LoadedModule
from gradcheck.submissions.loading.reading import Part, read_parts

NOT_SUBMITTED = ("setup.py", "conftest.py")
"""Files of a folder that carry no submission."""

HIDDEN = ("__builtins__", "__name__", "__file__", "__doc__", "__package__", "__loader__", "__spec__", "__path__")


def load(target: str | Path | object, *, selected: str | None = None, everything: bool = False) -> LoadedModule:
    """The names that a submission defines.

    Definitions, imports and constants are executed; the script part (training, plots, prints) is
    not, unless nothing is defined without it or *everything* asks for it, and then for a few seconds.

    Args:
        target: a path to a ``.py`` file, a notebook or a folder; ``path:name`` or ``module:attribute``; or a live
            module, class, function, mapping of names or instance.
        selected: the name asked for, where *target* is a path and does not carry it.
        everything: run the script part too.

    Raises:
        UsageError: if there is nothing at that path or of that name.
        CouldNotRunError: if it cannot be loaded; the sentence names the file, the line and the reason.
    """
    if not isinstance(target, str | Path):
        return live(target)
    path, named = (target, None) if isinstance(target, Path) else locate(target)
    selected = selected or named
    with silence():
        loaded = folder(path, everything) if path.is_dir() else file(path, everything)
    return attribute(loaded, selected) if selected else loaded


def locate(target: str) -> tuple[Path, str | None]:
    """The file or folder that a target names, and the attribute after its colon; nothing of it is executed.

    Raises UsageError if there is none.
    """
    path, selected = parted(target)
    if path is None:
        raise UsageError(f"{target} does not exist: give a .py file, a notebook, a folder or module:attribute.")
    return path, selected


def parted(target: str) -> tuple[Path | None, str | None]:
    """The file that a target names, and the attribute after its colon."""
    whole = Path(target)
    if whole.exists():
        return whole, None
    before, colon, name = target.rpartition(":")
    if not colon or not name.replace(".", "").isidentifier():
        return (whole, None) if whole.suffix in (".py", ".ipynb") else (module_file(target), None)
    return (Path(before) if Path(before).exists() else module_file(before)), name


def module_file(name: str) -> Path | None:
    """The source file of an importable module, which is not imported for it unless it lies in a package."""
    if not all(part.isidentifier() for part in name.split(".")):
        return None
    below = Path(*name.split("."))
    for candidate in (below.with_suffix(".py"), below / "__init__.py"):
        if candidate.is_file():
            return candidate
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    return Path(spec.origin) if spec is not None and spec.origin and spec.has_location else None


def attribute(loaded: LoadedModule, selected: str) -> LoadedModule:
    """The same submission with one name asked for."""
    first = selected.partition(".")[0]
    if first not in loaded.namespace:
        known = [
            name for name, value in loaded.namespace.items() if inspect.isclass(value) or inspect.isfunction(value)
        ]
        where = loaded.path.name if loaded.path else "the module"
        raise UsageError(
            f"{where} defines no {selected}: it defines {', '.join(known[:8]) or 'nothing that can be called'}."
        )
    return LoadedModule(loaded.namespace, loaded.notes, loaded.source, loaded.path, loaded.complete, selected)


def live(target: object) -> LoadedModule:
    """A module, class, function, mapping of names or instance that Python already holds."""
    if isinstance(target, ModuleType):
        return LoadedModule(dict(vars(target)))
    if isinstance(target, Mapping):
        return LoadedModule({str(name): value for name, value in target.items()})
    name = getattr(target, "__name__", None) or type(target).__name__
    return LoadedModule({str(name): target}, selected=str(name))


def file(path: Path, everything: bool) -> LoadedModule:
    """One file or notebook."""
    outcome = Outcome()
    importer = importer_for(path.parent, outcome)
    return module_of(read_parts(path), path, importer, outcome, everything=everything)


def importer_for(place: Path, outcome: Outcome) -> Importer:
    """A submission's import, which executes the definitions of its neighbours only."""

    def run(source: Path, module: ModuleType) -> None:
        define(pieces(read_parts(source), outcome), module, outcome)

    return Importer(place.resolve(), run)


def module_of(
    parts: Sequence[Part], path: Path, importer: Importer, outcome: Outcome, *, everything: bool
) -> LoadedModule:
    """The names in these pieces of source."""
    found = pieces(parts, outcome)
    module = importer.new_module(path.stem, path.resolve())
    if not everything:
        define(found, module, outcome)
    complete = everything or (outcome.dropped and not defines(module))
    if complete:
        outcome.failures.clear()
        run_everything(found, module, outcome)
    return finished(found, path, module, importer, outcome, complete=complete)


def finished(
    found: Sequence[Piece], path: Path, module: ModuleType, importer: Importer, outcome: Outcome, *, complete: bool
) -> LoadedModule:
    """What was loaded, or the reason why nothing was."""
    namespace = {name: value for name, value in vars(module).items() if name not in HIDDEN}
    if not namespace:
        reason = f" ({outcome.failures[0]})" if outcome.failures else ""
        raise CouldNotRunError(f"{path.name} defines nothing{reason}: put your forward and backward pass in it.")
    notes = list(dict.fromkeys((*outcome.notes, *importer.notes)))
    if outcome.interrupted:
        notes.append("its script part was stopped after a few seconds")
    if outcome.failures:
        notes.append(f"left out what failed: {'; '.join(outcome.failures[:3])}")
    source = "\n\n".join(piece.parsed.text for piece in found)
    return LoadedModule(namespace, tuple(notes), source, path, complete)


def defines(module: ModuleType) -> bool:
    """Whether a module has a class or a function of its own."""
    return any(
        getattr(value, "__module__", None) == module.__name__ for name, value in vars(module).items() if callable(value)
    )


def folder(path: Path, everything: bool) -> LoadedModule:
    """All files of a folder as one submission; a name that two of them define is found as ``file.name`` too."""
    outcome = Outcome()
    importer = importer_for(path, outcome)
    files = sources(path)
    if not files:
        raise CouldNotRunError(f"{path} holds no .py file and no notebook: name the folder with your code in it.")
    modules = [
        module_of(read_parts(source), source, importer, outcome, everything=everything)
        for source in files
        if source.read_bytes().strip()
    ]
    if not modules:
        raise CouldNotRunError(f"{path} holds only empty files: save your code in one of them and check again.")
    return merged(modules, path)


def sources(path: Path) -> list[Path]:
    """The files of a folder that may carry a submission; notebooks only if there is no other."""
    inside = [p for p in sorted(path.glob("*.py")) if p.name not in NOT_SUBMITTED and not p.name.startswith("test_")]
    found = inside or sorted(path.glob("*.ipynb")) or sorted(path.glob("*/*.py"))
    return [p for p in found if p.resolve().is_relative_to(path.resolve())]


def merged(modules: Sequence[LoadedModule], path: Path) -> LoadedModule:
    """Several files' names in one namespace."""
    namespace: dict[str, object] = {}
    for module in modules:
        stem = module.path.stem if module.path else ""
        for name, value in module.namespace.items():
            clash = name in namespace and namespace[name] is not value
            namespace[f"{stem}.{name}" if clash else name] = value
    notes = tuple(dict.fromkeys(note for module in modules for note in module.notes))
    source = "\n\n".join(module.source for module in modules)
    return LoadedModule(namespace, notes, source, path, all(module.complete for module in modules))
