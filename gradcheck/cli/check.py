"""``gradcheck check``: judge a file, a notebook, a folder or a pair of callables."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from typing import Any

import click

from gradcheck.cli.deliver import deliver, delivery_options
from gradcheck.cli.status import Status
from gradcheck.diagnose import derivation
from gradcheck.results import CheckResult
from gradcheck.submissions.check import check_file
from gradcheck.submissions.options import CheckOptions, parse_names, parse_sizes
from gradcheck.submissions.subjects import Hints


@click.command("check")
@click.argument("target")
@click.option("--net", help="One more network to check, as layer sizes: 784-30-10.")
@click.option("--activation", default="", help="What it should compute: one name, or one per layer with commas.")
@click.option("--cost", default="", help="The cost it trains on: quadratic, cross_entropy, log_likelihood.")
@click.option("--reduction", default="", help="How examples are gathered: sum, mean, half the mean, ...")
@click.option("--assignment", type=click.Path(), help="A TOML file that says what the submission should compute.")
@click.option("--family", default="", help="Look for this interface only: chapter, cs231n, coursera, flat, layers, ...")
@click.option("--class", "class_name", default="", help="The class to look at.")
@click.option("--forward", default="", help="The submission's name for its forward pass.")
@click.option("--backward", default="", help="The submission's name for its backward pass.")
@click.option("--seed", default=0, show_default=True, help="Of every random network and input.")
@click.option("--isolate", type=click.Choice(["auto", "off"]), default="auto", show_default=True,
              help="auto: in a worker process with limits; off: in this process, for code that you trust.")  # fmt: skip
@click.option("--timeout", default=10.0, show_default=True, help="Seconds for each call of the submission.")
@click.option("--explain", is_flag=True, help="Also derive the equation that is broken.")
@delivery_options
def command(
    *,
    target: str,
    form: str,
    output: str | None,
    json_file: str | None,
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
        result = check_file(target, options=options_from(said), assignment=assignment, progress=status)
    result = replace(result, command=shlex.join(["gradcheck", *sys.argv[1:]]))
    deliver(result, form, output, json_file)
    if explain and form == "text" and not output:
        click.echo(derivations(result))
    sys.exit(result.verdict.exit_status)


def derivations(result: CheckResult) -> str:
    """The derivations of the equations that are broken, each once; of all four where none is."""
    named = ", ".join(dict.fromkeys(d.equation for d in result.diagnosis if d.equation))
    return derivation(named or "BP1, BP2, BP3, BP4")


def options_from(said: dict[str, Any]) -> CheckOptions:
    """What the command line said. Raises UsageError."""
    names = {"class": said["class_name"], "forward": said["forward"], "backward": said["backward"]}
    return CheckOptions(
        sizes=parse_sizes(said["net"]) if said["net"] else None,
        activations=parse_names(said["activation"]),
        cost=said["cost"],
        reduction=said["reduction"],
        seed=said["seed"],
        isolate=said["isolate"],
        timeout=said["timeout"],
        hints=Hints(said["family"], {role: name for role, name in names.items() if name}),
    )
