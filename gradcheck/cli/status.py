"""One line on a terminal that says what is looked at; nothing in a pipe."""

from __future__ import annotations

import sys
from typing import Self

import click


class Status:
    """A context whose call shows a line and whose end clears it."""

    def __enter__(self) -> Self:
        self.shows = sys.stderr.isatty()
        return self

    def __call__(self, what: str) -> None:
        """Say what is looked at now."""
        if self.shows:
            click.echo(f"\r\x1b[K{what[:70]} ...", nl=False, err=True)

    def __exit__(self, *exception: object) -> None:
        """Clear the line."""
        if self.shows:
            click.echo("\r\x1b[K", nl=False, err=True)
