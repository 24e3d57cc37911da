"""Classes that learn, in the ways in which people keep their settings and hand over their examples."""

import numpy as np
import pytest

from gradcheck.submissions.adapters import layers, train

ROUNDS_KEPT = """
    import numpy as np

    class Settings:
        def __init__(self, epochs=6, eta=0.5):
            self.epochs = epochs
            self.eta = eta

    class Net:
        def __init__(self, shape, settings=Settings()):
            self.settings = settings
            self.weights = [np.random.randn(b, a) for a, b in zip(shape, shape[1:])]
            self.biases = [np.random.randn(b) for b in shape[1:]]

        def run(self, x):
            self.a = [x]
            for w, b in zip(self.weights, self.biases):
                self.a.append(1 / (1 + np.exp(-(w @ self.a[-1] + b))))
            return self.a[-1]

        def train(self, xs, ys):
            for _ in range(self.settings.epochs):
                for x, y in zip(xs, ys):
                    self.run(x)
                    d = (self.a[-1] - y) * self.a[-1] * (1 - self.a[-1])
                    for l in range(len(self.weights) - 1, -1, -1):
                        back = self.weights[l].T @ d
                        self.weights[l] -= np.outer(d, self.a[l])
                        self.biases[l] -= d
                        d = back * self.a[l] * (1 - self.a[l])
"""


@pytest.mark.parametrize("name", ["epochs", "passes"])
def test_rounds_that_a_settings_object_counts_are_one(understood, judged, name):
    """What a call changes is one step, whatever the number of rounds is called; it would be none of a gradient."""
    (model,) = understood(train, ROUNDS_KEPT.replace("epochs", name)).models
    assert judged(model, sizes=(4, 5, 3))
    wrong = ROUNDS_KEPT.replace("epochs", name).replace("d = back * self.a[l] * (1 - self.a[l])", "d = back")
    (model,) = understood(train, wrong).models
    assert not judged(model, sizes=(4, 5, 3))


def test_a_call_of_several_steps_is_never_judged_as_one(understood):
    """Where nothing counts the rounds, the steps are not read as a gradient, and the sentence says why."""
    found = understood(train, ROUNDS_KEPT.replace("self.settings.epochs", "np.arange(6)").replace("range(np", "(np"))
    assert not any(model.info.title == "class Net: train" for model in found.models)
    assert not found.cases


MADE_LATER = """
    import numpy as np

    class Net:
        def __init__(self, input_nodes, hidden_nodes, output_nodes, rate):
            self.input_nodes, self.hidden_nodes, self.output_nodes = input_nodes, hidden_nodes, output_nodes
            self.rate = rate

        def start_weights(self):
            self.inner = np.random.rand(self.hidden_nodes, self.input_nodes)
            self.outer = np.random.rand(self.output_nodes, self.hidden_nodes)

        def forward(self):
            self.h = 1 / (1 + np.exp(-(self.inner @ self.row)))
            self.out = self.outer @ self.h

        def backward(self):
            miss = self.wanted.reshape(-1, 1) - self.out
            back = self.outer.T @ miss
            self.outer = self.outer + self.rate * miss @ self.h.T
            self.inner = self.inner + self.rate * (back * self.h * (1 - self.h)) @ self.row.T

        def loop(self, inputs, targets, iterations):
            for _ in range(iterations):
                chosen = np.random.choice(len(inputs))
                self.row, self.wanted = inputs[chosen].reshape(-1, 1), targets[chosen]
                self.forward()
                self.backward()

        def train(self, inputs, targets, iterations=1000):
            self.start_weights()
            self.loop(inputs, targets, iterations)

        def predict(self, inputs):
            return self.outer @ (1 / (1 + np.exp(-(self.inner @ inputs.reshape(-1, 1)))))
"""

HANDED_ON = """
    import numpy as np

    class Neuron:
        def __init__(self, input_length, step_size, activation):
            self.w = np.random.rand(input_length)
            self.b = np.random.rand(1)
            self.step_size = step_size
            self.kind = activation

        def forward(self, x):
            z = x @ self.w + self.b
            return np.tanh(z) if self.kind == "tanh" else 1 / (1 + np.exp(-z))

        def backward(self, x, y, y_pred):
            return (y_pred - y) * x, y_pred - y

        def update(self, dw, db):
            self.w = self.w - self.step_size * dw
            self.b = self.b - self.step_size * db
"""

