"""The engine against a complex step through its own forward pass."""

import numpy as np
import pytest

from nets import Network, backprop
from nets.activations import ACTIVATIONS
from nets.backprop import backprop_by_example

HIDDEN = [name for name, f in ACTIVATIONS.items() if not f.couples]
PAIRS = [
    ("sigmoid", "quadratic"),
    ("sigmoid", "cross_entropy"),
    ("softmax", "log_likelihood"),
    ("softmax", "quadratic"),
    ("softmax", "cross_entropy"),
    ("identity", "quadratic"),
]


def complex_step(network, x, y):
    """Im C(w + ih)/h, entry by entry."""
    gradient = {}
    for name, array in network.parameters.items():
        gradient[name] = np.empty(array.shape)
        for index in np.ndindex(array.shape):
            point = {key: value.astype(complex) for key, value in network.parameters.items()}
            point[name][index] += 1e-30j
            gradient[name][index] = network.cost_at(point, x, y).imag / 1e-30
    return gradient


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(("last", "cost"), PAIRS)
def test_backprop_equals_the_complex_step_for_every_activation_and_cost(hidden, last, cost):
    """Backprop differs from Im C(w + ih)/h by at most 1e-12 of the array's largest derivative."""
    rng = np.random.default_rng(7)
    network = Network([4, 5, 3, 3], activation=[hidden, hidden, last], cost=cost, seed=1, l2=0.1)
    x, y = rng.standard_normal((4, 6)), np.eye(3)[:, rng.integers(0, 3, 6)]
    gradient, expected = backprop(network, x, y), complex_step(network, x, y)
    for name, array in gradient.items():
        assert np.abs(array - expected[name]).max() <= 1e-12 * np.abs(expected[name]).max()


def test_matrix_based_backprop_equals_the_sum_over_examples():
    """The fully matrix-based form and the chapter's loop over examples agree to 1e-13."""
    rng = np.random.default_rng(3)
    network = Network([6, 7, 5, 3], seed=2, neurons={(2, 1): "tanh"}, l2=0.01)
    x, y = rng.standard_normal((6, 8)), rng.random((3, 8))
    together, one_by_one = backprop(network, x, y), backprop_by_example(network, x, y)
    for name, array in together.items():
        assert np.abs(array - one_by_one[name]).max() <= 1e-13 * np.abs(array).max()
