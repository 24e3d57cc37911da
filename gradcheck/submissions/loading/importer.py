"""The ``import`` that a submission sees: its own neighbours, the installed modules, and stand-ins for the rest.

A neighbour is kept in the submission's own table under a name of its own, so that a file called
``nets.py`` or ``numpy.py`` beside the submission can never be taken for ours, nor ours for it, and two
submissions in one process do not see each other's ``utils.py``. ``sys.path`` is left alone.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

from gradcheck.submissions.loading.compatibility import builtins_for
from gradcheck.submissions.loading.standins import ALIASES, DATA, SHOWING, CupyLike, stand_in

NEVER_SHADOWED = frozenset(sys.stdlib_module_names) | {"numpy", "scipy", "pandas", "sklearn", "torch", "jax", "cupy"}
"""Modules that a file of the same name beside the submission does not replace."""

Runner = Callable[[Path, ModuleType], None]
"""Executes the definitions of a file in a module; given by ``execution`` so that this module need not know how."""


class Importer:
    """One submission's modules."""

    def __init__(self, folder: Path, run: Runner) -> None:
        """*folder* is where neighbours are looked for; *run* executes one of them."""
        self.folder = folder
        self.run = run
        self.modules: dict[str, ModuleType] = {}
        self.notes: list[str] = []
        self.builtins = builtins_for(self.import_name)

    def new_module(self, name: str, path: Path) -> ModuleType:
        """An empty module of the submission, known to Python under a name that collides with nothing."""
        module = ModuleType(f"submission.{name}")
        module.__file__ = str(path)
        module.__dict__["__builtins__"] = self.builtins
        sys.modules[module.__name__] = module
        return module

    def import_name(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002  Python's own names for these arguments
        locals: Mapping[str, object] | None = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """What ``__import__`` returns: the top module of a dotted name, or the last one for ``from ... import``."""
        module = self.neighbour(name, globals, fromlist or (), level)
        if module is not None:
            return module if fromlist or level else self.modules.get(name.partition(".")[0], module)
        return self.installed(name, fromlist or (), level)

    # ---- neighbours -----------------------------------------------------------------------------

    def neighbour(
        self, name: str, namespace: Mapping[str, object] | None, fromlist: Sequence[str], level: int
    ) -> ModuleType | None:
        """The submission's own module of that name, or None."""
        if not level and name.partition(".")[0] in NEVER_SHADOWED:
            return None
        for base in self.bases(namespace, level):
            found = self.walk(base, name.split(".") if name else [])
            if found is not None:
                for part in fromlist:
                    self.submodule(found, part)
                return found
        return None

    def bases(self, namespace: Mapping[str, object] | None, level: int) -> list[Path]:
        """The folders in which an import looks: that of the importing file, then the submission's."""
        file = (namespace or {}).get("__file__")
        here = Path(str(file)).parent if file else self.folder
        if not level:
            return list(dict.fromkeys((here, self.folder, self.folder.parent)))[: 3 if self.is_package() else 2]
        for _ in range(level - 1):
            here = here.parent
        return list(dict.fromkeys((here, self.folder)))

    def is_package(self) -> bool:
        """Whether the submission's folder is itself imported by name."""
        return (self.folder / "__init__.py").is_file()

    def walk(self, base: Path, parts: list[str]) -> ModuleType | None:
        """The module at the end of a dotted path below *base*, each step loaded on the way."""
        module: ModuleType | None = None
        place, dotted = base, ""
        for part in parts:
            place, dotted = place / part, f"{dotted}.{part}" if dotted else part
            following = self.at(place, dotted)
            if following is None:
                return None
            if module is not None:
                setattr(module, part, following)
            module = following
        return module if parts else self.at(base, base.name)

    def at(self, place: Path, dotted: str) -> ModuleType | None:
        """The module that the file or folder at *place* is, loaded once."""
        source = next((p for p in (place.with_suffix(".py"), place / "__init__.py") if p.is_file()), None)
        if source is None and not place.is_dir():
            return None
        key = str(source or place)
        if key not in self.modules:
            self.modules[key] = self.modules[dotted] = module = self.new_module(dotted, source or place / "__init__.py")
            module.__path__ = [str(place)]
            if source is not None:
                self.run(source, module)
        return self.modules[key]

    def submodule(self, package: ModuleType, name: str) -> None:
        """For ``from package import name``: load the file of that name, unless the package defines it."""
        paths = list(getattr(package, "__path__", []))
        if name != "*" and not hasattr(package, name) and paths:
            module = self.at(Path(paths[0]) / name, f"{package.__name__.removeprefix('submission.')}.{name}")
            if module is not None:
                setattr(package, name, module)

    # ---- everything else ------------------------------------------------------------------------

    def installed(self, name: str, fromlist: Sequence[str], level: int) -> ModuleType:
        """A module of the installation, or what stands in for it."""
        top = name.partition(".")[0]
        if name in ALIASES or top in ALIASES:
            return self.alias(name, top)
        if top in SHOWING or top in DATA or level:
            return self.replaced(name, fromlist)
        try:
            return builtins.__import__(name, None, None, fromlist, 0)
        except ModuleNotFoundError as error:
            if (error.name or top).partition(".")[0] != top:
                raise
            return self.replaced(name, fromlist)

    def alias(self, name: str, top: str) -> ModuleType:
        """The module that took another one's place: NumPy for CuPy, pickle for cPickle."""
        target = ALIASES.get(name) or ALIASES[top]
        self.note(f"{target} took the place of {name if name in ALIASES else top}")
        return CupyLike(name) if target == "numpy" and top == "cupy" else import_module(target)

    def replaced(self, name: str, fromlist: Sequence[str]) -> ModuleType:
        """A stand-in for a module, remembered so that it is one and the same everywhere."""
        top = name.partition(".")[0]
        if top not in SHOWING:
            self.note(f"the module {top or 'of a relative import'} is not used here: a stand-in took its place")
        return self.stand_in(name if fromlist else top)

    def stand_in(self, name: str) -> ModuleType:
        """The one stand-in of that name."""
        key = f"stand-in {name}"
        if key not in self.modules:
            self.modules[key] = stand_in(name)
        return self.modules[key]

    def note(self, sentence: str) -> None:
        """Remember a sentence once."""
        if sentence not in self.notes:
            self.notes.append(sentence)
