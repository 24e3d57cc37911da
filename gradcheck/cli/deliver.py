"""Where every command's result goes: the screen, ``--output``, ``--json``."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from gradcheck.errors import UsageError
from reports.output import FORMATS, Result, render

Command = TypeVar("Command", bound=Callable[..., Any])


def delivery_options(command: Command) -> Command:
    """The options ``--format``, ``--output`` and ``--json``, as ``form``, ``output`` and ``json_file``."""
    for option in (
        click.option("--json", "json_file", type=click.Path(dir_okay=False), help="Also write the result as JSON."),
        click.option("--output", type=click.Path(dir_okay=False), help="Write to this file instead of the screen."),
        click.option("--format", "form", type=click.Choice(list(FORMATS)), default="json", show_default=True),
    ):
        command = option(command)
    return command


def deliver(result: Result, form: str, output: str | None, json_file: str | None) -> None:
    """Write *result* where it was asked for. Raises UsageError where a file cannot be written."""
    if json_file:
        write_whole(Path(json_file), result.to_json())
    text = render(result, form)
    if output:
        write_whole(Path(output), text)
    else:
        click.echo(text, nl=not text.endswith("\n"))


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
