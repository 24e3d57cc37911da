"""Slips in the backward passes of single layers and losses are named, each in its array."""

import textwrap

import pytest

from gradcheck.submissions.check import check_file

DENSE = """
import numpy as np
class Dense:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out)
        self.b = np.zeros((1, n_out))
    def forward(self, x):
        self.x = x
        self.a = 1 / (1 + np.exp(-(x @ self.W + self.b)))
        return self.a
    def backward(self, upstream):
        delta = upstream * self.a * (1 - self.a)
        self.dW = self.x.T @ delta
        self.db = delta.sum(axis=0, keepdims=True)
        return delta @ self.W.T
"""
TANH = """
import numpy as np
class Tanh:
    def forward(self, x):
        self.a = np.tanh(x)
        return self.a
    def backward(self, grad):
        return grad * (1 - self.a ** 2)
"""
RELU = """
import numpy as np
class ReLU:
    def forward(self, x):
        self.x = x
        return np.maximum(0, x)
    def backward(self, grad):
        return grad * (self.x > 0)
"""
SOFTMAX = """
import numpy as np
class Softmax:
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.a = e / e.sum(axis=1, keepdims=True)
        return self.a
    def backward(self, grad):
        return self.a * (grad - (grad * self.a).sum(axis=1, keepdims=True))
"""
NORM = """
import numpy as np
class BatchNorm:
    def __init__(self, dim):
        self.gamma, self.beta = np.ones(dim), np.zeros(dim)
    def forward(self, x, training=True):
        self.s = np.sqrt(x.var(axis=0) + 1e-5)
        self.xhat = (x - x.mean(axis=0)) / self.s
        return self.gamma * self.xhat + self.beta
    def backward(self, grad):
        self.dgamma = (grad * self.xhat).sum(axis=0)
        self.dbeta = grad.sum(axis=0)
        g = grad * self.gamma
        return (g - g.mean(axis=0) - self.xhat * (g * self.xhat).mean(axis=0)) / self.s
"""
DROPOUT = """
import numpy as np
class Dropout:
    def __init__(self, p=0.5):
        self.p = p
    def forward(self, x, training=True):
        self.mask = (np.random.rand(*x.shape) > self.p) / (1 - self.p) if training else np.ones_like(x)
        return x * self.mask
    def backward(self, grad):
        return grad * self.mask
"""
LOSS = """
import numpy as np
class MSE:
    def forward(self, p, y):
        self.p, self.y = p, y
        return np.mean((p - y) ** 2)
    def backward(self):
        return 2 * (self.p - self.y) / self.p.size
"""
ENTROPY = """
import numpy as np
class CrossEntropy:
    def forward(self, logits, targets):
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        self.a, self.targets = e / e.sum(axis=1, keepdims=True), targets
        return -np.log(self.a[np.arange(len(targets)), targets]).mean()
    def backward(self):
        grad = self.a.copy()
        grad[np.arange(len(grad)), self.targets] -= 1
        return grad / len(grad)
"""
CONVOLUTION = """
import numpy as np
class Conv2D:
    def __init__(self, in_channels, out_channels, kernel_size):
        self.k = kernel_size
        self.W = np.random.randn(out_channels, in_channels, kernel_size, kernel_size)
        self.b = np.zeros(out_channels)
    def windows(self, x):
        rows, columns = x.shape[2] - self.k + 1, x.shape[3] - self.k + 1
        return [(i, j, np.s_[:, :, i:i + self.k, j:j + self.k]) for i in range(rows) for j in range(columns)]
    def forward(self, x):
        self.x = x
        out = np.zeros((len(x), len(self.W), x.shape[2] - self.k + 1, x.shape[3] - self.k + 1))
        for i, j, where in self.windows(x):
            out[:, :, i, j] = np.tensordot(x[where], self.W, axes=([1, 2, 3], [1, 2, 3])) + self.b
        return out
    def backward(self, dout):
        dx, self.dW, self.db = np.zeros_like(self.x), np.zeros_like(self.W), dout.sum(axis=(0, 2, 3))
        for i, j, where in self.windows(self.x):
            self.dW += np.tensordot(dout[:, :, i, j], self.x[where], axes=([0], [0]))
            dx[where] += np.tensordot(dout[:, :, i, j], self.W, axes=([1], [0]))
        return dx
"""
EMBEDDING = """
import numpy as np
class Embedding:
    def __init__(self, vocab_size, dim):
        self.W = np.random.randn(vocab_size, dim)
    def forward(self, indices):
        self.indices = indices
        return self.W[indices]
    def backward(self, dout):
        self.dW = np.zeros_like(self.W)
        np.add.at(self.dW, self.indices, dout)
"""
UPDATING = """
import numpy as np
class Layer:
    def __init__(self, n_in, n_out):
        self.W, self.b = np.random.randn(n_out, n_in), np.zeros((n_out, 1))
    def forward(self, x):
        self.x = x
        return self.W @ x + self.b
    def backward(self, grad, learning_rate):
        back = self.W.T @ grad
        self.W -= learning_rate * grad @ self.x.T
        self.b -= learning_rate * grad
        return back
"""
SLIPS = [
    (CONVOLUTION, "self.dW += np", "self.dW = np", "last_window_only", "W"),
    (CONVOLUTION, "dx[where] += np", "dx[where] = np", "last_window_only", "x"),
    (CONVOLUTION, "self.W, axes=([1], [0])", "self.W[:, :, ::-1, ::-1], axes=([1], [0])", "kernel_flipped", "x"),
    (CONVOLUTION, "dout.sum(axis=(0, 2, 3))", "dout.mean(axis=(0, 2, 3))", "averaged", "b"),
    (EMBEDDING, "np.add.at(self.dW, self.indices, dout)", "self.dW[self.indices] = dout", "last_example_only", "W"),
    (UPDATING, "self.b -= learning_rate", "self.b -= learning_rate * learning_rate", "rate_twice", "b"),
    (NORM, "(grad * self.xhat).sum", "grad.sum", "factor_missing", "gamma"),
    (DENSE, "upstream * self.a * (1 - self.a)", "upstream", "slope_missing", "x, W, b"),
    (DENSE, "upstream * self.a * (1 - self.a)", "upstream * (1 - self.a)", "slope_incomplete", "x, W, b"),
    (DENSE, "self.x.T @ delta", "delta.T @ self.x", "outer_product_reversed", "W"),
    (DENSE, "self.x.T @ delta", "self.x.T @ delta / len(delta)", "divided_by_m", "W"),
    (DENSE, "self.x.T @ delta", "self.x[-1:].T @ delta[-1:]", "last_example_only", "W"),
    (DENSE, "self.x.T @ delta", "self.x.T @ delta + 0.1 * self.W", "l2_term", "W"),
    (DENSE, "delta.sum(axis=0, keepdims=True)", "upstream.sum(axis=0, keepdims=True)", "slope_missing", "b"),
    (DENSE, "delta.sum(axis=0, keepdims=True)", "np.sum(delta)", "bias_one_number", "b"),
    (DENSE, "delta.sum(axis=0, keepdims=True)", "delta.sum(axis=1)", "bias_wrong_axis", "b"),
    (DENSE, "delta.sum(axis=0, keepdims=True)", "delta", "bias_not_summed", "b"),
    (DENSE, "return delta", "self.W -= 0.1 * self.dW\n        return delta", "weights_updated_before_use", "x"),
    (DENSE, "self.W.T\n", "self.W.reshape(self.W.T.shape)\n", "transpose_missing", "x"),
    (TANH, "1 - self.a ** 2", "1 - self.a", "slope_incomplete", "x"),
    (TANH, "1 - self.a ** 2", "1 - np.tanh(self.a) ** 2", "slope_of_activation", "x"),
    (TANH, "1 - self.a ** 2", "self.a - self.a ** 2", "slope_incomplete", "x"),
    (TANH, "grad * (1", "(1", "upstream_missing", "x"),
    (RELU, "self.x > 0", "grad > 0", "mask_of_upstream", "x"),
    (RELU, "self.x > 0", "self.x < 0", "mask_reversed", "x"),
    (SOFTMAX, "grad - (grad * self.a).sum(axis=1, keepdims=True)", "grad * (1 - self.a)", "softmax_diagonal", "x"),
    (SOFTMAX, "(grad * self.a).sum(axis=1, keepdims=True)", "(grad * self.a).sum()", "softmax_wrong_axis", "x"),
    (NORM, " - g.mean(axis=0)", "", "mean_term_missing", "x"),
    (NORM, " - self.xhat * (g * self.xhat).mean(axis=0)", "", "variance_term_missing", "x"),
    (NORM, "(grad * self.xhat).sum", "(grad * self.xhat).mean", "divided_by_m", "gamma"),
    (DROPOUT, "return grad * self.mask", "return grad", "mask_missing", "x"),
    (DROPOUT, "return grad * self.mask", "return grad * (self.mask > 0)", "mask_scale_missing", "x"),
    (LOSS, "2 * (self.p - self.y) / self.p.size", "(self.p - self.y) / self.p.size", "half", "y_pred"),
    (LOSS, "2 * (self.p - self.y) / self.p.size", "2 * (self.p - self.y)", "times_size", "y_pred"),
    (LOSS, "2 * (self.p - self.y) / self.p.size", "-self.y / self.p", "other_cost", "y_pred"),
    (ENTROPY, "grad / len(grad)", "grad", "times_m", "y_pred"),
    (ENTROPY, "-= 1", "+= 1", "other_cost", "y_pred"),
]


