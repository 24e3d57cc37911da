"""Eq. 53 for one weight of a small network, beside what backprop says."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from gradcheck.results import PathSum
from nets.backprop import backprop
from nets.network import Network
from nets.paths import enumerate_paths

Array = NDArray[Any]
MOST_PATHS = 10_000


def paths_through(network: Network, x: Array, y: Array, name: str, index: tuple[int, ...]) -> PathSum:
    """Every path from the entry ``name[index]`` to the cost, its rates and their product, for one example.

    Args:
        network: a small network.
        x: the input (n_in, 1).
        y: the target (n_out, 1).
        name: the array: ``"w2"``, ``"b2"``, ...
        index: (j, k) of a weight, (j,) or (j, 0) of a bias, counted from 0.

    Raises:
        ValueError: an entry that does not exist, or more than ``MOST_PATHS`` paths.
    """
    paths = enumerate_paths(network, x, y, name, index, limit=MOST_PATHS)
    place = (*index, 0) if len(index) == 1 else index
    return PathSum(
        sizes=tuple(network.sizes),
        name=name,
        index=index,
        layer=int(name[1:]),
        neurons=tuple(tuple(walk) for walk in paths.neurons.tolist()),
        factors=tuple(tuple(rates) for rates in paths.factors[:, :, 0].tolist()),
        products=tuple(paths.products[:, 0].tolist()),
        backprop=float(backprop(network, x, y)[name][place]),
    )
