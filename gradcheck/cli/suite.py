"""``gradcheck suite``: the verification suite."""

from __future__ import annotations

import sys

import click

from gradcheck.cli.deliver import Delivery, delivered
from gradcheck.cli.status import Status
from gradcheck.suite.run import run_suite


@click.command("suite")
@click.option("--full", is_flag=True, help="Every submission of every style, instead of a sample.")
@click.option("--seed", default=0, show_default=True, help="Of every random network and of the sample.")
@delivered()
def command(*, full: bool, seed: int, delivery: Delivery) -> None:
    """Verify the engine and the checker itself.

    Backprop is compared with complex steps, Eq. 46 and Eq. 53; every fault of the catalogue is planted
    in several families of networks, and in whole programs in students' styles, and must be caught and
    named; correct ones must pass.

    Exit status: 0 if all of it holds, 1 if not.
    """
    with Status() as status:
        said = f"gradcheck suite{' --full' if full else ''} --seed {seed}"
        result = run_suite(full=full, seed=seed, progress=status, command=said)
    delivery.deliver(result)
    sys.exit(result.verdict.exit_status)
