"""Eq. 53: the gradient as a sum over every path, on small networks."""

import numpy as np
import pytest

from nets import Network, backprop, enumerate_paths, path_sum
from nets.activations import ACTIVATIONS
from nets.paths import count_paths

RNG = np.random.default_rng(11)
X, Y = RNG.standard_normal((3, 4)), np.eye(2)[:, [0, 1, 1, 0]]


def small(**options):
    """A 3-4-3-2 network."""
    return Network([3, 4, 3, 2], seed=5, **options)


@pytest.mark.parametrize("hidden", [name for name, f in ACTIVATIONS.items() if not f.couples])
@pytest.mark.parametrize(("last", "cost"), [("sigmoid", "quadratic"), ("softmax", "log_likelihood")])
def test_the_sum_over_paths_equals_backprop(hidden, last, cost):
    """Weights and biases agree to 1e-12 for every activation, softmax's coupling and an L2 term included."""
    network = small(activation=[hidden, "tanh", last], cost=cost, l2=0.1)
    expected = backprop(network, X, Y)
    for name, array in path_sum(network, X, Y).items():
        assert np.abs(array - expected[name]).max() <= 1e-12 * np.abs(expected[name]).max()


def test_single_neurons_with_another_function_have_paths_like_the_others():
    """The chapter's exercise goes through Eq. 53 too."""
    network = small(neurons={(3, 1): "softplus"}, cost="cross_entropy")
    expected = backprop(network, X, Y)
    for name, array in path_sum(network, X, Y).items():
        assert np.abs(array - expected[name]).max() <= 1e-12 * np.abs(expected[name]).max()


def test_a_path_shows_its_neurons_its_rates_and_their_product():
    """One weight of a linear net: σ′ is 1, so the rates are an input, weights and a − y."""
    network = Network([2, 2, 1], activation="identity")
    network.weights = [np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, 6.0]])]
    network.biases = [np.zeros((2, 1)), np.zeros((1, 1))]
    found = enumerate_paths(network, np.array([[1.0], [0.5]]), np.array([[30.0]]), "w2", (1, 0))
    assert found.neurons.tolist() == [[1, 0]]
    assert found.factors[:, :, 0].tolist() == [[1.0, 6.0, 10.0]]
    assert found.products.tolist() == [[60.0]]
    assert found.total == 60


@pytest.mark.parametrize(
    ("name", "index"), [("w2", (1, 2)), ("b2", (3,)), ("b3", (2, 0)), ("w4", (1, 0)), ("b4", (0,))]
)
def test_the_paths_of_one_entry_add_up_to_its_derivative(name, index):
    """The total is backprop's entry, and there are as many paths as ways through the later layers."""
    network = small(activation=["tanh", "sigmoid", "softmax"], cost="quadratic")
    found = enumerate_paths(network, X, Y, name, index)
    expected = backprop(network, X, Y)[name]
    assert found.total == pytest.approx(expected[index if len(index) == 2 else (*index, 0)], rel=1e-12)
    assert len(found.neurons) == {"2": 6, "3": 2, "4": 2}[name[1]]
    assert found.products == pytest.approx(found.factors.prod(axis=1))
    assert len({tuple(walk) for walk in found.neurons}) == len(found.neurons)


def test_a_wrong_rate_would_be_seen():
    """A network whose derivative is not that of its value gives another sum than the true gradient."""

    class Halved(type(ACTIVATIONS["tanh"])):
        def derivative(self, z, a, out=None):
            return super().derivative(z, a, out) / 2

    right, wrong = small(activation="tanh"), small(activation=["tanh", Halved(), "tanh"])
    assert path_sum(wrong, X, Y)["w2"] == pytest.approx(path_sum(right, X, Y)["w2"] / 2, rel=1e-12)
    assert path_sum(wrong, X, Y)["w4"] == pytest.approx(path_sum(right, X, Y)["w4"], rel=1e-12)


def test_too_many_paths_are_refused_with_their_number():
    """The count is exact, and the caller's limit decides."""
    network = Network([784, 30, 10], seed=1)
    assert count_paths(network) == 30 * 785 * 10 + 10 * 31
    with pytest.raises(
        ValueError, match=r"Eq\. 53 sums over 235,810 paths for this network, more than the limit of 1,000"
    ):
        path_sum(network, np.zeros((784, 1)), np.zeros((10, 1)), limit=1000)
    with pytest.raises(ValueError, match=r"10 paths for w2\[0, 5\], more than the limit of 9"):
        enumerate_paths(network, np.zeros((784, 1)), np.zeros((10, 1)), "w2", (0, 5), limit=9)


@pytest.mark.parametrize(
    ("name", "index", "message"),
    [
        ("w9", (0, 0), "There is no array 'w9'; this network has w2, b2, w3, b3, w4, b4."),
        ("w2", (4, 0), r"There is no entry \[4, 0\] in w2, whose shape is \(4, 3\)."),
        ("w2", (1,), r"There is no entry \[1\] in w2, whose shape is \(4, 3\)."),
        ("b2", (-1,), r"There is no entry \[-1\] in b2, whose shape is \(4, 1\)."),
    ],
)
def test_an_entry_that_does_not_exist_is_named(name, index, message):
    """The message says which arrays there are, or what shape this one has."""
    with pytest.raises(ValueError, match=message):
        enumerate_paths(small(), X, Y, name, index)
