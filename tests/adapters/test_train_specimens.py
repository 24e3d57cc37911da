"""Files of the family that learns in one go, as students write them: what is said about each."""

from pathlib import Path

import pytest

from gradcheck import Verdict, check_file

SPECIMENS = Path(__file__).parents[2] / "nets" / "specimens" / "train"

RIGHT = {
    "logistic_fit.py": "sigmoid, any number of examples; cross-entropy cost, mean",
    "bias_row.py": "sigmoid, any number of examples; quadratic cost, sum",
    "neurons_in_dictionaries.py": "sigmoid, one example at a time; quadratic cost, sum",
    "digits.py": "relu, softmax, any number of examples; log-likelihood cost",
    "xor_script.py": "sigmoid, no biases, any number of examples; quadratic cost, sum",
}
WRONG = {
    "neurons_half_a_slope.py": "δˡ contains 1 − aˡ where σ′(zˡ) belongs in every layer (BP2)",
    "logistic_fit_bias_summed.py": "∂C/∂b² is m times too large (a sum over the m examples, or 1/m is missing) (BP3)",
    "digits_bias_one_number.py": "∂C/∂bˡ is summed over the neurons too: every bias gets the same number",
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


LINE = """
import numpy as np

class Line:
    def __init__(self, rate=0.01, rounds=1000):
        self.rate, self.rounds, self.costs = rate, rounds, []

    def fit(self, X, y):
        self.w, self.b = np.zeros(X.shape[1]), 0.0
        for _ in range(self.rounds):
            p = X @ self.w + self.b
            self.costs.append(COST)
            self.w -= self.rate * FACTOR * X.T @ (p - y)
            self.b -= self.rate * FACTOR * (p - y).sum()
"""


@pytest.mark.parametrize(
    ("cost", "factor", "said"),
    [
        ("np.mean((p - y) ** 2)", "(2 / len(y))", ""),
        ("np.mean((p - y) ** 2)", "(1 / len(y))", "the whole gradient is half of what it should be"),
        ("0.5 * np.mean((p - y) ** 2)", "(2 / len(y))", "the whole gradient is twice what it should be"),
        ("np.mean((p - y) ** 2)", "1", "note"),
    ],
)
def test_a_cost_that_is_only_kept_decides_about_factors(tmp_path, cost, factor, said):
    """Half the gradient of the cost that it reports is wrong; the delta rule beside a mean of squares is not."""
    path = tmp_path / "line.py"
    path.write_text(LINE.replace("COST", cost).replace("FACTOR", factor), encoding="utf-8")
    result = check_file(path, isolate="off")
    if said in ("", "note"):
        assert result.verdict is Verdict.PASS, result.reason
        assert any("the learning rate makes up for the factor" in note for note in result.notes) == (said == "note")
    else:
        assert result.verdict is Verdict.FAIL
        assert said in result.reason


def test_a_bias_that_no_step_changes_is_no_constant(tmp_path):
    """Neurons whose biases begin at 0 and stay there are told so."""
    path = tmp_path / "neurons.py"
    path.write_text(NEURONS, encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict is Verdict.FAIL
    assert "the biases get no gradient in every layer (BP3)" in result.reason


OTHERS_DATA = """
import numpy as np
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split

X, y = load_wine(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, np.eye(3)[y])
W1, b1 = np.random.randn(X_train.shape[1], 6) * 0.1, np.zeros(6)
W2, b2 = np.random.randn(6, 3) * 0.1, np.zeros(3)
for epoch in range(500):
    a1 = np.tanh(X_train @ W1 + b1)
    e = np.exp(a1 @ W2 + b2)
    a2 = e / e.sum(axis=1, keepdims=True)
    d2 = (a2 - y_train) / len(X_train)
    d1 = d2 @ W2.T * SLOPE
    W2, b2 = W2 - 0.05 * a1.T @ d2, b2 - 0.05 * d2.sum(axis=0)
    W1, b1 = W1 - 0.05 * X_train.T @ d1, b1 - 0.05 * d1.sum(axis=0)
"""


@pytest.mark.parametrize(
    ("slope", "said"),
    [("(1 - a1 ** 2)", ""), ("a1 * (1 - a1)", "δ² contains a(1 − a) of a², the sigmoid's slope")],
)
def test_a_loop_whose_data_are_elsewhere_runs_on_ours(tmp_path, slope, said):
    """A data set of a module that is not here, split by a function that is not: the loop is judged all the same."""
    path = tmp_path / "wine.py"
    path.write_text(OTHERS_DATA.replace("SLOPE", slope), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict is (Verdict.FAIL if said else Verdict.PASS), result.reason
    assert said in result.reason
    assert result.network.startswith("tanh, softmax, any number of examples; log-likelihood cost, mean")


SHUFFLED = """
import numpy as np

class Net:
    def __init__(self, n_in, n_hidden, n_out, lr=0.1):
        self.W1, self.b1 = np.random.randn(n_in, n_hidden), np.zeros(n_hidden)
        self.W2, self.b2 = np.random.randn(n_hidden, n_out), np.zeros(n_out)
        self.lr = lr

    def train(self, X, y, epochs=10, batch_size=64):
        for epoch in range(epochs):
            order = np.random.permutation(len(X))
            for i in range(0, len(X), batch_size):
                xb, yb = X[order[i:i + batch_size]], y[order[i:i + batch_size]]
                a1 = np.tanh(xb @ self.W1 + self.b1)
                e = np.exp(a1 @ self.W2 + self.b2)
                probs = e / e.sum(axis=1, keepdims=True)
                loss = -np.log(probs[np.arange(len(yb)), yb]).mean()
                d2 = probs.copy()
                d2[np.arange(len(yb)), yb] -= 1
                d2 /= len(yb)
                d1 = d2 @ self.W2.T * (1 - a1 ** 2)
                self.W2 -= self.lr * a1.T @ d2
                self.b2 -= self.lr * d2.sum(axis=0)
                self.W1 -= self.lr * xb.T @ d1
                self.b1 -= self.lr * BIAS

    def predict(self, X):
        return (np.tanh(X @ self.W1 + self.b1) @ self.W2 + self.b2).argmax(axis=1)
"""


@pytest.mark.parametrize(("bias", "right"), [("d1.sum(axis=0)", True), ("(d2 @ self.W2.T).sum(axis=0)", False)])
def test_batches_that_are_shuffled_are_judged_example_by_example(tmp_path, bias, right):
    """The output is seen inside the training loop only, in another order than the inputs."""
    path = tmp_path / "net.py"
    path.write_text(SHUFFLED.replace("BIAS", bias), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict is (Verdict.PASS if right else Verdict.FAIL), result.reason
    assert right or "b1" in result.reason or "b²" in result.reason


RETURNS_WEIGHTS = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def f_forward(x, w1, w2):
    return sigmoid(sigmoid(x.dot(w1)).dot(w2))

def loss(out, Y):
    return np.sum(np.square(out - Y))

def back_prop(x, y, w1, w2, alpha):
    a1 = sigmoid(x.dot(w1))
    a2 = sigmoid(a1.dot(w2))
    d2 = 2 * (a2 - y) SLOPE
    d1 = d2.dot(w2.T) * a1 * (1 - a1)
    return w1 - alpha * x.T.dot(d1), w2 - alpha * a1.T.dot(d2)
"""


@pytest.mark.parametrize(("slope", "said"), [("* a2 * (1 - a2)", ""), ("", "δ³ lacks the factor σ′(z³) (BP1)")])
def test_what_a_function_takes_off_the_weights_that_it_returns_is_the_gradient(tmp_path, slope, said):
    """Weights that come back updated are not taken for their gradient."""
    path = tmp_path / "functions.py"
    path.write_text(RETURNS_WEIGHTS.replace("SLOPE", slope), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert result.verdict is (Verdict.FAIL if said else Verdict.PASS), result.reason
    assert said in result.reason


TRAINER = """
import numpy as np

class Sigmoid:
    def activate(self, z):
        return 1 / (1 + np.exp(-z))

    def derivative(self, a):
        return a * (1 - a)

class Network:
    def __init__(self, n_in, n_hidden, n_out):
        self.sizes = (n_in, n_hidden, n_out)

    def init_weights(self):
        self.first = np.random.uniform(size=self.sizes[:2])
        self.second = np.random.uniform(size=self.sizes[1:])

class Trainer:
    def __init__(self, network, epochs=500, lr=0.1, f=Sigmoid()):
        self.network, self.epochs, self.lr, self.f = network, epochs, lr, f

    def feed_forward(self, x):
        self.hidden = self.f.activate(x @ self.network.first)
        return self.f.activate(self.hidden @ self.network.second)

    def train(self, x, target):
        for _ in range(self.epochs):
            out = self.feed_forward(x)
            d2 = (target - out) * EXTRA self.f.derivative(out)
            d1 = d2 @ self.network.second.T * EXTRA self.f.derivative(self.hidden)
            self.network.second += self.lr * self.hidden.T @ d2
            self.network.first += self.lr * x.T @ d1
"""


@pytest.mark.parametrize(("extra", "right"), [("", True), ("x[:, :1] *", False)])
def test_a_trainer_is_given_a_network_of_another_class(tmp_path, extra, right):
    """The network's weights are made by its own method first; a right activation beside it proves nothing."""
    path = tmp_path / "trainer.py"
    path.write_text(TRAINER.replace("EXTRA", extra), encoding="utf-8")
    result = check_file(path, isolate="off")
    assert (result.verdict is Verdict.PASS) is right, result.reason
    assert "a network of class Trainer: train" in result.interface


NEURONS = """
import math, random

class Neuron:
    def __init__(self, n):
        self.weights, self.bias, self.delta = [random.random() for _ in range(n)], 0.0, 0.0

    def fire(self, x):
        self.output = math.tanh(sum(w * v for w, v in zip(self.weights, x)) + self.bias)
        return self.output

class Net:
    def __init__(self, sizes, rate=0.1):
        self.rate = rate
        self.layers = [[Neuron(m) for _ in range(n)] for m, n in zip(sizes, sizes[1:])]

    def forward(self, x):
        self.inputs = [x]
        for layer in self.layers:
            self.inputs.append([neuron.fire(self.inputs[-1]) for neuron in layer])
        return self.inputs[-1]

    def train(self, x, goal):
        out = self.forward(x)
        errors = [o - g for o, g in zip(out, goal)]
        for layer, given in zip(self.layers[::-1], self.inputs[-2::-1]):
            for neuron, error in zip(layer, errors):
                neuron.delta = error * (1 - neuron.output ** 2)
            errors = [sum(n.weights[j] * n.delta for n in layer) for j in range(len(given))]
            for neuron in layer:
                neuron.weights = [w - self.rate * neuron.delta * v for w, v in zip(neuron.weights, given)]
"""


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
