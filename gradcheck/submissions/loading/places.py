"""Where a submission's files lie: beside each other, in packages, in a project with folders of its own."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

MARKS = ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "environment.yml", ".git", "Pipfile")
"""What lies in the topmost folder of a project."""

DEEPEST = 4
"""Folders between a file and the top of its project or package, at most."""

NOT_SUBMITTED = frozenset(("setup.py", "conftest.py"))
"""Files of a folder that carry no submission."""

CARRY_NOTHING = frozenset(
    (
        "test",
        "tests",
        "doc",
        "docs",
        "build",
        "dist",
        "venv",
        "site-packages",
        "node_modules",
        "old",
        "backup",
        "archive",
    )
)
"""Folders that carry none either: tests, installations, and what their author has put aside."""

MOST_FILES = 60
"""Files of a folder that are looked at."""


def source_at(place: Path, base: Path) -> Path | None:
    """The file that the module at *place* is written in, whatever its name's case; no link leads out of *base*."""
    for candidate in (place.parent / f"{place.name}.py", place / "__init__.py", *spelt_otherwise(place)):
        if candidate.is_file() and candidate.resolve().is_relative_to(base.resolve()):
            return candidate
    return None


def spelt_otherwise(place: Path) -> Iterable[Path]:
    """``layers.py`` for ``Layers``: systems differ in whether that is the same file."""
    wanted = place.name.lower()
    for found in sorted(place.parent.iterdir()) if place.parent.is_dir() else ():
        if found.name.lower() == f"{wanted}.py":
            yield found
        elif found.name.lower() == wanted and found.is_dir():
            yield found / "__init__.py"


def above(folder: Path, name: str) -> list[Path]:
    """The folders from which *folder*, or one that it lies in, is imported as *name*."""
    return [place.parent for place in (folder, *folder.parents)[:DEEPEST] if place.name.lower() == name.lower()]


def project(folder: Path) -> list[Path]:
    """The folders between *folder* and the top of its package or project, both included; none if it is in neither."""
    chain = (folder, *folder.parents)[: DEEPEST + 1]
    tops = [depth for depth, place in enumerate(chain) if any((place / mark).exists() for mark in MARKS)]
    packages = 0
    while packages < len(chain) - 1 and (chain[packages] / "__init__.py").is_file():
        packages += 1
    return list(chain[1 : 1 + max(packages, *tops[:1], 0)])


def submitted(folder: Path) -> list[Path]:
    """The files and notebooks of a folder that may carry a submission, the highest first."""
    inside = [path for path in below(folder) if path.suffix in (".py", ".ipynb") and may_carry(path, folder)]
    return sorted(inside, key=lambda path: (len(path.parts), path.suffix == ".ipynb", path))


def below(folder: Path) -> Iterator[Path]:
    """The files below a folder, not far down, and not in folders that carry no submission."""
    for place, folders, files in os.walk(folder):
        depth = len(Path(place).relative_to(folder).parts)
        open_ones = [name for name in folders if name.lower() not in CARRY_NOTHING and name[0] not in "._"]
        folders[:] = sorted(open_ones) if depth < DEEPEST else []
        yield from (Path(place) / name for name in files)


def may_carry(path: Path, folder: Path) -> bool:
    """Whether a file is no test and no tool, holds something, and is no link out of the folder."""
    tool = path.name in NOT_SUBMITTED or path.name.startswith(("test_", "."))
    return not tool and path.is_file() and path.resolve().is_relative_to(folder.resolve()) and path.stat().st_size > 0