ONE_BY_ONE = """
    import numpy as np

    class Logistic:
        def __init__(self, n_in):
            self.w, self.b = np.random.randn(n_in), np.array([0.0])

        def classify(self, x):
            return (self.predict(x) > 0.5).astype(int)

        def predict(self, x):
            return 1 / (1 + np.exp(-(x @ self.w + self.b)))

        def train(self, x, y, alpha):
            self.w += alpha * np.mean((y - self.predict(x)) * x.T, axis=1)
            self.b += alpha * np.mean(y - self.predict(x))
"""


BARE_LAYERS = """
    import numpy as np

    class Layer:
        def __init__(self, number_of_neurons, number_of_inputs_per_neuron):
            self.synaptic = np.random.randn(number_of_inputs_per_neuron, number_of_neurons)

    class Net:
        def __init__(self, first, second, eta):
            self.first, self.second, self.eta = first, second, eta

        def think(self, inputs):
            hidden = np.tanh(inputs @ self.first.synaptic)
            return hidden, np.tanh(hidden @ self.second.synaptic)

        def train(self, inputs, outputs, iterations):
            for _ in range(iterations):
                hidden, out = self.think(inputs)
                delta = (outputs - out) * (1 - out**2)
                back = delta @ self.second.synaptic.T * (1 - hidden**2)
                self.first.synaptic += self.eta * inputs.T @ back
                self.second.synaptic += self.eta * hidden.T @ delta
"""

ADDED_WIDTHS = """
    import numpy as np

    class Model:
        def __init__(self, input_size):
            self.widths, self.kinds, self.w, self.b, self.grads = [input_size], [], {}, {}, {}

        def add(self, units, activation):
            key = f"layer{len(self.widths)}"
            self.w[key] = np.random.randn(units, self.widths[-1])
            self.b[key] = np.zeros((units, 1))
            self.widths.append(units)
            self.kinds.append(activation)

        def forward(self, a):
            self.a = [a]
            for key, kind in zip(self.w, self.kinds):
                z = self.w[key] @ self.a[-1] + self.b[key]
                self.a.append(1 / (1 + np.exp(-z)) if kind == "sigmoid" else np.maximum(z, 0))
            return self.a[-1]

        def backward(self, out, y):
            d = (out - y) / y.shape[1]
            for i, key in reversed(list(enumerate(self.w))):
                self.grads[key] = d @ self.a[i].T, d.sum(axis=1, keepdims=True)
                slope = self.a[i] * (1 - self.a[i]) if self.kinds[i - 1] == "sigmoid" else (self.a[i] > 0)
                d = self.w[key].T @ d * slope

        def train(self, x, y, iterations, learning_rate=0.01):
            for _ in range(iterations):
                self.backward(self.forward(x), y)
                for key, (dw, db) in self.grads.items():
                    self.w[key] = self.w[key] - learning_rate * dw
                    self.b[key] = self.b[key] - learning_rate * db
"""


SWITCHED = """
    import numpy as np

    class Net:
        N_IN, N_HIDDEN, N_OUT = 4, 5, 3
        LEARNING_RATE = 1e-3

        def __init__(self):
            self.params = {
                "inner": np.random.randn(self.N_IN, self.N_HIDDEN),
                "outer": np.random.randn(self.N_HIDDEN, self.N_OUT),
            }
            self.kept = None

        def forward(self, x, keep=False):
            h = np.tanh(x @ self.params["inner"])
            if keep:
                self.kept = h, h @ self.params["outer"]
            return h @ self.params["outer"]

        def backward(self, x, target):
            if self.kept is None:
                return
            h, out = self.kept
            miss = out - target
            back = self.params["outer"] @ miss * (1 - h**2)
            self.params["outer"] -= self.LEARNING_RATE * np.outer(h, miss)
            self.params["inner"] -= self.LEARNING_RATE * np.outer(x, back)
"""

