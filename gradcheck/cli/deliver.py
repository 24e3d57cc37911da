"""Where every command's result goes: the screen, ``--output``, ``--json``."""

from __future__ import annotations

import codecs
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from gradcheck.errors import UsageError
from reports.kinds import Result
from reports.output import FORMATS, render
from reports.screen import Screen
from reports.text import text

Command = TypeVar("Command", bound=Callable[..., Any])
BEYOND_ASCII = "σ±·█"
LATIN = {"html": "xmlcharrefreplace", "junit": "xmlcharrefreplace"}


def delivery_options(command: Command) -> Command:
    """The options ``--format``, ``--output`` and ``--json``, as ``form``, ``output`` and ``json_file``."""
    for option in (
        click.option("--json", "json_file", type=click.Path(dir_okay=False), help="Also write the result as JSON."),
        click.option("--output", type=click.Path(dir_okay=False), help="Write to this file instead of the screen."),
        click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True),
    ):
        command = option(command)
    return command


def figures_option(command: Command) -> Command:
    """The option ``--figures``, a folder or None, for results that have pictures."""
    return click.option("--figures", type=click.Path(file_okay=False), help="Also draw every figure into this folder.")(
        command
    )


def deliver(result: Result, form: str, output: str | None, json_file: str | None, figures: str | None = None) -> None:
    """Write *result* where it was asked for. Raises UsageError where a file cannot be written."""
    if figures:
        draw(result, Path(figures))
    if json_file:
        write_whole(Path(json_file), render(result, "json"))
    if output:
        write_whole(Path(output), _rendered(result, form))
    else:
        show(result, form)


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


def show(result: Result, form: str = "text") -> None:
    """Write *result* to the screen, in the width, the colours and the characters that it has."""
    drawn = text(result, screen()) if form == "text" else _rendered(result, form)
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
