"""Networks that show nothing but their cost."""

import numpy as np
import pytest

from gradcheck.reference import recognise_by_cost
from gradcheck.reference.recognise import build


@pytest.mark.parametrize(
    ("sizes", "activations", "cost"),
    [
        ((5, 4, 3), ("sigmoid", "sigmoid"), "cross_entropy"),
        ((5, 4, 3), ("relu", "softmax"), "log_likelihood"),
        ((5, 4, 6, 1), ("tanh", "relu", "sigmoid"), "cross_entropy"),
        ((5, 3), ("softmax",), "log_likelihood"),
        ((5, 1), ("identity",), "quadratic"),
    ],
)
def test_activations_follow_from_the_cost(sizes, activations, cost):
    """The mean of a known cost of the outputs is enough to tell the network."""

    def reported(named, x, y, l2):
        return float(build(activations, named, cost).costs(x, y).mean())

    found = recognise_by_cost(reported, sizes)
    assert found is not None
    assert found.activations == activations


def test_another_cost_is_not_recognised():
    """A hinge loss, and a network with a term more, are none of ours."""

    def hinge(named, x, y, l2):
        return float(np.maximum(0, 1 - (2 * y - 1) * (named["w2"] @ x + named["b2"])).sum())

    def sparse(named, x, y, l2):
        return float(build(("sigmoid", "sigmoid"), named, "quadratic").costs(x, y).mean() + np.abs(named["w2"]).sum())

    assert recognise_by_cost(hinge, (5, 3)) is None
    assert recognise_by_cost(sparse, (5, 4, 3)) is None
