"""A network that ends in a softmax is understood with the activation that comes first in its layers."""

from pathlib import Path

from gradcheck.results import CheckResult, Verdict
from gradcheck.submissions.check import check_file

ADDED = """
import numpy as np

class Model:
    def __init__(self, n_in):
        self.n_in, self.widths, self.kinds, self.W, self.b = n_in, [], [], {}, {}

    def add(self, units, activation):
        before = self.widths[-1] if self.widths else self.n_in
        self.widths.append(units)
        self.kinds.append(activation)
        self.W[str(len(self.widths))] = np.random.randn(units, before)
        self.b[str(len(self.widths))] = np.zeros((units, 1))

    def activate(self, Z, kind):
        if kind == "relu":
            return Z * (Z > 0)
        if kind == "softmax":
            E = np.exp(Z - Z.max(axis=0, keepdims=True))
            return E / E.sum(axis=0, keepdims=True)
        return 1 / (1 + np.exp(-Z))

    def slope(self, Z, kind):
        if kind == "relu":
            return (Z > 0) * 1
        A = self.activate(Z, kind)
        return A * (1 - A)

    def predict(self, X):
        self.A, self.Z = {0: X}, {}
        for k in range(1, len(self.widths) + 1):
            self.Z[k] = self.W[str(k)] @ self.A[k - 1] + self.b[str(k)]
            self.A[k] = self.activate(self.Z[k], self.kinds[k - 1])
        return self.A[k]

    def train(self, X, Y, iterations, learning_rate=0.01):
        for _ in range(iterations):
            d, steps = (self.predict(X) - Y) / X.shape[1], {}
            for k in range(len(self.widths), 0, -1):
                steps[str(k)] = d @ self.A[k - 1].T, d.sum(axis=1, keepdims=True)
                if k > 1:
                    d = self.W[str(k)].T @ d * self.slope(self.Z[k - 1], self.kinds[k - 2])
            for k, (w, b) in steps.items():
                self.W[k] = self.W[k] - learning_rate * w
                self.b[k] = self.b[k] - learning_rate * b
"""


def checked(folder: Path, text: str) -> CheckResult:
    """The result for a file with that text."""
    path = folder / "model.py"
    path.write_text(text, encoding="utf-8")
    return check_file(path, isolate="off")


def test_the_relu_in_front_of_a_softmax_is_judged(tmp_path: Path) -> None:
    """The right model passes as a network of a ReLU, a sigmoid and a softmax."""
    result = checked(tmp_path, ADDED)
    assert result.verdict is Verdict.PASS
    assert result.network.startswith("relu, sigmoid, softmax")


def test_a_mask_the_wrong_way_round_in_front_of_a_softmax_is_named(tmp_path: Path) -> None:
    """A slip in the branch of the ReLU fails, though the other activations are right."""
    result = checked(tmp_path, ADDED.replace("return (Z > 0) * 1", "return (Z < 0) * 1"))
    assert result.verdict is Verdict.FAIL
    assert "the ReLU's mask is the wrong way round (BP2)" in result.reason
