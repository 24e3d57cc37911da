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

from gradcheck.submissions.loading.compatibility import OLDER_NAMES, NumpyWithOlderNames, OlderModule, builtins_for
from gradcheck.submissions.loading.courses import helpers
from gradcheck.submissions.loading.places import above, project, source_at
from gradcheck.submissions.loading.standins import ALIASES, DATA, SHOWING, CupyLike, Missing, is_course, stand_in
from gradcheck.submissions.loading.texts import Opener

NEVER_SHADOWED = frozenset(sys.stdlib_module_names) | {"numpy", "scipy", "pandas", "sklearn", "torch", "jax", "cupy"}
"""Modules that a file of the same name beside the submission does not replace."""

OWN = "submission."
"""How the names of a submission's modules begin, so that they collide with nothing."""

Runner = Callable[[Path, ModuleType], None]
"""Executes the definitions of a file in a module; given by ``execution`` so that this module need not know how."""


class Importer:
    """One submission's modules."""

    def __init__(self, folder: Path, run: Runner) -> None:
        """*folder* is where neighbours are looked for; *run* executes one of them."""
        self.folder = folder
        self.run = run
        self.modules: dict[str, ModuleType] = {}
        self.written: dict[str, ModuleType] = {}
        """Modules that cells of a notebook write to files: the notebook is each of them."""
        self.unfinished: set[str] = set()
        self.found: dict[tuple[Path, Path], Path] = {}
        self.own_path = list(sys.path)
        self.added: list[Path] = []
        self.notes: list[str] = []
        self.builtins = builtins_for(self.import_name) | {"open": Opener(self.note)}

    def new_module(self, name: str, path: Path) -> ModuleType:
        """An empty module of the submission, known to Python under a name that collides with nothing."""
        module = ModuleType(OWN + name)
        module.__file__ = str(path)
        module.__dict__["__builtins__"] = self.builtins
        if path.stem == "__init__":
            module.__path__ = [str(path.parent)]
        sys.modules[module.__name__] = module
        self.modules[str(path)] = module
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
        return self.installed(name, globals, fromlist or (), level)

    # ---- neighbours -----------------------------------------------------------------------------

    def neighbour(
        self, name: str, namespace: Mapping[str, object] | None, fromlist: Sequence[str], level: int
    ) -> ModuleType | None:
        """The submission's own module of that name, or None."""
        if not level and name.partition(".")[0] in NEVER_SHADOWED:
            return None
        if not level and name in self.written:
            return self.written[name]
        for base in self.bases(name, namespace, level):
            found = self.walk(base, name.split(".") if name else [])
            if found is not None:
                for part in fromlist:
                    self.offer(found, part)
                return found
        return None

    def bases(self, name: str, namespace: Mapping[str, object] | None, level: int) -> list[Path]:
        """The folders in which an import looks: that of the importing file, the submission's, then those above.

        Above are the folder from which a package that the file lies in is imported by that name, and the
        project that it is part of.
        """
        file = (namespace or {}).get("__file__")
        here = Path(str(file)).parent if file else self.folder
        if not level:
            self.take_over_path()
            top = name.partition(".")[0]
            return list(dict.fromkeys((here, self.folder, *self.added, *above(here, top), *project(self.folder))))
        for _ in range(level - 1):
            here = here.parent
        return list(dict.fromkeys((here, self.folder)))

    def take_over_path(self) -> None:
        """Look where the submission says, from its own folder; Python's own path is left as it was."""
        for place in sys.path:
            if place not in self.own_path:
                self.added.append((self.folder / place).resolve())
        sys.path[:] = self.own_path

    def walk(self, base: Path, parts: list[str]) -> ModuleType | None:
        """The module at the end of a dotted path below *base*, each step loaded on the way."""
        module: ModuleType | None = None
        place, dotted = base, ""
        for part in parts:
            place, dotted = place / part, f"{dotted}.{part}" if dotted else part
            following = self.at(place, dotted, base)
            if following is None:
                return None
            if module is not None:
                setattr(module, part, following)
            module = following
        return module if parts else self.at(base, base.name, base)

    def at(self, place: Path, dotted: str, base: Path) -> ModuleType | None:
        """The module that the file or folder at *place* is, loaded once; no link leads out of *base*."""
        source = self.found.get((place, base)) or source_at(place, base)
        if source is not None:
            self.found[place, base] = source  # constructors that import are called for every evaluation
        if source is None and not place.is_dir():
            return None
        key = str(source or place / "__init__.py")
        if key not in self.modules:
            self.modules[dotted] = module = self.new_module(dotted, Path(key))
            module.__path__ = [str(place)]
            if source is not None:
                self.unfinished.add(module.__name__)
                self.run(source, module)
                self.unfinished.discard(module.__name__)
        return self.modules[key]

    def offer(self, module: ModuleType, name: str) -> None:
        """For ``from module import name``: load the file of that name, unless the module defines it.

        A name that a neighbour does not have costs its user nothing until it is used.
        """
        if name == "*" or hasattr(module, name):
            return
        dotted = module.__name__.removeprefix(OWN)
        places = [Path(place) for place in getattr(module, "__path__", [])[:1]]
        found: object = next((m for p in places if (m := self.at(p / name, f"{dotted}.{name}", p)) is not None), None)
        if found is None and module.__name__ not in self.unfinished:
            found = Missing(f"{dotted}.{name}", f"{Path(str(module.__file__)).name} does not give it here")
        if found is not None:
            setattr(module, name, found)

    # ---- everything else ------------------------------------------------------------------------

    def installed(
        self, name: str, namespace: Mapping[str, object] | None, fromlist: Sequence[str], level: int
    ) -> ModuleType:
        """A module of the installation, a neighbour whose package is called otherwise here, or a stand-in."""
        top = name.partition(".")[0]
        if name in ALIASES or top in ALIASES:
            return self.alias(name, top, fromlist)
        if top in SHOWING or top in DATA or level:
            return self.replaced(name, fromlist)
        if name == "numpy" and fromlist:
            return NumpyWithOlderNames()
        try:
            module = builtins.__import__(name, None, None, fromlist, 0)
            return OlderModule(module) if module.__name__ in OLDER_NAMES else module
        except ModuleNotFoundError as error:
            if (error.name or top).partition(".")[0] != top:
                raise
            inner = self.neighbour(name.partition(".")[2], namespace, fromlist, 0) if "." in name and fromlist else None
            return inner or self.replaced(name, fromlist)

    def alias(self, name: str, top: str, fromlist: Sequence[str]) -> ModuleType:
        """The module that took another one's place: NumPy for CuPy, pickle for cPickle."""
        target = ALIASES.get(name) or ALIASES[top]
        self.note(f"{target} took the place of {name if name in ALIASES else top}")
        module = CupyLike(name) if target == "numpy" and top == "cupy" else import_module(target)
        if "." in name and not fromlist:
            outer = self.stand_in(top)
            setattr(outer, name.rpartition(".")[2], module)
            return outer
        return module

    def replaced(self, name: str, fromlist: Sequence[str]) -> ModuleType:
        """A stand-in for a module, remembered so that it is one and the same everywhere."""
        top = name.partition(".")[0]
        if is_course(name):
            self.note(f"the module {name} is not here: CS231n's layers, written right, took its place")
        elif top not in SHOWING:
            known = [part for part in helpers(name) if part in fromlist or "*" in fromlist]
            usual = f", with the usual {' and '.join(known)}" if known else ""
            self.note(f"the module {top or 'of a relative import'} is not used here: a stand-in took its place{usual}")
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
