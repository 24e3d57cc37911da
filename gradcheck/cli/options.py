"""What ``check`` and ``watch`` may be told about a submission, as options of the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from gradcheck.cli.early import SECONDS
from gradcheck.submissions.options import CheckOptions, parse_names, parse_sizes
from gradcheck.submissions.subjects import Hints

Command = TypeVar("Command", bound=Callable[..., Any])
OPTIONS = (
    click.option("--net", help="One more network to check, as layer sizes: 784-30-10."),
    click.option("--activation", default="", help="What it should compute: one name, or one per layer with commas."),
    click.option("--cost", default="", help="The cost it trains on: quadratic, cross_entropy, log_likelihood."),
    click.option("--reduction", default="", help="How examples are gathered: sum, mean, half the mean, ..."),
    click.option("--assignment", type=click.Path(), help="A TOML file that says what the submission should compute."),
    click.option("--family", default="", help="Look for this interface only: chapter, cs231n, coursera, flat, ..."),
    click.option("--class", "class_name", default="", help="The class to look at."),
    click.option("--forward", default="", help="The submission's name for its forward pass."),
    click.option("--backward", default="", help="The submission's name for its backward pass."),
    click.option("--seed", default=0, show_default=True, help="Of every random network and input."),
    click.option("--isolate", type=click.Choice(["auto", "off"]), default="auto", show_default=True,
                 help="auto: in a worker process with limits; off: in this process, for code that you trust."),
    click.option("--timeout", default=SECONDS, show_default=True, help="Seconds of CPU for each call."),
)  # fmt: skip


def submission_options(command: Command) -> Command:
    """All of ``OPTIONS``; what they say goes to ``options_from``, but for ``assignment``, a file or None."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


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
