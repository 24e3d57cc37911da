"""The engine verified: backprop against Eq. 46, complex steps, Eq. 53, and example by example."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.differences import complex_step
from gradcheck.estimate import numerical_gradient
from gradcheck.reference.engine import Network, backprop, backprop_by_example, path_sum, perturbation
from gradcheck.results import Finding, Verdict

Array = NDArray[Any]
Named = Mapping[str, Array]
HIDDEN = ("sigmoid", "tanh", "relu", "leaky_relu", "identity", "softplus", "gelu")
OUTPUTS = (
    ("sigmoid", "quadratic"),
    ("sigmoid", "cross_entropy"),
    ("tanh", "quadratic"),
    ("identity", "quadratic"),
    ("softmax", "log_likelihood"),
    ("softmax", "quadratic"),
)
SHAPES = ((4, 3), (3, 4, 2), (3, 5, 4, 3))
BATCHES = (1, 5)
Way = Callable[[Network, Array, Array], Named]


def _complex(network: Network, x: Array, y: Array) -> Named:
    found = numerical_gradient(lambda point: network.cost_at(point, x, y), dict(network.parameters), complex_step())
    gradient: Named = found.gradient
    return gradient


def _propagated(network: Network, x: Array, y: Array) -> Named:
    return dict(perturbation(network, x, y, epsilon=1e-20, mode="propagated"))


WAYS: dict[str, tuple[str, Way, float]] = {
    "complex-step": ("the complex step Im C(w + ih)/h", _complex, 1e-12),
    "eq46": ("Eq. 46 without round-off (propagated, ε = 1e-20)", _propagated, 1e-11),
    "eq53": ("Eq. 53, every path", path_sum, 1e-11),
    "by-example": ("the chapter's loop over examples", backprop_by_example, 1e-13),
}
"""Ways to the same gradient, and how closely each must agree with backprop, relative to an array's largest entry."""


def engine_findings(seed: int) -> tuple[Finding, ...]:
    """One finding for each way: over how many networks it was compared, and how closely it agreed at worst."""
    return tuple(_compared(name, seed) for name in WAYS)


def _compared(name: str, seed: int) -> Finding:
    says, way, bound = WAYS[name]
    worst, count, where = 0.0, 0, ""
    for network, x, y in networks(seed):
        difference = apart(backprop(network, x, y), way(network, x, y))
        count += 1
        if difference >= worst:
            worst, where = difference, f"{'-'.join(map(str, network.sizes))}, {network.activations[0]}"
    verdict = Verdict.PASS if worst <= bound else Verdict.FAIL
    message = f"backprop against {says}: {count} networks, at most {worst:.1g} apart ({where}); allowed {bound:g}."
    return Finding(f"engine/{name}", verdict, message, "BP1-BP4")


def networks(seed: int) -> Iterator[tuple[Network, Array, Array]]:
    """A grid of activations, outputs, costs, shapes and batches, with data."""
    rng = np.random.default_rng(seed)
    for hidden, (output, cost), sizes, m in product(HIDDEN, OUTPUTS, SHAPES, BATCHES):
        activations = [*[hidden] * (len(sizes) - 2), output]
        seed_of_weights = int(rng.integers(2**31))
        network = Network(
            sizes, activation=activations, cost=cost, initialisation="scaled", seed=seed_of_weights
        )  # weights of N(0, 1/n_in): no saturated output, where every way but backprop's loses digits
        yield network, rng.standard_normal((sizes[0], m)), np.eye(sizes[-1])[:, rng.integers(0, sizes[-1], m)]


def apart(a: Named, b: Named) -> float:
    """The largest difference of two gradients, relative to each array's largest entry."""
    return max(float(np.abs(a[name] - b[name]).max() / max(np.abs(b[name]).max(), 1e-300)) for name in a)
