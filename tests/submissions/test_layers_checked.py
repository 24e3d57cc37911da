"""Layers through ``check_file``: networks of one class with batch-normalisation inside, and the specimens."""

from pathlib import Path

import pytest

from gradcheck.submissions.check import check_file

SPECIMENS = Path(__file__).parents[2] / "nets" / "specimens" / "layers"
NORMALISED = """
import numpy as np
class Net:
    def __init__(self, n_in, n_h, n_out):
        self.W1, self.b1 = np.random.randn(n_in, n_h), np.zeros(n_h)
        self.gamma, self.beta = np.ones(n_h), np.zeros(n_h)
        self.W2, self.b2 = np.random.randn(n_h, n_out), np.zeros(n_out)
    def forward(self, X):
        self.X = X
        z = X @ self.W1 + self.b1
        self.s = np.sqrt(z.var(0) + 1e-5)
        self.xh = (z - z.mean(0)) / self.s
        self.h = np.tanh(self.gamma * self.xh + self.beta)
        return self.h @ self.W2 + self.b2
    def backward(self, grad):
        self.dW2, self.db2 = self.h.T @ grad, grad.sum(0)
        dh = grad @ self.W2.T * (1 - self.h ** 2)
        self.dgamma, self.dbeta = (dh * self.xh).sum(0), dh.sum(0)
        g = dh * self.gamma
        dz = (g - g.mean(0) - self.xh * (g * self.xh).mean(0)) / self.s
        self.dW1, self.db1 = self.X.T @ dz, dz.sum(0)
        return dz @ self.W1.T
"""


@pytest.fixture
def checked(tmp_path):
    """The result for some source."""

    def check(source):
        path = tmp_path / "net.py"
        path.write_text(source, encoding="utf-8")
        return check_file(path, isolate="off")

    return check


def test_a_bias_before_batch_normalisation_has_no_effect_and_is_right(checked):
    """Zero is understood for zero, in a network that is judged as a layer because none of ours computes it."""
    result = checked(NORMALISED)
    assert result.verdict.value == "pass"
    assert result.reason == "All entries are right; b1 has no effect on the cost: the gradient is 0."
    assert all(not array.inconclusive for array in result.arrays)


def test_a_bias_before_batch_normalisation_that_gets_a_gradient_is_wrong(checked):
    """The sum of what comes before the normalisation's own backward pass is not zero."""
    result = checked(NORMALISED.replace("dz.sum(0)", "dh.sum(0)"))
    assert result.verdict.value == "fail"
    assert "in b1; x, W1, gamma, beta, W2, b2 are right" in result.reason


def test_another_bias_is_named(checked):
    """The mean for the sum over the examples."""
    result = checked(NORMALISED.replace("grad.sum(0)", "grad.mean(0)"))
    assert [(one.fault, one.where) for one in result.diagnosis] == [("divided_by_m", "b2")]


EXPECTED = {
    "dvalues.py": ("pass", "All 3 parts are right.", []),
    "neighbours.py": (
        "fail",
        "Sigmoid.backward (rows are examples): In the gradient of x σ(z) stands where σ′(z) belongs. 15 of 15 entries",
        [("activation_for_slope", "x")],
    ),
    "context.py": (
        "fail",
        "Exp.backward (rows are examples): In the gradient of x the input stands where the slope belongs. 15 of 15",
        [("input_for_slope", "x")],
    ),
    "lstm_cell.py": ("fail", "159 of 199 entries are wrong, in x, h_prev, c_prev, Wx, Wh, b", []),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_specimens_in_other_styles(name):
    """What is said of each, and what is named in the wrong ones."""
    verdict, reason, named = EXPECTED[name]
    result = check_file(SPECIMENS / name, isolate="off")
    assert result.verdict.value == verdict
    assert result.reason.startswith(reason)
    assert [(one.fault, one.where) for one in result.diagnosis] == named
