"""Where every command's result goes: the screen, ``--output``, ``--json``."""

from __future__ import annotations

import codecs
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from gradcheck.errors import UsageError
from reports.kinds import Result
from reports.output import FORMATS, render
from reports.screen import Screen
from reports.text import text

Command = TypeVar("Command", bound=Callable[..., Any])
BEYOND_ASCII = "σ±·█"
LATIN = {"html": "xmlcharrefreplace", "junit": "xmlcharrefreplace"}


@dataclass(frozen=True)
class Delivery:
    """Where a result goes, and how: the screen or ``output``, and as JSON and as pictures where asked for."""

    form: str = "text"
    output: str | None = None
    json_file: str | None = None
    figures: str | None = None
    verbose: bool = False

    def deliver(self, result: Result) -> None:
        """Write *result* where it was asked for. Raises UsageError where a file cannot be written."""
        if self.figures:
            draw(result, Path(self.figures))
        if self.json_file:
            write_whole(Path(self.json_file), render(result, "json"))
        if self.output:
            write_whole(Path(self.output), self._rendered(result))
        else:
            show(result, self.form, whole=self.verbose)

    def _rendered(self, result: Result) -> str:
        return text(result, whole=True) if self.form == "text" and self.verbose else _rendered(result, self.form)


OPTIONS = {
    "form": click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True),
    "output": click.option("--output", type=click.Path(dir_okay=False), help="Write to this file, not to the screen."),
    "json_file": click.option("--json", "json_file", type=click.Path(dir_okay=False), help="Also write it as JSON."),
    "figures": click.option("--figures", type=click.Path(file_okay=False), help="Also draw the figures, here."),
    "verbose": click.option("--verbose", is_flag=True, help="Every array and every check, also in the text."),
}  # fmt: skip


def delivered(*more: str) -> Callable[[Command], Command]:
    """The options of a ``Delivery``, which the command gets as ``delivery``; of the last two, those named."""
    names = ("form", "output", "json_file", *more)

    def with_options(command: Command) -> Command:
        @wraps(command)
        def packed(**said: Any) -> Any:
            return command(delivery=Delivery(**{name: said.pop(name) for name in names}), **said)

        for name in reversed(names):
            packed = OPTIONS[name](packed)
        return cast("Command", packed)

    return with_options


def draw(result: Result, folder: Path) -> None:
    """Every figure, as PNG and SVG. Raises UsageError where matplotlib is missing or a file cannot be written."""
    try:
        from reports.figures.album import save_pictures
    except ImportError as error:
        raise missing_extra("Figures", "plots", error) from error
    try:
        save_pictures(result, folder)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written to ({error.strerror}); name another folder.") from error


def show(result: Result, form: str = "text", *, whole: bool = False) -> None:
    """Write *result* to the screen, in the width, the colours and the characters that it has; *whole*, all of it."""
    drawn = text(result, screen(), whole=whole) if form == "text" else _rendered(result, form)
    encoding = sys.stdout.encoding or "utf-8"
    drawn = drawn.encode(encoding, LATIN.get(form, "backslashreplace")).decode(encoding)
    click.echo(drawn, nl=False, color=True)


def _rendered(result: Result, form: str) -> str:
    try:
        return render(result, form)
    except ImportError as error:
        raise missing_extra("The page", "html", error) from error


def screen() -> Screen:
    """What standard output can show; NO_COLOR and a dumb terminal are respected, and a pipe gets plain text."""
    terminal = sys.stdout.isatty()
    colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = max(shutil.get_terminal_size((100, 24)).columns, 20) if terminal else 100
    return Screen(width=width, colour=colour, unicode=_shows_unicode())


def missing_extra(what: str, extra: str, error: ImportError) -> UsageError:
    """The sentence for something that an optional dependency is needed for."""
    return UsageError(f"{what} cannot be made without {error.name}; run: python -m pip install 'gradcheck[{extra}]'")


def _shows_unicode() -> bool:
    try:
        codecs.encode(BEYOND_ASCII, sys.stdout.encoding or "ascii")
    except (UnicodeError, LookupError):
        return False
    return True


def write_whole(path: Path, text: str) -> None:
    """Write beside, then replace: a reader never sees half a file."""
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}); name another file.") from error
