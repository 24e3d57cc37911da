"""``gradcheck report``: a stored result again, in any format, without running anything."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gradcheck.cli.deliver import deliver, delivery_options, missing_extra
from gradcheck.errors import UsageError
from reports.kinds import Result
from reports.stored import read


@click.command("report")
@click.argument("result_file", metavar="RESULT.json")
@delivery_options
@click.option("--figures", type=click.Path(file_okay=False), help="Also draw every figure, as PNG and SVG, here.")
def command(result_file: str, form: str, output: str | None, json_file: str | None, figures: str | None) -> None:
    """Render the stored result of a check, a scaling study or a suite; - reads standard input."""
    result = stored(result_file)
    if figures:
        draw(result, Path(figures))
    deliver(result, form, output, json_file)


def draw(result: Result, folder: Path) -> None:
    """Every figure into *folder*. Raises UsageError where matplotlib is missing or a file cannot be written."""
    try:
        from reports.figures.album import save_pictures
    except ImportError as error:
        raise missing_extra("Figures", "plots", error) from error
    try:
        save_pictures(result, folder)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written to ({error.strerror}); name another folder.") from error


def stored(name: str) -> Result:
    """The result in a file. Raises UsageError in a sentence where there is none."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"{name} cannot be read ({error.strerror}); name a file that --json wrote.") from error
    try:
        return read(raw.decode("utf-8-sig"))
    except ValueError as error:
        reason = "This is not text." if isinstance(error, UnicodeDecodeError) else str(error)
        raise UsageError(f"{name}: {reason} Name a file that --json wrote.") from error
