"""What a person names: a file, a notebook, a folder, ``module:attribute``, or a live class or object."""

from __future__ import annotations
import __future__

import importlib.util
import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

from gradcheck.errors import CouldNotRunError, UsageError
from gradcheck.submissions.loading.execution import Outcome, Piece, define, made_later, pieces, run_everything, silence
from gradcheck.submissions.loading.importer import Importer
from gradcheck.submissions.loading.loaded import LoadedModule
from gradcheck.submissions.loading.reading import read_parts

NOT_SUBMITTED = ("setup.py", "conftest.py")
"""Files of a folder that carry no submission."""

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
    path, selected = parted(target) if target.strip() else (None, None)
    if path is None:
        raise UsageError(
            f"{target or 'An empty name'} does not exist: give a .py file, a notebook, a folder or module:attribute."
        )
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
    if target is None or isinstance(target, int | float | bytes | list | tuple | set):
        raise UsageError(
            f"{type(target).__name__} is nothing that can be checked: give a file, a class or an instance."
        )
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
    found = pieces(read_parts(path), outcome)
    module = importer.new_module(path.stem, path.resolve())
    if not everything:
        define(found, module, outcome)
    complete = everything or (outcome.dropped and not defines(module))
    if complete:
        outcome.failures.clear()
        run_everything(found, module, outcome)
    return finished(found, path, module, notes(importer, outcome), complete=complete, failures=outcome.failures)


def importer_for(place: Path, outcome: Outcome) -> Importer:
    """A submission's import, which executes the definitions of its neighbours only."""

    def run(source: Path, module: ModuleType) -> None:
        found = pieces(read_parts(source), outcome)
        vars(module)["__getattr__"] = made_later(found, module)
        define(found, module, outcome)

    return Importer(place.resolve(), run)


def finished(
    found: Sequence[Piece],
    path: Path,
    module: ModuleType,
    notes: tuple[str, ...],
    *,
    complete: bool = False,
    failures: Sequence[str] = (),
) -> LoadedModule:
    """What was loaded, or the reason why nothing was."""
    namespace = {name: value for name, value in vars(module).items() if name not in HIDDEN}
    if all(isinstance(value, ModuleType | __future__._Feature) for value in namespace.values()):  # noqa: SLF001
        reason = f" ({failures[0]})" if failures else ""
        raise CouldNotRunError(f"{path.name} defines nothing{reason}: put your forward and backward pass in it.")
    source = "\n\n".join(piece.parsed.text for piece in found)
    return LoadedModule(namespace, notes, source, path, complete)


def notes(importer: Importer, outcome: Outcome) -> tuple[str, ...]:
    """What had to be done, for a person."""
    sentences = list(dict.fromkeys((*outcome.notes, *importer.notes)))
    if outcome.interrupted:
        sentences.append("its script part was stopped after a few seconds")
    if outcome.failures:
        sentences.append(f"left out what failed: {'; '.join(outcome.failures[:3])}")
    return tuple(sentences)


def defines(module: ModuleType) -> bool:
    """Whether a module has a class or a function of its own."""
    return any(
        getattr(value, "__module__", None) == module.__name__ for name, value in vars(module).items() if callable(value)
    )


def folder(path: Path, everything: bool) -> LoadedModule:
    """All files of a folder as one submission; a name that two of them define is found as ``file.name`` too.

    A file that cannot be read or defines nothing costs only itself. Script parts run only if no
    file defines anything without.
    """
    files = [source for source in sources(path) if source.read_bytes().strip()]
    if not files:
        raise CouldNotRunError(
            f"{path} holds no .py file and no notebook with anything in it: name the folder with your code in it."
        )
    outcome = Outcome()
    importer = importer_for(path, outcome)
    loaded: list[LoadedModule] = []
    problems: list[CouldNotRunError] = []
    for source in files:
        try:
            loaded.append(member(source, importer))
        except CouldNotRunError as error:
            problems.append(error)
    if everything or not any(map(has_definitions, loaded)):
        loaded = [file(source, everything=True) for source in files]
    left_out = tuple(f"left out a file: {str(problem).partition(':')[0]}" for problem in problems)
    return merged(loaded, path, notes(importer, outcome) + left_out)


def member(source: Path, importer: Importer) -> LoadedModule:
    """One file of a folder, which another one may have imported already."""
    module = importer.modules.get(str(source.resolve())) or importer.at(
        source.resolve().with_suffix(""), source.stem, importer.folder
    )
    if module is None or source.suffix == ".ipynb":
        return file(source, everything=False)
    return finished(pieces(read_parts(source), Outcome()), source, module, ())


def has_definitions(loaded: LoadedModule) -> bool:
    """Whether a file of a folder has a class or function."""
    return any(inspect.isclass(value) or inspect.isfunction(value) for value in loaded.namespace.values())


def sources(path: Path) -> list[Path]:
    """The files of a folder that may carry a submission; notebooks only if there is no other."""
    inside = [p for p in sorted(path.glob("*.py")) if p.name not in NOT_SUBMITTED and not p.name.startswith("test_")]
    found = inside or sorted(path.glob("*.ipynb")) or sorted(path.glob("*/*.py"))
    return [p for p in found if p.resolve().is_relative_to(path.resolve())]


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
