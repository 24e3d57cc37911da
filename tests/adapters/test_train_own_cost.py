"""Costs that a class computes in a method which its steps do not call: they decide what the steps are measured by."""

import pytest

from gradcheck.submissions.check import check_file

SOURCE = """
import numpy as np
class MLP:
    def __init__(self, n_in, n_hidden, n_out):
        self.hidden = {'W': np.random.randn(n_in, n_hidden), 'b': np.zeros((1, n_hidden))}
        self.last = {'W': np.random.randn(n_hidden, n_out), 'b': np.zeros((1, n_out))}
    def forward(self, X):
        self.X = X
        self.h = np.tanh(X @ self.hidden['W'] + self.hidden['b'])
        self.out = self.h @ self.last['W'] + self.last['b']
        return self.out
    def compute_loss(self, predictions, targets):
        squares = np.sum(self.hidden['W'] ** 2) + np.sum(self.last['W'] ** 2)
        return MEAN + 0.02 * squares / (2 * targets.shape[0])
    def backward(self, X, y, learning_rate):
        m = X.shape[0]
        dout = (self.out - y) / m
        dlast, dblast = self.h.T @ dout + 0.02 * self.last['W'] / m, dout.sum(axis=0, keepdims=True)
        dh = dout @ self.last['W'].T * (1 - self.h ** 2)
        self.hidden['W'] -= learning_rate * (X.T @ dh + 0.02 * self.hidden['W'] / m)
        self.hidden['b'] -= learning_rate * dh.sum(axis=0, keepdims=True)
        self.last['W'] -= learning_rate * dlast
        self.last['b'] -= learning_rate * dblast
"""
HALF_MEAN = "np.sum((predictions - targets) ** 2) / (2 * targets.shape[0])"
FORMS = {
    "outputs first": ("", ""),
    "targets first": ("(self, predictions, targets)", "(self, targets, predictions)"),
    "after forward": ("(self, predictions, targets):", "(self, targets):\n        predictions = self.out"),
    "the data": ("(self, predictions, targets):", "(self, X, targets):\n        predictions = self.forward(X)"),
}


@pytest.fixture
def checked(tmp_path):
    """The result for the source with this cost, called in this form."""

    def check(cost, form="outputs first"):
        old, new = FORMS[form]
        path = tmp_path / "net.py"
        path.write_text(SOURCE.replace("MEAN", cost).replace(old or "\0", new), encoding="utf-8")
        return check_file(path, isolate="off")

    return check


@pytest.mark.parametrize("form", FORMS)
def test_a_cost_with_its_weights_in_it_is_understood_however_it_is_called(checked, form):
    """A right gradient is measured by the reported cost, its λ included."""
    result = checked(HALF_MEAN, form)
    assert result.verdict.value == "pass"
    assert result.network.endswith("quadratic cost, mean, 0.02/(2m) Σ w² written into the code")


@pytest.mark.parametrize("form", FORMS)
def test_the_gradient_of_another_cost_than_the_reported_one_is_wrong(checked, form):
    """np.mean over outputs too, beside a gradient without 2/n_out: no rate makes up for it, as λ has no such factor."""
    result = checked("np.mean((predictions - targets) ** 2)", form)
    assert result.verdict.value == "fail"
    assert result.diagnosis[0].fault == "other_reduction"
    assert "the cost that is reported is the quadratic cost, twice the mean over examples and outputs" in result.reason


def test_a_cost_of_no_known_form_decides_nothing_and_the_written_lambda_is_said(checked):
    """The steps are then measured by the cost that they follow, and its L2 term is in a note."""
    result = checked("np.abs(predictions - targets).max()")
    assert result.verdict.value == "pass"
    assert "an L2 term with λ = 0.02 is part of the gradient; no cost is reported" in result.notes


ADDED = """
import numpy as np
class Net:
    def __init__(self, n_in):
        self.sizes, self.kinds, self.W, self.b, self.kept = [n_in], [], {}, {}, {}
    def add(self, units, activation):
        self.kinds.append(activation)
        self.W[str(len(self.kinds))] = np.random.randn(units, self.sizes[-1])
        self.b[str(len(self.kinds))] = np.zeros((units, 1))
        self.sizes.append(units)
    def activate(self, Z, kind):
        if kind == "sigmoid":
            return 1 / (1 + np.exp(-Z))
        if kind == "softmax":
            E = np.exp(Z - Z.max(axis=0, keepdims=True))
            return E / E.sum(axis=0, keepdims=True)
        raise ValueError(kind)
    def forward(self, A):
        self.kept["0"] = A
        for i, kind in enumerate(self.kinds, 1):
            A = self.kept[str(i)] = self.activate(self.W[str(i)] @ A + self.b[str(i)], kind)
        return A
    def cost(self, out, Y):
        return -np.sum(np.log(np.sum(out * Y, axis=0) + 1e-12))
    def train(self, X, Y, iterations, learning_rate=0.01):
        for _ in range(iterations):
            out = self.forward(X)
            dZ, m = (out - Y), X.shape[1]
            for k in range(len(self.kinds), 0, -1):
                A = self.kept[str(k - 1)]
                dW, db = dZ @ A.T / m, dZ.sum(axis=1, keepdims=True) / m
                dZ = (self.W[str(k)].T @ dZ) * A * (1 - A)
                self.W[str(k)] = self.W[str(k)] - learning_rate * dW
                self.b[str(k)] = self.b[str(k)] - learning_rate * db
"""


def test_a_cost_that_does_not_suit_the_outputs_decides_nothing(tmp_path):
    """The cost of a softmax's outputs, in a network whose activations are ours to say: nobody else pairs it with σ."""
    path = tmp_path / "net.py"
    path.write_text(ADDED, encoding="utf-8")
    assert check_file(path, isolate="off").verdict.value == "pass"
