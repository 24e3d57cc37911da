"""Learners whose parameters do not chain, and learners that disappoint."""

import time

import pytest

from gradcheck.submissions.adapters import train

NUMBERS = """
    import numpy as np

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    class Tiny:
        def __init__(self):
            self.w1, self.w2, self.w3 = np.random.normal(size=3)
            self.b1, self.b2 = np.random.normal(size=2)

        def feedforward(self, x):
            self.h = sigmoid(self.w1 * x[0] + self.w2 * x[1] + self.b1)
            return sigmoid(self.w3 * self.h + self.b2)

        def train(self, data, all_y_trues):
            learn_rate, epochs = 0.1, 1000
            for epoch in range(epochs):
                for x, y_true in zip(data, all_y_trues):
                    out = self.feedforward(x)
                    h = self.h
                    d = -2 * (y_true - out) * out * (1 - out)
                    dh = d * self.w3 * h * (1 - h)
                    self.w1 -= learn_rate * dh * x[0]
                    self.w2 -= learn_rate * dh * x[1]
                    self.b1 -= learn_rate * dh
                    self.w3 -= learn_rate * d * h
                    self.b2 -= learn_rate * d
"""

ONES_INSIDE = """
    import numpy as np

    class Net:
        def __init__(self, n_inputs, n_hidden, n_outputs, rate=0.2):
            self.inner = np.random.randn(n_inputs + 1, n_hidden)
            self.outer = np.random.randn(n_hidden, n_outputs)
            self.rate = rate

        def predict(self, x):
            self.a = np.append(x, 1.0)
            self.h = np.tanh(self.a @ self.inner)
            return self.h @ self.outer

        def fit(self, x, target):
            miss = self.predict(x) - target
            back = (self.outer @ miss) * (1 - self.h**2)
            self.outer -= self.rate * np.outer(self.h, miss)
            self.inner -= self.rate * np.outer(self.a, back)
"""

MISTAKES = {
    "slope missing": (NUMBERS, "dh = d * self.w3 * h * (1 - h)", "dh = d * self.w3"),
    "wrong weight": (NUMBERS, "dh * x[1]", "dh * x[0]"),
    "slope of another activation": (ONES_INSIDE, "(1 - self.h**2)", "self.h * (1 - self.h)"),
}


@pytest.mark.parametrize(("source", "arrays"), [(NUMBERS, 5), (ONES_INSIDE, 3)])
def test_learners_of_any_form_are_cases(understood, cases_judged, source, arrays):
    """Every number is a parameter; the cost is the one that the steps fit, and the note says so."""
    found = understood(train, source)
    (case,) = found.cases
    assert not found.models
    assert len(case.point(0)) == arrays
    assert case.info.notes == ("no cost is reported: its steps fit quadratic cost",)
    (result,) = cases_judged(found).values()
    assert result


@pytest.mark.parametrize("mistake", MISTAKES)
def test_their_mistakes_fail(understood, cases_judged, mistake):
    """Each planted mistake fails where the right code passes."""
    source, right, wrong = MISTAKES[mistake]
    (result,) = cases_judged(understood(train, source.replace(right, wrong))).values()
    assert result.verdict == "fail"


def test_examples_that_pass_by_broadcasting_only_are_not_taken(understood, cases_judged):
    """A forward pass of one vector beside a step on rows: the way that makes a gradient is found."""
    source = """
        import numpy as np

        class Net:
            def __init__(self, layers):
                self.weights = [np.random.randn(a + 1, b) for a, b in zip(layers[:-1], layers[1:])]

            def predict(self, x):
                for w in self.weights:
                    x = np.tanh(np.append(x, 1.0) @ w)
                return x

            def fit(self, X, y, learning_rate=0.2, epochs=10000):
                X, y = np.atleast_2d(X), np.array(y)
                for _ in range(epochs):
                    i = np.random.randint(len(X))
                    a = [np.append(X[i], 1.0)]
                    for w in self.weights:
                        a.append(np.append(np.tanh(a[-1] @ w), 1.0))
                    d = (y[i] - a[-1][:-1]) * (1 - a[-1][:-1] ** 2)
                    for l in reversed(range(len(self.weights))):
                        back = (self.weights[l] @ d)[:-1] * (1 - a[l][:-1] ** 2)
                        self.weights[l] += learning_rate * np.outer(a[l], d)
                        d = back
    """
    found = understood(train, source)
    results = cases_judged(found) if found.cases else {}
    assert found.models or all(results.values())
    assert found


