"""``gradcheck report``: a stored result again, in any format, without running anything."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gradcheck.cli.deliver import Delivery, delivered
from gradcheck.errors import UsageError
from reports.kinds import Result
from reports.stored import read


@click.command("report", short_help="Render a stored result in any format.")
@click.argument("result_file", metavar="RESULT.json")
@delivered("figures", "verbose")
def command(result_file: str, delivery: Delivery) -> None:
    """Render the stored result of a check, a scaling study or a suite; - reads standard input."""
    delivery.deliver(stored(result_file))


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
