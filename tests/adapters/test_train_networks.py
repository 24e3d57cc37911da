"""Networks put together from a submission's own layers, or made by its functions: faults between layers are seen."""

import pytest

from gradcheck.submissions.adapters import layers, train

LAYERS = """
    import numpy as np

    class Dense:
        def __init__(self, n_in, n_out):
            self.W, self.b = np.random.randn(n_in, n_out), np.zeros(n_out)

        def forward(self, x):
            self.x = x
            return x @ self.W + self.b

        def backward(self, grad):
            self.dW, self.db = self.x.T @ grad, grad.sum(axis=0)
            return grad @ self.W.T

    class Tanh:
        def forward(self, x):
            self.y = np.tanh(x)
            return self.y

        def backward(self, grad):
            return grad * (1 - self.y**2)

    class MSE:
        def loss(self, p, y):
            return ((p - y) ** 2).sum() / 2

        def grad(self, p, y):
            return p - y

    class SGD:
        def __init__(self, lr=0.01):
            self.lr = lr

        def step(self, layers):
            for layer in layers:
                if hasattr(layer, "W"):
                    layer.W -= self.lr * layer.dW
                    layer.b -= self.lr * layer.db
"""

ADDED = (
    LAYERS
    + """
    class Sequential:
        def __init__(self):
            self.layers = []

        def add(self, layer):
            self.layers.append(layer)

        def compile(self, loss, optimizer):
            self.loss, self.optimizer = loss, optimizer

        def predict(self, x):
            for layer in self.layers:
                x = layer.forward(x)
            return x

        def fit(self, x, y, epochs=100, batch_size=32):
            for _ in range(epochs):
                for i in range(0, len(x), batch_size):
                    part = slice(i, i + batch_size)
                    grad = self.loss.grad(self.predict(x[part]), y[part])
                    for layer in reversed(self.layers):
                        grad = layer.backward(grad)
                    self.optimizer.step(self.layers)
"""
)

LISTED = (
    LAYERS
    + """
    class Net:
        def __init__(self, layers):
            self.layers = layers

        def forward(self, x):
            for layer in self.layers:
                x = layer.forward(x)
            return x

    def train(net, inputs, targets, num_epochs=5000, loss=MSE(), optimizer=SGD()):
        for epoch in range(num_epochs):
            grad = loss.grad(net.forward(inputs), targets)
            for layer in reversed(net.layers):
                grad = layer.backward(grad)
            optimizer.step(net.layers)
"""
)

FUNCTIONS = """
    from math import exp
    from random import random

    def create_network(n_inputs, n_hidden, n_outputs):
        return [[{"w": [random() for _ in range(n + 1)]} for _ in range(m)] for n, m in
                ((n_inputs, n_hidden), (n_hidden, n_outputs))]

    def forward(network, row):
        for layer in network:
            for neuron in layer:
                neuron["in"] = list(row)
                z = neuron["w"][-1] + sum(w * x for w, x in zip(neuron["w"][:-1], row))
                neuron["out"] = 1 / (1 + exp(-z))
            row = [neuron["out"] for neuron in layer]
        return row

    def train(network, data, rate, n_epoch, n_outputs):
        for _ in range(n_epoch):
            for row in data:
                out = forward(network, row[:-1])
                errors = [o - (k == row[-1]) for k, o in enumerate(out)]
                for layer in reversed(network):
                    deltas = [e * n["out"] * (1 - n["out"]) for e, n in zip(errors, layer)]
                    errors = [sum(d * n["w"][i] for d, n in zip(deltas, layer)) for i in range(len(layer[0]["in"]))]
                    for delta, neuron in zip(deltas, layer):
                        for i, x in enumerate(neuron["in"]):
                            neuron["w"][i] -= rate * delta * x
                        neuron["w"][-1] -= rate * delta
"""

HELD = """
    import numpy as np

    class Layer:
        def __init__(self, number_of_neurons, number_of_inputs):
            self.weights = np.random.randn(number_of_inputs, number_of_neurons)

    def sig(z):
        return 1 / (1 + np.exp(-z))

    class Network:
        def __init__(self, layer1, layer2):
            self.layer1, self.layer2 = layer1, layer2

        def think(self, x):
            a = sig(x @ self.layer1.weights)
            return a, sig(a @ self.layer2.weights)

        def train(self, x, y, iterations):
            for _ in range(iterations):
                a, o = self.think(x)
                d2 = (y - o) * o * (1 - o)
                d1 = d2 @ self.layer2.weights.T * a * (1 - a)
                self.layer1.weights += x.T @ d1
                self.layer2.weights += a.T @ d2
"""

BETWEEN = {
    "gradient doubled at every layer": (ADDED, "grad = layer.backward(grad)", "grad = 2 * layer.backward(grad)"),
    "updates in the middle": (
        LISTED,
        "            optimizer.step(net.layers)",
        "            optimizer.step(net.layers[:3])",
    ),
    "errors of updated weights": (
        FUNCTIONS,
        "errors = [sum(d *",
        "errors = [sum(d * 2 *",
    ),
    "slope of the wrong layer": (HELD, "* a * (1 - a)", "* a * (1 - a) ** 2"),
}


@pytest.mark.parametrize("source", [ADDED, LISTED, FUNCTIONS, HELD])
def test_networks_are_put_together_and_learn(understood, judged, source):
    """Containers with add, with a list, functions on a list of neurons, layers as arguments."""
    (model,) = understood(train, source).models
    assert judged(model)


@pytest.mark.parametrize("mistake", BETWEEN)
def test_faults_between_layers_fail(understood, judged, mistake):
    """Layers may be right one by one and still be put together wrongly."""
    source, right, wrong = BETWEEN[mistake]
    changed = source.replace(right, wrong)
    assert changed != source
    (model,) = understood(train, changed).models
    assert judged(model).verdict == "fail"


def test_the_layers_family_adds_the_network(understood):
    """Layers are cases, and what is made of them is a model beside them."""
    found = understood(layers, ADDED)
    assert len(found.cases) == 3
    assert [model.info.title for model in found.models] == ["a network of class Sequential: fit"]