CONNECTED = """
    import math
    import random

    class Link:
        def __init__(self, source):
            self.source, self.weight = source, random.gauss(0, 1)

    class Unit:
        def __init__(self, sources):
            self.links = [Link(source) for source in sources]
            self.error, self.value = 0.0, 0.0

        def fire(self):
            if self.links:
                self.value = 1 / (1 + math.exp(-sum(k.source.value * k.weight for k in self.links)))

        def learn(self):
            slope = self.error * self.value * (1 - self.value)
            for link in self.links:
                link.source.error += link.weight * slope
                link.weight += Unit.eta * slope * link.source.value
            self.error = 0.0

    class Net:
        def __init__(self, topology):
            self.layers = [[Unit([]) for _ in range(topology[0])]]
            for width in topology[1:]:
                self.layers.append([Unit(self.layers[-1]) for _ in range(width)])

        def set_input(self, inputs):
            for unit, value in zip(self.layers[0], inputs):
                unit.value = value

        def feed_forward(self):
            for layer in self.layers[1:]:
                for unit in layer:
                    unit.fire()

        def back_propagate(self, target):
            for unit, wanted in zip(self.layers[-1], target):
                unit.error = wanted - unit.value
            for layer in reversed(self.layers):
                for unit in layer:
                    unit.learn()

        def get_results(self):
            return [unit.value for unit in self.layers[-1]]

    def train(net, inputs, outputs, eta):
        Unit.eta = eta
        while True:
            for x, y in zip(inputs, outputs):
                net.set_input(x)
                net.feed_forward()
                net.back_propagate(y)
"""


OWN_ERRORS = """
    import numpy as np

    class Layer:
        def __init__(self, n_in, n_out):
            self.weight = np.random.randn(n_in, n_out)
            self.bias = np.zeros(n_out)

        def forward(self, inputs):
            self.inputs = inputs
            self.outputs = np.tanh(inputs @ self.weight + self.bias)
            return self.outputs

        def backward(self, miss):
            error = miss * (1 - self.outputs**2)
            return error, self.inputs.T @ error, error.sum(axis=0)

    class Network:
        def __init__(self, layers):
            self.layers = layers

        def run(self, x):
            for layer in self.layers:
                x = layer.forward(x)
            return x

        def fit(self, x, y, epochs, lr):
            for _ in range(epochs):
                miss = y - self.run(x)
                for layer in reversed(self.layers):
                    error, dw, db = layer.backward(miss)
                    miss = error @ layer.weight.T
                    layer.weight += lr * dw
                    layer.bias += lr * db
"""


SETTINGS_OBJECT = """
    from dataclasses import dataclass
    import numpy as np

    @dataclass
    class Config:
        n_features: int = 8
        n_hidden: int = 16
        n_outputs: int = 3
        lr: float = 0.01

    class Net:
        def __init__(self, cfg: Config):
            self.cfg = cfg
            self.inner = np.random.randn(cfg.n_features, cfg.n_hidden)
            self.outer = np.random.randn(cfg.n_hidden, cfg.n_outputs)

        def predict(self, x):
            self.h = np.tanh(x @ self.inner)
            return self.h @ self.outer

        def fit(self, x, y):
            miss = self.predict(x) - y
            back = miss @ self.outer.T * (1 - self.h**2)
            self.outer -= self.cfg.lr * self.h.T @ miss
            self.inner -= self.cfg.lr * x.T @ back
"""

SETTINGS_DICTIONARY = SETTINGS_OBJECT.replace("cfg: Config", "options")
for attribute, key in (("n_features", "inputs"), ("n_hidden", "hidden"), ("n_outputs", "outputs"), ("lr", "rate")):
    SETTINGS_DICTIONARY = SETTINGS_DICTIONARY.replace(f"cfg.{attribute}", f"options['{key}']")
SETTINGS_DICTIONARY = SETTINGS_DICTIONARY.replace("self.cfg = cfg", "self.options = options")

LAYER_DICTIONARIES = """
    import numpy as np

    class Net:
        def __init__(self, architecture):
            self.kinds = [layer["activation"] for layer in architecture]
            self.w = [np.random.randn(layer["output_dim"], layer["input_dim"]) for layer in architecture]

        def forward(self, x):
            self.a = [x]
            for w, kind in zip(self.w, self.kinds):
                z = w @ self.a[-1]
                self.a.append(1 / (1 + np.exp(-z)) if kind == "sigmoid" else np.maximum(z, 0))
            return self.a[-1]

        def train(self, x, y, learning_rate):
            d = self.forward(x) - y
            for i in range(len(self.w) - 1, -1, -1):
                step = d @ self.a[i].T
                if i:
                    slope = self.a[i] * (1 - self.a[i]) if self.kinds[i - 1] == "sigmoid" else (self.a[i] > 0)
                    d = self.w[i].T @ d * slope
                self.w[i] = self.w[i] - learning_rate * step
"""


def entropy(out, y):
    """Cross-entropy, the sum over the examples."""
    return -(y * np.log(out) + (1 - y) * np.log(1 - out)).sum()


