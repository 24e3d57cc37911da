"""What a person names: a file, a notebook, a folder, ``module:attribute``, or a live class or object."""

from __future__ import annotations

import importlib.util
import inspect
import re
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from gradcheck.errors import UsageError
from gradcheck.submissions.loading.execution import silence
from gradcheck.submissions.loading.files import file
from gradcheck.submissions.loading.folders import folder
from gradcheck.submissions.loading.loaded import LoadedModule
from gradcheck.submissions.loading.reading import content, decode

DEFINITION = re.compile(r"^(def|class) ", re.MULTILINE)


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
        loaded = contents(path, everything)
    return attribute(loaded, selected) if selected else loaded


def contents(path: Path, everything: bool) -> LoadedModule:
    """What a folder or file holds; the ``__init__.py`` of a package that only imports stands for the package."""
    if path.is_dir():
        return folder(path, everything)
    if path.name == "__init__.py" and not DEFINITION.search(decode(content(path), path.name)):
        return folder(path.parent, everything)
    return file(path, everything)


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
