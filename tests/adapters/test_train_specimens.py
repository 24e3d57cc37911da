"""Files of the family that learns in one go, as students write them: what is said about each."""

from pathlib import Path

import pytest

from gradcheck import Verdict, check_file

SPECIMENS = Path(__file__).parents[2] / "nets" / "specimens" / "train"

RIGHT = {
    "logistic_fit.py": "sigmoid, any number of examples; cross-entropy cost, mean",
    "bias_row.py": "sigmoid, any number of examples; quadratic cost, sum",
    "neurons_in_dictionaries.py": "sigmoid, one example at a time; quadratic cost, sum",
    "xor_script.py": "sigmoid, no biases, any number of examples; quadratic cost, sum",
}
WRONG = {
    "neurons_half_a_slope.py": "δˡ contains 1 − aˡ where σ′(zˡ) belongs in every layer (BP2)",
    "index_of_flat_weights.py": "the mistake is where ∂C/∂w² is put together (BP4): ∂C/∂b² is right, and so δ² is",
    "xor_updated_too_early.py": "δ² uses w³ after its update w − η ∂C/∂w; the gradient belongs",
}


@pytest.mark.parametrize("file", RIGHT)
def test_a_right_one_passes_and_is_understood(file):
    """Weights made in ``fit``, a bias row, dictionaries of lists, a loop at module level: right is right."""
    result = check_file(SPECIMENS / file, isolate="off")
    assert result.verdict is Verdict.PASS, result.reason
    assert result.network.startswith(RIGHT[file])


@pytest.mark.parametrize("file", WRONG)
def test_a_wrong_one_fails_and_the_slip_is_located(file):
    """The reason says what is wrong, or at least where."""
    result = check_file(SPECIMENS / file, isolate="off")
    assert result.verdict is Verdict.FAIL, result.reason
    assert WRONG[file] in result.reason


def test_a_backward_method_that_takes_the_output_and_a_rate_is_a_step(tmp_path):
    """It is not mistaken for one that returns the gradient: given the rate 0 it would seem to change nothing."""
    path = tmp_path / "net.py"
    path.write_text(TAKES_THE_OUTPUT, encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict is Verdict.PASS, result.reason
    assert "class Net: train" in result.interface


TAKES_THE_OUTPUT = """
import numpy as np

class Net:
    def __init__(self, n_in, n_hidden, n_out):
        self.W1, self.b1 = np.random.randn(n_in, n_hidden), np.zeros((1, n_hidden))
        self.W2, self.b2 = np.random.randn(n_hidden, n_out), np.zeros((1, n_out))

    def forward(self, X):
        self.a1 = np.tanh(X @ self.W1 + self.b1)
        return np.tanh(self.a1 @ self.W2 + self.b2)

    def backward(self, X, y, output, learning_rate):
        d2 = (y - output) * (1 - output ** 2)
        d1 = d2 @ self.W2.T * (1 - self.a1 ** 2)
        self.W2 += learning_rate * self.a1.T @ d2
        self.b2 += learning_rate * d2.sum(axis=0, keepdims=True)
        self.W1 += learning_rate * X.T @ d1
        self.b1 += learning_rate * d1.sum(axis=0, keepdims=True)

    def train(self, X, y, epochs=1000, learning_rate=0.1):
        for _ in range(epochs):
            self.backward(X, y, self.forward(X), learning_rate)
"""
