"""``gradcheck paths``: one derivative as Eq. 53's sum over every path from a weight to the cost."""

from __future__ import annotations

import re
import sys
from dataclasses import replace

import click

from gradcheck.cli.deliver import Delivery, delivered
from gradcheck.errors import UsageError
from gradcheck.reference.paths import paths_through
from gradcheck.results import PathSum
from gradcheck.scaling.subject import Options, subject
from gradcheck.submissions.options import parse_names, parse_sizes
from gradcheck.versions import versions

ENTRY = re.compile(r"([wb]\d+)\s*[\[,]\s*(\d+)\s*(?:,\s*(\d+)\s*)?\]?")


@click.command("paths", short_help="One derivative as a sum over paths, beside backprop.")
@click.option("--net", default="2-3-2", show_default=True, help="A small network, as layer sizes.")
@click.option("--weight", default="w2,0,0", show_default=True,
              help="The weight w2,j,k or the bias b2,j: its layer, then its neurons, counted from 0.")  # fmt: skip
@click.option("--activation", default="sigmoid", show_default=True,
              help="One name, or hidden,output, or one for each layer.")  # fmt: skip
@click.option("--cost", default="quadratic", show_default=True, help="quadratic, cross_entropy or log_likelihood.")
@click.option("--seed", default=0, show_default=True, help="Of weights and data.")
@delivered("figures")
def command(
    *,
    net: str,
    weight: str,
    activation: str,
    cost: str,
    seed: int,
    delivery: Delivery,
) -> None:
    """Sum over every path from one weight to the cost (Eq. 53), and compare with backprop.

    Each path contributes the product of its rate factors, one for each edge. --figures draws the
    network with the rates on its edges and the path that contributes most in colour.
    """
    options = Options(sizes=tuple(parse_sizes(net)), activations=parse_names(activation), cost=cost, seed=seed)
    said = " ".join(["gradcheck", *sys.argv[1:]])
    result = replace(path_sum(options, *entry(weight)), command=said, seed=seed, versions=versions())
    delivery.deliver(result)


def entry(text: str) -> tuple[str, tuple[int, ...]]:
    """Array and index of ``w2,0,1``, ``w2[0,1]`` or ``b2,0``. Raises UsageError where it is none of them."""
    found = ENTRY.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"--weight {text:.40} names no entry; write w2,0,1 for a weight and b2,0 for a bias.")
    name, j, k = found.groups()
    return name, (int(j), *((int(k),) if k else ()))


def path_sum(options: Options, name: str, index: tuple[int, ...]) -> PathSum:
    """Eq. 53 on a random network. Raises UsageError where there is no such entry, or too many paths."""
    of = subject(options)
    try:
        return paths_through(of.network, of.x, of.y, name, index)
    except ValueError as error:
        raise UsageError(str(error)) from error
