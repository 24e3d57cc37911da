"""The command line: the roof of the house, and the only part that imports ``reports``.

Each command is a module of this folder and is imported when it is called.
"""

from __future__ import annotations

import sys
from importlib import import_module

import click

from gradcheck.cli import early
from gradcheck.errors import GradcheckError

COMMANDS = ("check", "suite", "scaling", "paths", "report", "watch")


class Commands(click.Group):
    """The commands, each loaded on demand so that one does not pay for the others' imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the help text."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"gradcheck.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gradcheck")
def commands() -> None:
    """Check hand-written gradients.

    Every numeric derivative has an error bar, and the error bar decides.

    Exit status: 0 pass, 1 fail, 2 wrong usage, 3 could not be run, 4 inconclusive.
    """


def main() -> None:
    """Run the command line; errors become one sentence on stderr and an exit status."""
    early.start(sys.argv[1:])
    try:
        commands(prog_name="gradcheck")
    except GradcheckError as error:
        click.echo(f"gradcheck: {error}", err=True)
        sys.exit(error.exit_status)
    finally:
        early.end()
