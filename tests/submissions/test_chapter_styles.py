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

UPDATES_AND_RETURNS = (
    HELPERS
    + """

class ReseauNeurones:
    def __init__(self, input_size=2, hidden_size=4, output_size=1):
        self.W1, self.b1 = np.random.randn(hidden_size, input_size), np.zeros((hidden_size, 1))
        self.W2, self.b2 = np.random.randn(output_size, hidden_size), np.zeros((output_size, 1))
        self.cache = {}

    def forward(self, X):
        self.cache['Z1'] = self.W1 @ X + self.b1
        self.cache['A1'] = sigmoid(self.cache['Z1'])
        self.cache['Z2'] = self.W2 @ self.cache['A1'] + self.b2
        self.cache['A2'] = sigmoid(self.cache['Z2'])
        return self.cache['A2']

    def backward(self, X, Y, learning_rate=0.5):
        m = X.shape[1]
        dZ2 = (self.cache['A2'] - Y) * sigmoid_prime(self.cache['Z2'])
        dW2, db2 = dZ2 @ self.cache['A1'].T / m, dZ2.sum(axis=1, keepdims=True) / m
        dZ1 = (self.W2.T @ dZ2) * sigmoid_prime(self.cache['Z1'])
        dW1, db1 = dZ1 @ X.T / m, dZ1.sum(axis=1, keepdims=True) / m
        self.W1, self.b1 = self.W1 - learning_rate * dW1, self.b1 - learning_rate * db1
        self.W2, self.b2 = self.W2 - learning_rate * dW2, self.b2 - learning_rate * db2
        return {'dW1': dW1, 'db1': db1, 'dW2': dW2, 'db2': db2}
"""
)

TWO_EQUAL_LAYERS = (
    HELPERS
    + """

class NeuralNetwork:
    def __init__(self, N=2, H=3, O=1):
        self.W1, self.W2, self.W3 = np.random.randn(N, H), np.random.randn(H, H), np.random.randn(H, O)

    def forward(self, X):
        self.a1 = sigmoid(X.dot(self.W1))
        self.a2 = sigmoid(self.a1.dot(self.W2))
        return sigmoid(self.a2.dot(self.W3))

    def backward(self, X, y, o):
        delta3 = (y - o) * o * (1 - o)
        delta2 = delta3.dot(self.W3.T) * self.a2 * (1 - self.a2)
        delta1 = delta2.dot(self.W2.T) * self.a1 * (1 - self.a1)
        return X.T.dot(delta1), self.a1.T.dot(delta2), self.a2.T.dot(delta3)

    def train(self, X, y, alpha=1):
        dW1, dW2, dW3 = self.backward(X, y, self.forward(X))
        self.W1 += alpha * dW1
        self.W2 += alpha * dW2
        self.W3 += alpha * dW3
"""
)

BOTH_LISTS = (
    HELPERS
    + """

class FeedForward:
    def __init__(self, layers):
        self.layers = layers
        self.weights = [np.random.rand(layers[i], layers[i + 1]) for i in range(len(layers) - 1)]
        self.biases = [np.random.rand(n) for n in layers[1:]]

    def feed_forward(self, x):
        a_list, z_list = [x], []
        for w, b in zip(self.weights, self.biases):
            z_list.append(np.dot(a_list[-1], w) + b)
            a_list.append(np.maximum(0, z_list[-1]))
        return a_list, z_list

    def back_propagation(self, x, y):
        a_list, z_list = self.feed_forward(x)
        delta = 2 * (a_list[-1] - y) * (z_list[-1] > 0)
        nabla_b, nabla_w = [delta], [np.outer(a_list[-2], delta)]
        for i in range(len(self.layers) - 2, 0, -1):
            delta = np.dot(self.weights[i], delta) * (z_list[i - 1] > 0)
            nabla_b.insert(0, delta)
            nabla_w.insert(0, np.outer(a_list[i - 1], delta))
        return nabla_b, nabla_w
"""
)

WRITTEN_IN = (
    HELPERS
    + """

class RedNeuronal:
    def __init__(self, n_entrada, capas_ocultas, n_salida):
        sizes = [n_entrada, *capas_ocultas, n_salida]
        self.pesos = [np.random.randn(a, b) for a, b in zip(sizes, sizes[1:])]
        self.sesgos = [np.zeros((1, n)) for n in sizes[1:]]

    def forward(self, X):
        self.activaciones = [X]
        for w, b in zip(self.pesos, self.sesgos):
            self.activaciones.append(sigmoid(self.activaciones[-1].dot(w) + b))
        return self.activaciones[-1]

    def backward(self, X, y, learning_rate):
        m, a = len(X), self.activaciones
        delta = (a[-1] - y) * a[-1] * (1 - a[-1]) / m
        gradients = []
        for i in range(len(self.pesos) - 1, -1, -1):
            gradients.append((i, a[i].T.dot(delta) + 0.01 * self.pesos[i] / m, delta.sum(axis=0, keepdims=True)))
            delta = delta.dot(self.pesos[i].T) * a[i] * (1 - a[i])
        for i, dw, db in gradients:
            self.pesos[i] -= learning_rate * dw
            self.sesgos[i] -= learning_rate * db

    def entrenar(self, X, y, epocas, learning_rate):
        for _ in range(epocas):
            self.forward(X)
            self.backward(X, y, learning_rate)
"""
)

STYLES = {
    "updates and returns": UPDATES_AND_RETURNS,
    "two equal layers, no biases, target minus output": TWO_EQUAL_LAYERS,
    "forward returns activations and z": BOTH_LISTS,
    "decay written into the code, in Spanish": WRITTEN_IN,
    "gradients kept on the object": KEPT_ON_THE_OBJECT,
    "classes as numbers, arrays of arrays": NUMBERS_OF_CLASSES,
    "one example as a row or a vector": ROWS,
}

SLIPS = {
    "decay that grows": (
        WRITTEN_IN, "+ 0.01 * self.pesos", "- 0.01 * self.pesos", "∂C/∂w"),
    "raw error passed on": (
        TWO_EQUAL_LAYERS, "delta3.dot(self.W3.T)", "(y - o).dot(self.W3.T)", "entries are wrong, in W1, W2"),
    "slope of z of the output only": (
        BOTH_LISTS, "delta) * (z_list[i - 1] > 0)", "delta)", "δˡ lacks the factor σ′(zˡ)"),
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