def squares(out, y):
    """The quadratic cost, summed over the examples."""
    return ((out - y) ** 2).sum() / 2


def mean_entropy(out, y):
    """Cross-entropy, the mean over the examples."""
    return entropy(out, y) / y.shape[1]


OTHERS = {
    "weights that a method makes": (MADE_LATER, (4, 5, 3), squares, ("back * self.h * (1 - self.h)", "back * self.h")),
    "gradients handed to an update": (HANDED_ON, (4, 1), entropy, ("(y_pred - y) * x", "(y_pred + y) * x")),
    "layers that hold weights only": (BARE_LAYERS, (4, 5, 3), squares, ("back = delta", "back = -delta")),
    "layers added as numbers": (ADDED_WIDTHS, (4, 5, 6, 3), mean_entropy, ("= self.a[i] * (1", "= (1")),
    "a switch that keeps the way back": (SWITCHED, (4, 5, 3), squares, ("(1 - h**2)", "(1 - h)")),
    "connections as objects": (CONNECTED, (4, 5, 3), squares, ("slope * link.source.value", "link.source.value")),
    "settings in an object": (SETTINGS_OBJECT, (4, 5, 3), squares, ("(1 - self.h**2)", "(1 - self.h)")),
    "settings in a dictionary": (SETTINGS_DICTIONARY, (4, 5, 3), squares, ("(1 - self.h**2)", "(1 - self.h)")),
    "a dictionary per layer": (LAYER_DICTIONARIES, (4, 5, 6, 3), entropy, ("(self.a[i] > 0)", "(self.a[i] <= 0)")),
    "arrays one after the other": (ONE_BY_ONE, (4, 1), mean_entropy, ("* x.T, axis", "* x.T**2, axis")),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_learners_are_made_and_called_as_they_ask(understood, judged, kind):
    """Whatever the constructor leaves to a method and a step leaves to the caller; right code and a slip in it."""
    source, sizes, cost, slip = OTHERS[kind]
    (model,) = understood(train, source).models
    assert judged(model, sizes=sizes, cost=cost)
    (model,) = understood(train, source.replace(*slip)).models
    assert not judged(model, sizes=sizes, cost=cost)


def test_weights_updated_before_their_use_are_not_excused(understood, judged):
    """Arrays may move one after the other, but a layer's error never goes through weights that have moved already."""
    back, update = "back = self.outer.T @ miss", "self.outer = self.outer + self.rate * miss @ self.h.T"
    early = MADE_LATER.replace(back, "pass").replace(update, f"{update}; {back}")
    (model,) = understood(train, early).models
    assert not model.learner.sequential
    assert not judged(model, sizes=(4, 5, 3))


def test_connections_become_the_matrices_of_their_layers(understood):
    """Every neuron is a row, so that a network of objects is compared like any other."""
    (model,) = understood(train, CONNECTED).models
    names = model.build((4, 5, 3), 0).parameters()
    shapes = {name: array.shape for name, array in names.items()}
    assert shapes == {"layers[1][:].links[:].weight": (5, 4), "layers[2][:].links[:].weight": (3, 5)}


def test_a_rate_that_is_a_constant_of_the_class_is_set(understood):
    """At its own size an update too early is hardly seen; at a rate of one it is."""
    (model,) = understood(train, SWITCHED).models
    assert not model.info.free_factor
    net = model.build((4, 5, 3), 0)
    change = net.change(net.parameters(), np.ones((4, 1)), np.zeros((3, 1)))
    assert max(np.abs(array).max() for array in change.values()) > 0.05


def test_layers_that_hand_on_their_own_error_are_checked_in_their_network(understood, judged):
    """A layer may leave the product with its weights to the network; what it gets wrong is seen there."""
    alone = understood(layers, OWN_ERRORS)
    (model,) = alone.models
    assert not alone.cases
    assert any("hands on its own" in note for note in alone.notes)
    assert judged(model, sizes=(4, 5, 3))
    (wrong,) = understood(layers, OWN_ERRORS.replace("1 - self.outputs**2", "1 - self.outputs")).models
    assert not judged(wrong, sizes=(4, 5, 3))


def test_biases_of_layers_of_one_width_stay_apart(understood):
    """Vectors of equal length in neighbouring layers are no rows of one array."""
    (model,) = understood(layers, OWN_ERRORS).models
    assert len(model.build((4, 4, 4), 0).parameters()) == 4
