"""Eq. 53: the gradient as a sum over paths through the network, enumerated one by one.

    ∂C/∂w^l_jk = Σ_{q…nm} ∂C/∂a^L_m · ∂a^L_m/∂a^{L−1}_n ⋯ ∂a^{l+1}_q/∂a^l_j · ∂a^l_j/∂w^l_jk

A path leads from the weight over one neuron in each later layer to the cost; each edge contributes
the rate at which its end changes with its start, and a path the product of its rates. Nothing
is shared between paths, so this is independent of BP2, and exponential in the depth.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.activations import Activation
from nets.backprop import checked_columns
from nets.feedforward import Feedforward, Named

Array = NDArray[Any]
LIMIT = 1_000_000


@dataclass(frozen=True)
class Paths:
    """Every path from one weight or bias to the cost, with its rates, for m examples.

    Attributes:
        neurons: the neuron that each path visits in layers l, ..., L, counted from 0, shape (paths, L − l + 1).
        factors: the rates along each path, ∂a^l/∂w first and ∂C_x/∂a^L last, shape (paths, L − l + 2, m).
        products: each path's product, its share of ∂C_x/∂w, shape (paths, m).
    """

    neurons: NDArray[np.intp]
    factors: Array
    products: Array

    @property
    def total(self) -> Any:
        """(1/m) Σ_x Σ_paths: Eq. 53 for this weight, without regularisation."""
        return self.products.sum() / self.products.shape[1]


def path_sum(network: Feedforward, x: Array, y: Array, *, limit: int = LIMIT) -> Named:
    """The gradient of ``network.cost(x, y)`` by Eq. 53, every path of every weight and bias enumerated.

    ∂C/∂a^L is taken as the equation has it. Where an output rounds to 0 or 1 and the cost's slope is
    infinite there, that factor has no digits left, and backprop, which works from z, is the better one.

    Args:
        network: a small network, with any activations; softmax outputs bring paths of their own (z_j moves every a_m).
        x: inputs (n_in, examples).
        y: targets (n_out, examples).
        limit: the most paths to enumerate.

    Returns:
        ``{"w2": ..., "b2": ..., ...}`` like ``backprop``; ``enumerate_paths`` shows one weight's paths and rates.

    Raises:
        ValueError: more paths than *limit*, naming their number, or shapes that do not fit.
    """
    _check_limit(count_paths(network), limit, "this network")
    rates = _Rates.of(network, x, y)
    gradient = {name: np.zeros_like(array) for name, array in network.parameters.items()}
    for layer in range(2, network.num_layers + 1):
        for j in range(network.sizes[layer - 1]):
            from_z = rates.along(rates.walks(layer, j), layer, j).prod(axis=1).sum(axis=0)
            gradient[f"b{layer}"][j] = from_z.mean()
            gradient[f"w{layer}"][j] = (rates.activations[layer - 1] * from_z).mean(axis=1)
        gradient[f"w{layer}"] += network.l2 * network.weights[layer - 2]
    return gradient


def enumerate_paths(
    network: Feedforward, x: Array, y: Array, name: str, index: tuple[int, ...], *, limit: int = LIMIT
) -> Paths:
    """Every path from one weight or bias, with the rate of each edge and the product of each path.

    Args:
        network: a small network, with any activations.
        x: inputs (n_in, examples).
        y: targets (n_out, examples).
        name: the array, ``"w2"``, ``"b2"``, ...
        index: the entry, (j, k) of a weight and (j,) or (j, 0) of a bias.
        limit: the most paths to enumerate.

    Raises:
        ValueError: an entry that does not exist, more paths than *limit*, or shapes that do not fit.
    """
    layer, j, k = _entry(network, name, index)
    _check_limit(_paths_from(network, layer), limit, f"{name}{list(index)}")
    rates = _Rates.of(network, x, y)
    walks = rates.walks(layer, j)
    factors = rates.along(walks, layer, j)
    if k is not None:
        factors[:, 0] *= rates.activations[layer - 1][k]
    return Paths(walks, factors, factors.prod(axis=1))


def count_paths(network: Feedforward) -> int:
    """The number of paths to the cost from all weights and biases together."""
    layers = zip(range(2, network.num_layers + 1), network.biases, network.weights, strict=True)
    return sum((b.size + w.size) * _paths_from(network, layer) for layer, b, w in layers)


def _paths_from(network: Feedforward, layer: int) -> int:
    """The number of paths from one weight into that layer; coupled outputs all move with one z."""
    coupled = layer == network.num_layers and network.activations[-1].couples
    return network.sizes[-1] if coupled else prod(network.sizes[layer:])


def _check_limit(count: int, limit: int, what: str) -> None:
    if count > limit:
        raise ValueError(
            f"Eq. 53 sums over {count:,} paths for {what}, more than the limit of {limit:,}: "
            "take a smaller network or set a higher limit."
        )


def _entry(network: Feedforward, name: str, index: tuple[int, ...]) -> tuple[int, int, int | None]:
    """The layer, neuron j and input k (None for a bias) of an entry."""
    array = network.parameters.get(name)
    if array is None:
        raise ValueError(f"There is no array {name!r}; this network has {', '.join(network.parameters)}.")
    full = (*index, 0) if name.startswith("b") and len(index) == 1 else tuple(index)
    if len(full) != 2 or not all(0 <= i < n for i, n in zip(full, array.shape, strict=True)):
        raise ValueError(f"There is no entry {list(index)} in {name}, whose shape is {array.shape}.")
    return int(name[1:]), full[0], None if name.startswith("b") else full[1]


@dataclass(frozen=True)
class _Rates:
    """The rate factor of every edge for m examples, by the chapter's layer number l.

    Attributes:
        activations: a^l, shape (n_l, m), from layer 1, the input.
        own: ∂a^l_q/∂z^l_j, shape (n_l, n_l, m), from layer 2; diagonal but for softmax.
        edges: ∂a^l_q/∂a^{l−1}_n, shape (n_l, n_{l−1}, m), from layer 2.
        cost: ∂C_x/∂a^L_m, shape (n_L, m).
    """

    activations: dict[int, Array]
    own: dict[int, Array]
    edges: dict[int, Array]
    cost: Array
    couples: bool

    @classmethod
    def of(cls, network: Feedforward, x: Array, y: Array) -> _Rates:
        """The rates at these inputs and targets."""
        x, y = checked_columns(network, x, y)
        activations, own, edges = {1: x}, {}, {}
        layers = zip(network.weights, network.biases, network.activations, strict=True)
        for layer, (w, b, f) in enumerate(layers, start=2):
            z = w @ activations[layer - 1] + b
            activations[layer] = f.value(z)
            own[layer] = _jacobian(f, z, activations[layer])
            edges[layer] = np.einsum("qjm,jn->qnm", own[layer], w)
        slope = network.cost_function.derivative(activations[network.num_layers], y)
        return cls(activations, own, edges, slope, network.activations[-1].couples)

    def walks(self, layer: int, j: int) -> NDArray[np.intp]:
        """Every way from z_j of that layer to the outputs: the neuron in each layer, shape (paths, layers)."""
        last = len(self.activations)
        starts = range(len(self.cost)) if layer == last and self.couples else [j]
        later = [range(len(self.activations[l])) for l in range(layer + 1, last + 1)]
        return np.stack([axis.ravel() for axis in np.meshgrid(starts, *later, indexing="ij")], axis=1)

    def along(self, walks: NDArray[np.intp], layer: int, j: int) -> Array:
        """The rates along each way, ∂a/∂z_j first and ∂C/∂a last, shape (paths, layers + 1, m)."""
        first = self.own[layer][walks[:, 0], j]
        steps = [self.edges[layer + i][walks[:, i], walks[:, i - 1]] for i in range(1, walks.shape[1])]
        return np.stack([first, *steps, self.cost[walks[:, -1]]], axis=1)


def _jacobian(f: Activation, z: Array, a: Array) -> Array:
    """∂a_q/∂z_j for each example, shape (n, n, m): the rows are what a unit error in a_q pulls back to."""
    rows = []
    for q in range(len(z)):
        unit = np.zeros_like(z)
        unit[q] = 1
        rows.append(f.pull_back(z, a, unit))
    return np.stack(rows)
