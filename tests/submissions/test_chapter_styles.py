"""The chapter's class in other people's hands: styles that must be understood, and a slip planted in each."""

import pytest

from gradcheck import Verdict, check_file

HELPERS = """
import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))
"""

KEPT_ON_THE_OBJECT = (
    HELPERS
    + """

class Network:
    def __init__(self, sizes):
        self.count = len(sizes)
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]
        self.weights = [np.random.randn(n, k) for k, n in zip(sizes[:-1], sizes[1:])]
        self.zs, self.activations = [None] * self.count, [None] * self.count
        self.dw, self.db = [None] * (self.count - 1), [None] * (self.count - 1)

    def forward(self, x):
        self.activations[0] = x
        for i in range(self.count - 1):
            self.zs[i + 1] = self.weights[i] @ self.activations[i] + self.biases[i]
            last = i == self.count - 2
            self.activations[i + 1] = softmax(self.zs[i + 1]) if last else np.maximum(0, self.zs[i + 1])
        return self.activations[-1]

    def backward(self, y):
        delta = self.activations[-1] - y
        for i in reversed(range(self.count - 1)):
            self.dw[i] = delta @ self.activations[i].T / y.shape[1]
            self.db[i] = np.sum(delta, axis=1, keepdims=True) / y.shape[1]
            if i > 0:
                delta = (self.weights[i].T @ delta) * (self.zs[i] > 0)


def softmax(z):
    e = np.exp(z - z.max(axis=0))
    return e / e.sum(axis=0)
"""
)

NUMBERS_OF_CLASSES = (
    HELPERS
    + """

class BasicNetwork:
    def __init__(self, level_details, learning_rate=1):
        self.levels = level_details
        self.rate = learning_rate
        self.biases = [np.random.randn(y) for y in level_details[1:]]
        self.weights = [np.random.randn(y, x) for x, y in zip(level_details[:-1], level_details[1:])]

    def feed_forward(self, a):
        for w, b in zip(self.weights, self.biases):
            a = sigmoid(np.dot(w, a) + b)
        return a

    def wanted(self, digit):
        return np.array([1.0 if i == digit else 0.0 for i in range(self.levels[-1])])

    def backprop(self, x, y):
        nabla_b = np.array([np.zeros(b.shape) for b in self.biases])
        nabla_w = np.array([np.zeros(w.shape) for w in self.weights])
        activation, activations, zs = x, [x], []
        for b, w in zip(self.biases, self.weights):
            zs.append(np.dot(w, activation) + b)
            activation = sigmoid(zs[-1])
            activations.append(activation)
        delta = (activations[-1] - self.wanted(y)) * sigmoid_prime(zs[-1])
        nabla_b[-1], nabla_w[-1] = delta, np.outer(delta, activations[-2])
        for l in range(2, len(self.levels)):
            delta = np.dot(self.weights[-l + 1].transpose(), delta) * sigmoid_prime(zs[-l])
            nabla_b[-l], nabla_w[-l] = delta, np.outer(delta, activations[-l - 1])
        return nabla_b, nabla_w
"""
)

ROWS = (
    HELPERS
    + """

class Network(object):
    def __init__(self, layers):
        self.weights = [np.random.randn(layers[i], layers[i + 1]) for i in range(len(layers) - 1)]
        self.bias = [np.random.randn(n) for n in layers[1:]]
        self.activation, self.activation_deriv = sigmoid, sigmoid_prime

    def feedforward(self, a):
        for w, b in zip(self.weights, self.bias):
            a = self.activation(np.dot(a, w) + b)
        return a

    def backprop(self, x, y):
        activations, zs = [x], []
        for w, b in zip(self.weights, self.bias):
            zs.append(np.dot(activations[-1], w) + b)
            activations.append(self.activation(zs[-1]))
        deltas = [(activations[-1] - y) * self.activation_deriv(zs[-1])]
        for i in range(len(self.weights) - 1, 0, -1):
            deltas.insert(0, np.dot(deltas[0], self.weights[i].T) * self.activation_deriv(zs[i - 1]))
        bias = list(deltas)
        weights = [np.dot(np.atleast_2d(a).T, np.atleast_2d(d)) for a, d in zip(activations, deltas)]
        return bias, weights
"""
)

STYLES = {
    "gradients kept on the object": KEPT_ON_THE_OBJECT,
    "classes as numbers, arrays of arrays": NUMBERS_OF_CLASSES,
    "one example as a row or a vector": ROWS,
}

SLIPS = {
    "slope of the layer above": (
        KEPT_ON_THE_OBJECT, "(self.zs[i] > 0)", "(self.zs[i + 1] > 0)", "δˡ contains σ′(zˡ⁺¹) where σ′(zˡ) belongs"),
    "biases added up": (
        KEPT_ON_THE_OBJECT, "keepdims=True) / y.shape[1]", "keepdims=True)", "m times too small (1/m too many"),
    "no slope in hidden layers": (
        NUMBERS_OF_CLASSES, ", delta) * sigmoid_prime(zs[-l])", ", delta)", "δˡ lacks the factor σ′(zˡ)"),
    "slope of a": (
        ROWS, "self.activation_deriv(zs[i - 1])", "self.activation_deriv(activations[i])",
        "δˡ contains σ′(aˡ) where σ′(zˡ) belongs in every hidden layer"),
}  # fmt: skip


@pytest.fixture
def checked(tmp_path):
    """The result of checking some source."""

    def check(source, **said):
        path = tmp_path / "network.py"
        path.write_text(source, encoding="utf-8")
        return check_file(path, isolate="off", **said)

    return check


@pytest.mark.parametrize("style", STYLES)
def test_a_right_class_passes(style, checked):
    """However its gradient is handed over, right code is understood and passes."""
    result = checked(STYLES[style])
    assert result.verdict is Verdict.PASS, result.reason


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_it_is_named(slip, checked):
    """The same classes with one slip fail, and the reason says which."""
    source, right, wrong, said = SLIPS[slip]
    result = checked(source.replace(right, wrong))
    assert result.verdict is Verdict.FAIL
    assert said in result.reason


def test_what_raises_in_one_depth_only_is_said_beside_what_is_wrong_in_others(checked):
    """Deltas turned round inside the loop stop two hidden layers with an error, which names its line."""
    source = ROWS.replace("return bias, weights", "assert len(self.weights) < 3\n        return bias, weights")
    result = checked(source)
    assert result.verdict is Verdict.ERROR
    assert "in backprop (network.py, line" in result.reason


def test_the_rule_behind_a_named_fault_is_part_of_the_result(checked):
    """A diagnosis carries the rule that its author should think of, in the chapter's notation and without code."""
    result = checked(ROWS.replace(" * self.activation_deriv(zs[i - 1])", ""))
    (diagnosis,) = result.diagnosis
    assert diagnosis.lesson.startswith("A change in zˡ reaches the cost only through aˡ = σ(zˡ)")
