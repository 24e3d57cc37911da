"""What a class does with its right gradient: steps that are no steps along it, and rules of their own that are."""

import pytest

from gradcheck import Verdict, check_file

NETWORK = """
import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


class Network:
    def __init__(self, sizes):
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]
        self.weights = [np.random.randn(n, k) for k, n in zip(sizes[:-1], sizes[1:])]
        self.v = [np.zeros(w.shape) for w in self.weights]

    def feedforward(self, a):
        for w, b in zip(self.weights, self.biases):
            a = sigmoid(w @ a + b)
        return a

    def backprop(self, x, y):
        activations = [x]
        for w, b in zip(self.weights, self.biases):
            activations.append(sigmoid(w @ activations[-1] + b))
        delta = DELTA
        nabla_b, nabla_w = [delta], [delta @ activations[-2].T]
        for l in range(2, len(activations)):
            delta = (self.weights[-l + 1].T @ delta) * activations[-l] * (1 - activations[-l])
            nabla_b.insert(0, delta)
            nabla_w.insert(0, delta @ activations[-l - 1].T)
        return nabla_b, nabla_w

    def gathered(self, mini_batch):
        found = [self.backprop(x, y) for x, y in mini_batch]
        return tuple([sum(parts) for parts in zip(*[pair[k] for pair in found])] for k in (0, 1))
"""
PLAIN = (
    NETWORK.replace("DELTA", "(activations[-1] - y) * activations[-1] * (1 - activations[-1])")
    + """
    def update_mini_batch(self, mini_batch, eta):
        m = len(mini_batch)
        nabla_b, nabla_w = self.gathered(mini_batch)
        BODY
"""
)
DECAYING = (
    NETWORK.replace("DELTA", "activations[-1] - y")
    + """
    def update_mini_batch(self, mini_batch, eta, lmbda, n):
        m = len(mini_batch)
        nabla_b, nabla_w = self.gathered(mini_batch)
        self.weights = [WEIGHT - eta / m * nw for w, nw in zip(self.weights, nabla_w)]
        self.biases = [BIAS - eta / m * nb for b, nb in zip(self.biases, nabla_b)]

    def total_cost(self, data, lmbda, convert=False):
        cost = 0.0
        for x, y in data:
            a = self.feedforward(x)
            cost += np.sum(-y * np.log(a) - (1 - y) * np.log(1 - a)) / len(data)
        return cost + 0.5 * lmbda / len(data) * sum(np.linalg.norm(w) ** 2 for w in self.weights)
"""
)
ONE = """self.weights = [w - eta / m * nw for w, nw in zip(self.weights, nabla_w)]
        self.biases = [b - eta / m * nb for b, nb in zip(self.biases, nabla_b)]"""
RULES = {
    "the mean": ONE,
    "the sum": ONE.replace(" / m", ""),
    "in place": "for w, nw in zip(self.weights + self.biases, nabla_w + nabla_b):\n            w -= eta / m * nw",
    "momentum": """self.v = [0.9 * v - eta / m * nw for v, nw in zip(self.v, nabla_w)]
        self.weights = [w + v for w, v in zip(self.weights, self.v)]
        self.biases = [b - eta / m * nb for b, nb in zip(self.biases, nabla_b)]""",
    "adam": """step = lambda p, g: p - eta * (0.1 * g / 0.1) / (np.sqrt(0.001 * g**2 / 0.001) + 1e-8)
        self.weights = [step(w, nw / m) for w, nw in zip(self.weights, nabla_w)]
        self.biases = [step(b, nb / m) for b, nb in zip(self.biases, nabla_b)]""",
    "clipping": ONE.replace("* nw", "* np.clip(nw, -0.01, 0.01)"),
    "decay": ONE.replace("[w -", "[0.98 * w -"),
    "l1": ONE.replace("[w -", "[w - 0.01 * np.sign(w) -"),
    "noise": ONE.replace("* nw", "* (nw + 0.1 * np.random.randn(*nw.shape))"),
    "another rate for biases": ONE.replace("[b - eta", "[b - 0.7 * eta"),
}  # fmt: skip
SLIPS = {
    "uphill": (ONE.replace(" - eta", " + eta"), "uphill: "),
    "biases uphill": (ONE.replace("b - eta", "b + eta"), "partly uphill: biases[0] and biases[1] has the wrong sign"),
    "biases by the sum": (ONE.replace("b - eta / m", "b - eta"), "biases[0] and biases[1] is 3 times"),
    "biases left alone": (ONE.partition("\n")[0], "biases[0] and biases[1] is 0"),
    "last example": (
        "nabla_b, nabla_w = self.backprop(*mini_batch[-1])\n        " + ONE, "which counts the last example only"),
    "weights change on the way": (
        """for x, y in mini_batch:
            nabla_b, nabla_w = self.backprop(x, y)
            self.weights = [w - eta / m * nw for w, nw in zip(self.weights, nabla_w)]
            nabla_w.reverse()
            self.weights = [w - 0 * eta * nw.sum() for w, nw in zip(self.weights, nabla_w)]
        """ + ONE.partition("\n")[2].strip(), "not along the gradient of the mini-batch"),
}  # fmt: skip
DECAYS = {
    "as the cost asks": ("(1 - eta * lmbda / n) * w", "b", ""),
    "missing": ("w", "b", "beside total_cost (the weights do not decay): 32 of 39 entries are wrong"),
    "twice": ("(1 - 2 * eta * lmbda / n) * w", "b", "(the weights decay by 2 times what the cost asks for)"),
    "by the mini-batch": ("(1 - eta * lmbda / m) * w", "b", "(the weights decay by 2 times what the cost asks for)"),
    "growing": ("(1 + eta * lmbda / n) * w", "b", "(the weights decay by -1 times what the cost asks for)"),
    "biases too": ("(1 - eta * lmbda / n) * w", "(1 - eta * lmbda / n) * b", "(the biases decay too)"),
}


@pytest.fixture
def checked(tmp_path):
    """The result of checking some source."""

    def check(source):
        path = tmp_path / "network.py"
        path.write_text(source, encoding="utf-8")
        return check_file(path, isolate="off")

    return check


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_of_its_own_is_no_slip(rule, checked):
    """Momentum, Adam, clipping, decay and noise make steps that are not along the gradient, and are right."""
    result = checked(PLAIN.replace("BODY", RULES[rule]))
    assert result.verdict is Verdict.PASS, result.reason
    assert "one step" not in result.interface


@pytest.mark.parametrize("slip", SLIPS)
def test_a_step_that_is_none_along_the_right_gradient_is_wrong(slip, checked):
    """The gradient is right; what is done with it is said to be wrong, and how."""
    body, said = SLIPS[slip]
    result = checked(PLAIN.replace("BODY", body))
    assert result.verdict is Verdict.FAIL
    assert result.reason.startswith("class Network: one step of update_mini_batch, ")
    assert said in result.reason


@pytest.mark.parametrize("decay", DECAYS)
def test_the_decay_of_a_step_is_that_of_the_reported_cost(decay, checked):
    """Where a class reports its cost with λ, its step with λ is held to it."""
    weight, bias, said = DECAYS[decay]
    result = checked(DECAYING.replace("WEIGHT", weight).replace("BIAS", bias))
    assert result.verdict is (Verdict.FAIL if said else Verdict.PASS), result.reason
    assert said in result.reason
