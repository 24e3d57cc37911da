"""The report of one derivative as a sum over paths (Eq. 53)."""

from __future__ import annotations

from gradcheck.results import PathSum
from reports import numbers
from reports.document import Document, Table, without_empty
from reports.rows.shared import closing

MOST_PATHS = 40


def paths_document(result: PathSum) -> Document:
    """The sum, and the paths with the largest shares in it."""
    return Document(
        verdict="paths",
        subject=f"∂C/∂{numbers.entry(result.name, result.index)} of a {numbers.sizes(result.sizes)} network, by Eq. 53",
        sentence=f"The sum over {numbers.counted(len(result.products), 'path')} is {_derivative(result)}.",
        parts=without_empty(paths_table(result)),
        closing=closing((result.command,), (), result.seed, result.versions),
    )


def _derivative(result: PathSum) -> str:
    """The sum, and beside it what backprop says."""
    total = numbers.value(result.derivative)
    if result.backprop is None:
        return total
    apart = abs(result.derivative - result.backprop) / (max(abs(result.derivative), abs(result.backprop)) or 1.0)
    said = numbers.value(result.backprop)
    return f"{total}; backprop says {said}, a relative difference of {numbers.small(apart)}"


def paths_table(result: PathSum) -> Table:
    """A row for each path, the largest first: its neurons (counted from 0), its rates, their product."""
    order = sorted(range(len(result.products)), key=lambda p: -abs(result.products[p]))
    left_out = len(order) - MOST_PATHS
    note = f"{left_out:,} paths with smaller products are left out." if left_out > 0 else ""
    rows = tuple(_path_row(result, p) for p in order[:MOST_PATHS])
    return Table("Paths", ("neurons, from 0", "rate factors", "product"), rows, frozenset({"product"}), note)


def _path_row(result: PathSum, p: int) -> tuple[str, str, str]:
    neurons = " → ".join(str(neuron) for neuron in result.neurons[p])
    return neurons, " · ".join(f"{rate:.4g}" for rate in result.factors[p]), numbers.value(result.products[p])
