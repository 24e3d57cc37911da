"""``gradcheck check``: judge a file, a notebook, a folder or a pair of callables."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from typing import Any

import click

from gradcheck.cli.deliver import Delivery, delivered
from gradcheck.cli.early import taken
from gradcheck.cli.options import options_from, submission_options
from gradcheck.cli.status import Status
from gradcheck.diagnose import derivation
from gradcheck.results import CheckResult
from gradcheck.submissions.check import check_file


@click.command("check", short_help="Judge the backprop in a file, a notebook or a folder.")
@click.argument("target")
@submission_options
@click.option("--explain", is_flag=True, help="Also derive the equation that is broken.")
@delivered("figures", "verbose")
def command(
    *,
    target: str,
    delivery: Delivery,
    assignment: str | None,
    explain: bool,
    **said: Any,
) -> None:
    """Judge the backprop in TARGET: a .py file, an .ipynb, a folder, FILE:NAME or module:attribute.

    Only its definitions are executed, in a worker process. It is put into several networks and its
    gradient is compared entry by entry with the exact one, or with differences of its own cost.

    Exit status: 0 pass, 1 fail, 2 wrong usage, 3 could not be run, 4 inconclusive.
    """
    with Status() as status:
        options = options_from(said)
        result = check_file(target, options=options, assignment=assignment, progress=status, launched=taken())
    result = replace(result, command=shlex.join(["gradcheck", *sys.argv[1:]]))
    delivery.deliver(result)
    if explain and delivery.form == "text" and not delivery.output:
        click.echo(derivations(result))
    sys.exit(result.verdict.exit_status)


def derivations(result: CheckResult) -> str:
    """The derivations of the equations that are broken, each once; of all four where none is."""
    named = ", ".join(dict.fromkeys(d.equation for d in result.diagnosis if d.equation))
    return derivation(named or "BP1, BP2, BP3, BP4")
