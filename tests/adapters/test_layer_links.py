"""Layers that look at their neighbours, take whatever they are given, or share the mean with their loss."""

from gradcheck.submissions.adapters import layers

SOURCES = """
import numpy as np
class LinearLayer:
    def __init__(self, input_layer, num_out):
        self.input_layer = input_layer
        self.W = np.random.randn(input_layer.out.shape[1], num_out)
        self.b = np.zeros((1, num_out))
    def forward(self):
        self.out = self.input_layer.out @ self.W + self.b
    def backward(self, downstream):
        self.dW = self.input_layer.out.T @ downstream
        self.db = downstream.sum(axis=0, keepdims=True)
        return downstream @ self.W.T
"""
NEIGHBOURS = """
import numpy as np
class Layer:
    def __init__(self):
        self.prev = self.next = self.input_data = self.output_data = self.input_delta = self.output_delta = None
    def given(self):
        return self.prev.output_data if self.prev is not None else self.input_data
    def handed(self):
        return self.next.output_delta if self.next is not None else self.input_delta
class Dense(Layer):
    def __init__(self, input_dim, output_dim):
        super().__init__()
        self.weight, self.bias = np.random.randn(output_dim, input_dim), np.zeros((output_dim, 1))
        self.delta_weight, self.delta_bias = np.zeros_like(self.weight), np.zeros_like(self.bias)
    def forward(self):
        self.output_data = self.weight @ self.given() + self.bias
    def backward(self):
        self.delta_weight += self.handed() @ self.given().T
        self.delta_bias += self.handed()
        self.output_delta = self.weight.T @ self.handed()
class Squash(Layer):
    def forward(self):
        self.output_data = np.tanh(self.given())
    def backward(self):
        self.output_delta = self.handed() * (1 - np.tanh(self.given()) ** 2)
"""
WHATEVER = """
import numpy as np
class Module:
    def forward(self, *input):
        raise NotImplementedError
    def backward(self, *gradwrtoutput):
        raise NotImplementedError
class Tanh(Module):
    def forward(self, *input):
        self.x = input[0]
        return np.tanh(self.x)
    def backward(self, *gradwrtoutput):
        return gradwrtoutput[0] * (1 - np.tanh(self.x) ** 2)
"""
SHARED = """
import numpy as np
class Dense:
    def __init__(self, n_in, n_out):
        self.W, self.b = np.random.randn(n_out, n_in), np.zeros((n_out, 1))
    def forward(self, A_prev):
        self.A_prev = A_prev
        return self.W @ A_prev + self.b
    def backward(self, dZ):
        m = self.A_prev.shape[1]
        self.dW = dZ @ self.A_prev.T / m
        self.db = dZ.sum(axis=1, keepdims=True) / m
        return self.W.T @ dZ
class CrossEntropy:
    def loss(self, Y, A):
        return -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / len(Y)
    def derivative(self, Y, A):
        return -(Y / A - (1 - Y) / (1 - A))
"""


def verdicts(results):
    """The verdict of every case in a word."""
    return {case: result.verdict.value for case, result in results.items()}


def test_layers_that_are_given_the_layer_before(understood, cases_judged):
    """What is put in the place of the layer before has the input; it is no parameter."""
    right = cases_judged(understood(layers, SOURCES))["LinearLayer.backward"]
    assert [array.name for array in right.arrays] == ["x", "W", "b"]
    assert right.verdict.value == "pass"
    wrong = cases_judged(understood(layers, SOURCES.replace("downstream.sum", "downstream.mean")))
    assert "in b; x, W are right" in wrong["LinearLayer.backward"].reason


def test_layers_that_read_and_leave_attributes(understood, cases_judged):
    """Input and error are where the layer looks for them, the error handed on is where it leaves it."""
    assert verdicts(cases_judged(understood(layers, NEIGHBOURS))) == {
        "Dense.backward": "pass",
        "Squash.backward": "pass",
    }
    wrong = cases_judged(understood(layers, NEIGHBOURS.replace("(1 - np.tanh", "(1 + np.tanh")))
    assert verdicts(wrong) == {"Dense.backward": "pass", "Squash.backward": "fail"}


def test_methods_that_take_whatever_they_are_given(understood, cases_judged):
    """``forward(*input)`` is given the input."""
    assert verdicts(cases_judged(understood(layers, WHATEVER))) == {"Tanh.backward": "pass"}
    wrong = cases_judged(understood(layers, WHATEVER.replace("(1 - np.tanh(self.x) ** 2)", "1")))
    assert verdicts(wrong) == {"Tanh.backward": "fail"}


def test_the_mean_that_the_loss_leaves_to_the_layers(understood, cases_judged):
    """Where layers divide by m the loss need not; where they do not it has to."""
    found = understood(layers, SHARED)
    assert verdicts(cases_judged(found)) == {"Dense.backward": "pass", "CrossEntropy.derivative": "pass"}
    assert found.cases[1].info.notes == (
        "CrossEntropy.derivative leaves 1/m to the layers, which divide by the number of examples",
    )
    alone = cases_judged(understood(layers, SHARED.replace(" / m", "")))
    assert verdicts(alone) == {"Dense.backward": "pass", "CrossEntropy.derivative": "fail"}
