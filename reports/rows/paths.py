"""The report of one derivative as a sum over paths (Eq. 53)."""

from __future__ import annotations

from gradcheck.results import PathSum
from reports import numbers
from reports.document import Document, Table, without_empty

MOST_PATHS = 40


def paths_document(result: PathSum) -> Document:
    """The sum, and the paths with the largest shares in it."""
    return Document(
        verdict="paths",
        subject=f"∂C/∂{numbers.entry(result.name, result.index)} of a {numbers.sizes(result.sizes)} network, by Eq. 53",
        sentence=f"{numbers.value(result.derivative)} is the sum over {numbers.counted(len(result.products), 'path')}.",
        parts=without_empty(paths_table(result)),
    )


def paths_table(result: PathSum) -> Table:
    """A row for each path, the largest first: its neurons (counted from 1), its rates, their product."""
    order = sorted(range(len(result.products)), key=lambda p: -abs(result.products[p]))
    left_out = len(order) - MOST_PATHS
    note = f"{left_out:,} paths with smaller products are left out." if left_out > 0 else ""
    rows = tuple(_path_row(result, p) for p in order[:MOST_PATHS])
    return Table("Paths", ("neurons", "rate factors", "product"), rows, frozenset({"product"}), note)


def _path_row(result: PathSum, p: int) -> tuple[str, str, str]:
    neurons = " → ".join(str(neuron + 1) for neuron in result.neurons[p])
    return neurons, " · ".join(f"{rate:.4g}" for rate in result.factors[p]), numbers.value(result.products[p])
