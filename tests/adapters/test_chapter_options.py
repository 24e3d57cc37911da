"""Costs as classes: each one that a constructor may be given is judged."""

import pytest

from gradcheck import check_file

TWO_COSTS = """
import numpy as np
def logistic(z):
    return 1 / (1 + np.exp(-z))
class Entropy:
    @staticmethod
    def value(a, y):
        return -np.sum(y * np.log(a) + (1 - y) * np.log(1 - a))
    @staticmethod
    def delta(z, a, y):
        return {entropy}
class Squares:
    @staticmethod
    def value(a, y):
        return np.sum((a - y) ** 2) / 2
    @staticmethod
    def delta(z, a, y):
        return (a - y) * {squares}
class Net:
    def __init__(self, sizes, cost=Entropy):
        self.cost = cost
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]
        self.weights = [np.random.randn(n, k) for k, n in zip(sizes, sizes[1:])]
    def quadratic_cost_derivative(self, a, y):
        return a - y
    def feedforward(self, a):
        for w, b in zip(self.weights, self.biases):
            a = logistic(w @ a + b)
        return a
    def backprop(self, x, y):
        zs, activations = [], [x]
        for w, b in zip(self.weights, self.biases):
            zs.append(w @ activations[-1] + b)
            activations.append(logistic(zs[-1]))
        delta, nabla_w, nabla_b = self.cost.delta(zs[-1], activations[-1], y), [], []
        for l in range(1, len(self.weights) + 1):
            nabla_w.insert(0, delta @ activations[-l - 1].T)
            nabla_b.insert(0, delta)
            if l < len(self.weights):
                delta = self.weights[-l].T @ delta * logistic(zs[-l - 1]) * (1 - logistic(zs[-l - 1]))
        return nabla_w, nabla_b
"""


@pytest.mark.parametrize(
    ("entropy", "squares", "said"),
    [
        ("a - y", "a * (1 - a)", "All 2 parts are right."),
        ("a - y", "1", "class Net(cost=Squares), backprop(x, y): δ⁴ lacks the factor σ′(z⁴) (BP1)"),
        ("y - a", "a * (1 - a)", "class Net, backprop(x, y): δ⁴ has the wrong sign"),
    ],
)
def test_every_cost_that_the_constructor_may_be_given_is_judged(tmp_path, entropy, squares, said):
    """A slip in the cost that is not the default; a derivative that nothing calls names no cost."""
    path = tmp_path / "two_costs.py"
    path.write_text(TWO_COSTS.format(entropy=entropy, squares=squares), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.reason.startswith(said)
    assert result.verdict.value == ("pass" if said.startswith("All") else "fail")


def test_an_option_that_does_not_run_is_named_and_nothing_more(tmp_path):
    """A cost whose δ asks for more than the class gives has never been used; the default is judged."""
    path = tmp_path / "two_costs.py"
    source = TWO_COSTS.format(entropy="a - y", squares="a * (1 - a)")
    path.write_text(
        source.replace("def delta(z, a, y):\n        return (a", "def delta(z, a, y, w):\n        return (a")
    )
    result = check_file(path, isolate="off")
    assert result.verdict.value == "pass"
    assert "class Net(cost=Squares) is not judged: its gradient cannot be asked for" in result.notes
