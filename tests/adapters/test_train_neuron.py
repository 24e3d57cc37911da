"""A neuron with a threshold beside a network that learns."""

import pytest

from gradcheck import check_file

BESIDE = """
import numpy as np
class Neuron:
    def __init__(self, num_inputs):
        self.weights, self.bias = np.random.uniform(-1, 1, num_inputs), np.random.uniform(-1, 1)
        self.learning_rate = 0.1
    def predict(self, inputs):
        return 1 if np.dot(inputs, self.weights) + self.bias > 0 else 0
    def train(self, training_inputs, labels):
        for _ in range(1000):
            for inputs, label in zip(training_inputs, labels):
                error = label - self.predict(inputs)
                self.weights += self.learning_rate * error * inputs
                self.bias += self.learning_rate * error
class Net:
    def __init__(self, n_in, n_hidden, n_out):
        self.w1, self.w2 = np.random.randn(n_in, n_hidden), np.random.randn(n_hidden, n_out)
    def forward(self, x):
        self.h = np.tanh(x @ self.w1)
        return self.h @ self.w2
    def train(self, x, y, rate):
        error = self.forward(x) - y
        hidden = error @ self.w2.T * {slope}
        self.w2 -= rate * self.h.T @ error
        self.w1 -= rate * x.T @ hidden
"""


@pytest.mark.parametrize(("slope", "verdict"), [("(1 - self.h ** 2)", "pass"), ("(1 - self.h)", "fail")])
def test_a_threshold_beside_a_network_is_named_and_the_network_judged(tmp_path, slope, verdict):
    """A step function has no gradient: the perceptron's rule adds no doubt, and a note says that it is left out."""
    path = tmp_path / "beside.py"
    path.write_text(BESIDE.format(slope=slope), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict.value == verdict
    assert "Neuron" not in result.interface
    said = "class Neuron: train is not judged: its output cannot be seen, and no cost is reported"
    assert said in result.notes