RIGHT = [DENSE, TANH, RELU, SOFTMAX, NORM, DROPOUT, LOSS, ENTROPY, CONVOLUTION, EMBEDDING, UPDATING]


@pytest.fixture
def checked(tmp_path):
    """The result for some source."""

    def check(source):
        path = tmp_path / "layer.py"
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        return check_file(path, isolate="off")

    return check


@pytest.mark.parametrize("slip", SLIPS, ids=[f"{slip[3]}-{i}" for i, slip in enumerate(SLIPS)])
def test_a_slip_is_named_in_its_array(checked, slip):
    """The one change makes the layer fail, and the diagnosis is that change and nothing else."""
    source, right, wrong, fault, where = slip
    assert source.count(right) == 1
    result = checked(source.replace(right, wrong))
    assert result.verdict.value == "fail"
    assert [(one.fault, one.where) for one in result.diagnosis] == [(fault, where)]


@pytest.mark.parametrize("source", RIGHT)
def test_right_layers_pass_and_nothing_is_named(checked, source):
    """The same layers without the change."""
    result = checked(source)
    assert (result.verdict.value, result.diagnosis) == ("pass", ())


def test_the_sentence_says_what_is_missing_and_where(checked):
    """A name in the chapter's words, with the equations that it concerns."""
    [one] = checked(DENSE.replace("upstream * self.a * (1 - self.a)", "upstream")).diagnosis
    assert one.message == (
        "The gradient of x, W and b lacks the factor σ′(z): the upstream gradient is handed on as it is."
    )
    assert one.equation == "BP2, BP4, BP3"