def test_constants_of_neurons_are_no_parameters(understood, judged):
    """A bias per neuron object that no step touches is a constant of the layer."""
    source = """
        import math, random

        class Neuron:
            def __init__(self, n, bias):
                self.weights, self.bias = [random.random() for _ in range(n)], bias

            def out(self, x):
                self.x = x
                self.y = 1 / (1 + math.exp(-sum(a * b for a, b in zip(x, self.weights)) - self.bias))
                return self.y

        class Network:
            def __init__(self, n_inputs, n_hidden, n_outputs):
                self.hidden = [Neuron(n_inputs, 0.35) for _ in range(n_hidden)]
                self.last = [Neuron(n_hidden, 0.6) for _ in range(n_outputs)]

            def feed_forward(self, x):
                return [n.out([m.out(x) for m in self.hidden]) for n in self.last]

            def train(self, x, targets):
                self.feed_forward(x)
                d = [(n.y - t) * n.y * (1 - n.y) for n, t in zip(self.last, targets)]
                e = [sum(d[k] * n.weights[j] for k, n in enumerate(self.last)) for j in range(len(self.hidden))]
                for n, delta in zip(self.last, d):
                    n.weights = [w - 0.5 * delta * v for w, v in zip(n.weights, n.x)]
                for n, delta in zip(self.hidden, e):
                    n.weights = [w - 0.5 * delta * n.y * (1 - n.y) * v for w, v in zip(n.weights, n.x)]
    """
    (model,) = understood(train, source).models
    names = list(model.build((4, 5, 3), 0).parameters())
    assert names == ["hidden[:].weights", "last[:].weights"]
    assert judged(model)


ENDLESS = """
    import numpy as np

    class Net:
        def __init__(self, n_in, n_out):
            self.W = np.random.randn(n_in, n_out)

        def predict(self, x):
            return x @ self.W

        def train(self, x, y):
            while np.abs(self.predict(x) - y).max() >= 0:
                pass
"""

DISAPPOINTING = {
    "a loop without end": ENDLESS,
    "an exception in the step": ENDLESS.replace("while np.abs(self.predict(x) - y).max() >= 0:", "if self.nothing:"),
    "a step that ends the program": ENDLESS.replace("while np.abs(self.predict(x) - y).max() >= 0:", "if exit(3):"),
    "a step that does nothing": ENDLESS.replace("while np.abs(self.predict(x) - y).max() >= 0:", "if True:"),
    "recursion": ENDLESS.replace("while np.abs(self.predict(x) - y).max() >= 0:", "if self.train(x, y):"),
    "a constructor that raises": ENDLESS.replace("self.W = np", "self.W = missing"),
    "a step that makes NaN": ENDLESS.replace("pass", "self.W = self.W * np.nan; return"),
}


@pytest.mark.parametrize("what", DISAPPOINTING)
def test_code_that_disappoints_is_not_understood_and_ends_the_look(understood, monkeypatch, what):
    """Nothing escapes, nothing hangs, nothing is claimed."""
    monkeypatch.setattr(train, "LONGEST", 0.5)
    started = time.perf_counter()
    assert not understood(train, DISAPPOINTING[what])
    assert time.perf_counter() - started < 8


def test_a_step_that_raises_is_said_so(understood):
    """The sentence names the method and the error."""
    found = understood(train, DISAPPOINTING["an exception in the step"])
    assert found.unfinished == ("class Net: train raised AttributeError: 'Net' object has no attribute 'nothing'",)
