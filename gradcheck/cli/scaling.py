"""``gradcheck scaling``: passes, operations and seconds of backprop and of Eq. 46, over growing networks or one."""

from __future__ import annotations

import sys
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import click
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from gradcheck.cli.deliver import Delivery, delivered
from gradcheck.errors import UsageError
from gradcheck.results import ScalingResult
from gradcheck.scaling.large import LARGE, large_study, sizes_for
from gradcheck.scaling.operations import parameter_count
from gradcheck.scaling.study import default_study, network_study
from gradcheck.scaling.subject import Options
from gradcheck.submissions.options import parse_sizes

CHAPTER = (784, 1258, 10)
LEAST = 20_000  # literal passes that a ratio rests on, as far as four budgets go


@click.command("scaling", short_help="Measure what each way to a gradient costs.")
@click.option("--net", help="Measure this one network, as layer sizes: 784-1258-10.")
@click.option("--parameters", type=float, help="Measure 784-h-10 with about so many parameters: 1e9.")
@click.option("--full", is_flag=True, help="Run every literal pass, 1,000,121 of them for 784-1258-10.")
@click.option("--activation", default="sigmoid", show_default=True,
              help="One name, or hidden,output, or one for each layer.")  # fmt: skip
@click.option("--cost", default="quadratic", show_default=True, help="quadratic, cross_entropy or log_likelihood.")
@click.option("--examples", default=1, show_default=True, help="Examples in the mini-batch of --net.")
@click.option("--seed", default=0, show_default=True, help="Of weights, data and samples.")
@click.option("--threads", type=click.IntRange(min=1), default=1, show_default=True,
              help="Of the matrix products; with one, exponents measure arithmetic.")  # fmt: skip
@click.option("--budget", default=3.0, show_default=True, help="Seconds for the literal passes of one network.")
@delivered("figures")
def command(
    *,
    net: str | None,
    parameters: float | None,
    delivery: Delivery,
    **said: Any,
) -> None:
    """Measure what each way to a gradient costs, and check the chapter's claims about it.

    Without --net or --parameters networks are grown in width, depth and mini-batch, exponents are
    fitted, and the chapter's million weights are measured, within a minute. Literal passes beyond
    the budget are extrapolated from a random sample, and the report says so. Ctrl-C ends them early.
    """
    options = _options(net, parameters, said)
    with Bars() as bars, threadpool_limits(said["threads"]):
        result = _study(options, bars, single=bool(net or parameters or said["full"]))
    machine = {**result.machine, "threads": float(said["threads"])}
    delivery.deliver(replace(result, command=_command_line(), machine=machine))


def _options(net: str | None, parameters: float | None, said: dict[str, Any]) -> Options:
    if net and parameters:
        raise UsageError("--net and --parameters both name a network; give one of them.")
    if parameters is not None and not 1000 <= parameters <= 1e12:
        raise UsageError(f"--parameters {parameters:g} is out of range; take 1e3 to 1e12.")
    if not said["budget"] > 0:
        raise UsageError(f"--budget {said['budget']:g} leaves no time for a pass; take a positive number of seconds.")
    sizes = parse_sizes(net) if net else sizes_for(parameters) if parameters else CHAPTER
    return Options(
        sizes=tuple(sizes),
        activations=tuple(name.strip() for name in said["activation"].split(",")),
        cost=said["cost"],
        examples=said["examples"],
        seed=said["seed"],
        budget=said["budget"],
        least=LEAST,
        full=said["full"],
    )


def _study(options: Options, bars: Bars, *, single: bool) -> ScalingResult:
    if parameter_count(options.sizes) >= LARGE:
        return large_study(options, bars)
    return network_study(options, bars) if single else default_study(options, bars)


def _command_line() -> str:
    return " ".join(["gradcheck", *sys.argv[1:]])


class Bars:
    """A progress bar with the remaining time for whatever takes longer than a second; nothing in a pipe."""

    def __init__(self) -> None:
        self._what = ""
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._close()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show that *done* of *total* of something is done."""
        if not sys.stderr.isatty():
            return
        if what != self._what or self._bar is None:
            self._close()
            self._what, self._bar = what, tqdm(total=total, desc=what, leave=False, delay=1, unit_scale=True)
        self._bar.update(done - self._bar.n)

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None
