"""Files that hold gradients of several families."""

import pytest

from gradcheck.submissions.check import check_file

NETWORK = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

class Network:
    def __init__(self, sizes):
        self.weights = [np.random.randn(b, a) for a, b in zip(sizes, sizes[1:])]
        self.biases = [np.random.randn(b, 1) for b in sizes[1:]]

    def feedforward(self, a):
        for w, b in zip(self.weights, self.biases):
            a = sigmoid(w @ a + b)
        return a

    def cost_derivative(self, a, y):
        return a - y

    def backprop(self, x, y):
        activations = [x]
        for w, b in zip(self.weights, self.biases):
            activations.append(sigmoid(w @ activations[-1] + b))
        delta = self.cost_derivative(activations[-1], y) * activations[-1] * (1 - activations[-1])
        dw, db = [], []
        for l in range(len(self.weights) - 1, -1, -1):
            dw.insert(0, delta @ activations[l].T)
            db.insert(0, delta)
            if l:
                delta = self.weights[l].T @ delta * activations[l] * (1 - activations[l])
        return db, dw

def compute_cost(theta, X, y, lam):
    h = sigmoid(X @ theta)
    return -np.mean(y * np.log(h) + (1 - y) * np.log(1 - h)) + lam / (2 * len(y)) * np.sum(theta[1:] ** 2)

def compute_gradient(theta, X, y, lam):
    grad = X.T @ (sigmoid(X @ theta) - y) / len(y)
    grad[{first}:] += lam / len(y) * theta[{first}:]
    return grad
"""


@pytest.mark.parametrize(("first", "verdict"), [("1", "pass"), ("0", "fail")])
def test_a_class_and_a_flat_gradient_are_both_judged(tmp_path, first, verdict):
    """The network is right; the regression beside it may be wrong."""
    path = tmp_path / "both.py"
    path.write_text(NETWORK.replace("{first}", first), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == verdict
    assert result.interface.startswith("chapter, flat: class Network, backprop(x, y); compute_gradient")
    assert ("the biases are regularised, though" in result.reason) == (verdict == "fail")
