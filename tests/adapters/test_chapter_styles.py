"""Descendants of the chapter's class in the styles that people give them: right ones pass, wrong ones are named."""

from pathlib import Path

import pytest

from gradcheck.results import CheckResult, Verdict
from gradcheck.submissions.check import check_file

FIXED = """
import numpy as np

def sig(v):
    return 1 / (1 + np.exp(-v))

class Classifier:
    def __init__(self, n_features):
        self.w1 = np.random.randn(n_features, 6)
        self.b1 = np.zeros((1, 6))
        self.w2 = np.random.randn(6, 1)
        self.b2 = np.zeros((1, 1))

    def forward(self, X):
        self.h = sig(X @ self.w1 + self.b1)
        return sig(self.h @ self.w2 + self.b2)

    def compute_loss(self, y, p):
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    def backprop(self, X, y):
        d2 = (self.forward(X) - y.reshape(-1, 1)) / y.size
        d1 = (d2 @ self.w2.T) * self.h * (1 - self.h)
        return X.T @ d1, d1.sum(axis=0), self.h.T @ d2, d2.sum(axis=0)
"""
DEEP = """
import numpy as np

class Net:
    def __init__(self, num_layers, neurons_in_each):
        self.count = num_layers
        self.weights = [np.random.randn(i, j) for i, j in zip(neurons_in_each[:-1], neurons_in_each[1:])]
        self.biases = [np.random.randn(n, 1) for n in neurons_in_each[1:]]

    def f(self, z):
        return np.tanh(z)

    def forward_pass(self, x):
        a = self.f(self.weights[0].T @ x + self.biases[0])
        b = self.f(self.weights[1].T @ a + self.biases[1])
        return self.f(self.weights[2].T @ b + self.biases[2])

    def back_propagation(self, x, y):
        a, kept = x, [x]
        for w, b in zip(self.weights, self.biases):
            a = self.f(w.T @ a + b)
            kept.append(a)
        delta = (kept[-1] - y) * (1 - kept[-1] ** 2)
        db, dw = [delta], [kept[-2] @ delta.T]
        for l in range(2, self.count):
            delta = (self.weights[-l + 1] @ delta) * (1 - kept[-l] ** 2)
            db.insert(0, delta)
            dw.insert(0, kept[-l - 1] @ delta.T)
        return db, dw
"""
SHARED = """
import numpy as np

class Red:
    params, values, grads = {}, {}, {}

    def __init__(self, K, D, d, S):
        self.K = K
        widths = [d] + [D] * K + [S]
        for i in range(K + 1):
            self.params[f"W{i + 1}"] = np.random.rand(widths[i + 1], widths[i]) - 0.5
            self.params[f"b{i + 1}"] = np.random.rand(widths[i + 1], 1) - 0.5

    def forward_pass(self, x):
        self.values["a0"] = x
        for i in range(1, self.K + 2):
            z = self.params[f"W{i}"] @ self.values[f"a{i - 1}"] + self.params[f"b{i}"]
            self.values[f"z{i}"] = z
            e = np.exp(z - z.max(axis=0))
            self.values[f"a{i}"] = e / e.sum(axis=0) if i > self.K else np.maximum(z, 0)

    def one_hot(self, labels):
        hot = np.zeros((labels.size, labels.max() + 1))
        hot[np.arange(labels.size), labels] = 1
        return hot.T

    def back_propagation(self, x, labels):
        dz = self.values[f"a{self.K + 1}"] - self.one_hot(labels)
        for i in range(self.K + 1, 0, -1):
            self.grads[f"dz{i}"] = dz
            self.grads[f"dW{i}"] = dz @ self.values[f"a{i - 1}"].T / labels.size
            self.grads[f"db{i}"] = dz.sum(axis=1) / labels.size
            if i > 1:
                dz = self.params[f"W{i}"].T @ dz * (self.values[f"z{i - 1}"] > 0)
"""
UPDATES = """
import numpy as np

class Xor:
    def __init__(self, n_in, n_hidden, n_out):
        self.W1, self.b1 = np.random.rand(n_in, n_hidden), np.zeros((1, n_hidden))
        self.W2, self.b2 = np.random.rand(n_hidden, n_out), np.zeros((1, n_out))

    def s(self, v):
        return 1 / (1 + np.exp(-v))

    def forward(self, X):
        self.hidden = self.s(X @ self.W1 + self.b1)
        return self.s(self.hidden @ self.W2 + self.b2)

    def backward(self, X, y, output):
        self.output_delta = (y - output) * output * (1 - output)
        self.hidden_delta = self.output_delta @ self.W2.T * self.hidden * (1 - self.hidden)
        self.W2 += self.hidden.T @ self.output_delta
        self.b2 += self.output_delta.sum(axis=0, keepdims=True)
        self.W1 += X.T @ self.hidden_delta
        self.b1 += self.hidden_delta.sum(axis=0)

    def train(self, X, y, epochs):
        for _ in range(epochs):
            self.backward(X, y, self.forward(X))
"""
SINGLE_COST = """
    def cross_entropy(self, a, labels):
        if labels.size > 1:
            raise ValueError("one at a time")
        return float(-np.log(a[labels[0], 0]))
"""
STYLES = {"sizes in the code": FIXED, "as many layers": DEEP, "shared by the class": SHARED, "updates": UPDATES}
SLIPS = {
    "sizes in the code": (") * self.h * (1 - self.h)", ")", "lacks the factor σ′(z²)"),
    "as many layers": ("delta) * (1 - kept[-l] ** 2)", "delta)", "lacks the factor σ′(zˡ)"),
    "shared by the class": ("dz @ self.values", "-dz @ self.values", "has the wrong sign"),
    "updates": ("@ self.W2.T * self.hidden * (1 - self.hidden)", "@ self.W2.T", "lacks the factor σ′(z²)"),
}


def checked(folder: Path, text: str) -> CheckResult:
    """The result for a file with that text."""
    path = folder / "net.py"
    path.write_text(text, encoding="utf-8")
    return check_file(path, isolate="off")


@pytest.mark.parametrize("style", STYLES)
def test_right_code_of_each_style_passes(style: str, tmp_path: Path) -> None:
    """However a class takes its sizes and wherever it keeps its arrays, right code passes by the exact gradient."""
    result = checked(tmp_path, STYLES[style])
    assert (result.verdict, result.method[:14]) == (Verdict.PASS, "exact gradient"), result.reason


@pytest.mark.parametrize("style", SLIPS)
def test_a_slip_in_each_style_is_named(style: str, tmp_path: Path) -> None:
    """The same class with one factor or sign changed fails, and the sentence says which."""
    before, after, said = SLIPS[style]
    result = checked(tmp_path, STYLES[style].replace(before, after))
    assert result.verdict is Verdict.FAIL
    assert said in result.reason


def test_a_cost_that_raises_is_left_out_and_said(tmp_path: Path) -> None:
    """A cost function that takes no batches does not stop the gradient from being judged."""
    result = checked(tmp_path, SHARED + SINGLE_COST)
    assert result.verdict is Verdict.PASS
    assert any("cost function was left out" in note for note in result.notes)


def test_a_gradient_of_another_shape_is_told_by_its_shape(tmp_path: Path) -> None:
    """Where all but one of the returned arrays fit, the last one is that parameter's, in a wrong shape."""
    result = checked(tmp_path, FIXED.replace("return X.T @ d1,", "return d2.T @ d1,"))
    assert result.verdict is Verdict.FAIL
    assert "∂C/∂w² has shape" in result.reason
