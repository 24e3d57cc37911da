"""What stands around the backward pass: one program for each family of interfaces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gradcheck.suite.sources.steps import Steps
from gradcheck.suite.sources.writing import HELPERS, Writing

Text = Callable[[Steps], str]


@dataclass(frozen=True)
class Style:
    """One author in one family: how a backward pass of ``last`` layers becomes a whole file."""

    id: str
    family: str
    writing: Writing
    last: int
    text: Text


def indented(lines: list[str], by: int) -> str:
    """Lines further in."""
    return "\n".join(" " * by + line for line in lines)


def helpers(w: Writing) -> str:
    """The imports, and the slopes that are functions of z."""
    names = dict.fromkeys((w.hidden, w.output)) if w.slopes == "prime" else {}
    return "import numpy as np\n\n\n" + "\n\n".join(HELPERS[name] for name in names if name in HELPERS)


def forward_lines(s: Steps) -> list[str]:
    """The whole forward pass."""
    return [line for k in range(1, s.last + 1) for line in s.writing.forward(k, s.last)]


def places(s: Steps) -> range:
    """1, ..., last."""
    return range(1, s.last + 1)


def sizes_of(s: Steps, first: str, between: str, last: str) -> list[str]:
    """Names for the numbers of neurons, layer by layer."""
    hidden = [between] if s.last == 2 else [f"{between}_{k}" for k in range(1, s.last)]
    return [first, *hidden, last]


def _listed(pattern: str, s: Steps) -> str:
    return ", ".join(pattern.format(k=k) for k in places(s))


def lists_of_arrays(s: Steps) -> str:
    """The chapter's class: lists of weights and biases, and ``backprop`` that returns both gradients."""
    w = s.writing
    sizes = ", ".join(f"n{k}" for k in range(s.last + 1))
    take = f"{_listed('w{k}', s)} = self.weights\n        {_listed('b{k}', s)} = self.biases"
    declared = "" if w.cost != "quadratic" else (
        "\n    def cost_derivative(self, output_activations, y):\n        return output_activations - y\n"
    )  # fmt: skip
    return f"""{helpers(w)}

class Network:
    def __init__(self, {sizes}):
        sizes = [{sizes}]
        self.weights = [np.random.randn(b, a) / np.sqrt(a) for a, b in zip(sizes, sizes[1:])]
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]

    def feedforward(self, x):
        {take}
{indented(forward_lines(s), 8)}
        return {w.act(s.last)}
{declared}
    def backprop(self, x, y):
        {take}
{indented(forward_lines(s), 8)}
{indented(s.lines(), 8)}
        return [{_listed(w.db, s)}], [{_listed(w.dw, s)}]
"""


COSTS = {
    "quadratic": "0.5 * np.sum(({a} - {y}) ** 2)",
    "cross_entropy": "-np.sum({y} * np.log({a}) + (1 - {y}) * np.log(1 - {a}))",
    "log_likelihood": "-np.sum({y} * np.log({a}))",
}


def cost_of(w: Writing, a: str) -> str:
    """The cost as an expression of the output."""
    value = COSTS[w.cost].format(a=a, y=w.y)
    return f"{value} / {w.examples}" if w.mean else value


def attributes(s: Steps) -> str:
    """A class with one attribute per array, rows as examples, and a dictionary of gradients."""
    w = s.writing
    sizes = ", ".join(f"n{k}" for k in range(s.last + 1))
    arrays = [f"{w.w.format(k=k)} = np.random.randn(n{k - 1}, n{k}) * 0.5" for k in places(s)]
    arrays += [f"{w.b.format(k=k)} = np.zeros((1, n{k}))" for k in places(s)]
    grads = ", ".join(f"'W{k}': {w.dw.format(k=k)}, 'b{k}': {w.db.format(k=k)}" for k in places(s))
    return f"""{helpers(w)}

class MLP(object):
    def __init__(self, {sizes}):
{indented(arrays, 8)}

    def forward(self, {w.x}):
{indented(forward_lines(s), 8)}
        return {w.act(s.last)}

    def loss(self, {w.x}, {w.y}):
        out = self.forward({w.x})
        return {cost_of(w, "out")}

    def backward(self, {w.x}, {w.y}):
{indented(forward_lines(s), 8)}
{indented(s.lines(), 8)}
        return {{{grads}}}
"""


def dictionary_functions(s: Steps) -> str:
    """Functions on a dictionary of parameters, columns as examples, a cache from forward to backward."""
    w = s.writing
    sizes = ", ".join(f"n_{k}" for k in range(s.last + 1))
    parts = [f"'W{k}': np.random.randn(n_{k}, n_{k - 1}) * 0.3, 'b{k}': np.zeros((n_{k}, 1))" for k in places(s)]
    take = [f"W{k}, b{k} = parameters['W{k}'], parameters['b{k}']" for k in places(s)]
    cached = ", ".join(f"'Z{k}': Z{k}, 'A{k}': A{k}" for k in places(s))
    got = [f"A{k}, Z{k} = cache['A{k}'], cache['Z{k}']" for k in places(s)]
    grads = ", ".join(f"'dW{k}': {w.dw.format(k=k)}, 'db{k}': {w.db.format(k=k)}" for k in places(s))
    return f"""{helpers(w)}

def initialize_parameters({sizes}):
    return {{{", ".join(parts)}}}


def forward_propagation(X, parameters):
{indented(take, 4)}
{indented(forward_lines(s), 4)}
    cache = {{{cached}}}
    return A{s.last}, cache


def computecost_of(A{s.last}, Y):
    m = Y.shape[1]
    return {COSTS[w.cost].format(a=f"A{s.last}", y="Y")} / m


def backward_propagation(parameters, cache, X, Y):
{indented(take, 4)}
{indented(got, 4)}
{indented(s.lines(), 4)}
    return {{{grads}}}
"""


def loss_and_grads(s: Steps) -> str:
    """A class with ``params`` and ``loss(X, y, reg)``, which returns the scores without labels."""
    w = s.writing
    sizes = sizes_of(s, "input_size", "hidden_size", "num_classes")
    arrays = [f"self.params['W{k}'] = 0.1 * np.random.randn({sizes[k - 1]}, {sizes[k]})" for k in places(s)]
    arrays += [f"self.params['b{k}'] = np.zeros({sizes[k]})" for k in places(s)]
    take = [f"W{k}, b{k} = self.params['W{k}'], self.params['b{k}']" for k in places(s)]
    penalty = " + ".join(f"np.sum(W{k} * W{k})" for k in places(s))
    grads = ", ".join(f"'W{k}': {w.dw.format(k=k)}, 'b{k}': {w.db.format(k=k)}" for k in places(s))
    scores = [line for k in range(1, s.last) for line in w.forward(k, s.last)]
    return f"""{helpers(w)}

class FullyConnectedNet(object):
    def __init__(self, {", ".join(sizes)}):
        self.params = {{}}
{indented(arrays, 8)}

    def loss(self, X, y=None, reg=0.0):
{indented(take, 8)}
{indented(scores, 8)}
        scores = np.dot({w.act(s.last - 1)}, W{s.last}) + b{s.last}
        if y is None:
            return scores
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        {w.act(s.last)} = e / e.sum(axis=1, keepdims=True)
        loss = -np.mean(np.log({w.act(s.last)}[np.arange(len(y)), y])) + 0.5 * reg * ({penalty})
        {w.y} = np.zeros_like(scores)
        {w.y}[np.arange(len(y)), y] = 1
{indented(s.lines(), 8)}
        return loss, {{{grads}}}
"""


def learning_step(s: Steps) -> str:
    """A class whose ``train`` does everything: forward, backward and the update in place."""
    w = s.writing
    sizes = ", ".join(f"n{k}" for k in range(s.last + 1))
    arrays = [f"{w.w.format(k=k)} = np.random.randn(n{k - 1}, n{k}) * 0.5" for k in places(s)]
    arrays += [f"{w.b.format(k=k)} = np.zeros((1, n{k}))" for k in places(s)]
    update = [f"{w.w.format(k=k)} -= self.lr * {w.dw.format(k=k)}" for k in places(s)]
    update += [f"{w.b.format(k=k)} -= self.lr * {w.db.format(k=k)}" for k in places(s)]
    return f"""{helpers(w)}

class NeuralNetwork:
    def __init__(self, {sizes}, learning_rate=0.1):
        self.lr = learning_rate
{indented(arrays, 8)}

    def predict(self, {w.x}):
{indented(forward_lines(s), 8)}
        return {w.act(s.last)}

    def train(self, {w.x}, {w.y}):
{indented(forward_lines(s), 8)}
{indented(s.lines(), 8)}
{indented(update, 8)}
"""


def flat_vector(s: Steps) -> str:
    """One function of a flat vector that returns the cost and its gradient."""
    w = s.writing
    sizes = sizes_of(s, "input_layer_size", "hidden_layer_size", "num_labels")
    take, start = [], "0"
    for k in places(s):
        for name, shape in ((f"W{k}", f"({sizes[k]}, {sizes[k - 1]})"), (f"b{k}", f"({sizes[k]}, 1)")):
            size = shape.strip("()").replace(", ", " * ")
            take += [f"{name} = theta[{start}:{start} + {size}].reshape{shape}"]
            start = f"{start} + {size}"
    grads = ", ".join(f"np.ravel({w.dw.format(k=k)}), np.ravel({w.db.format(k=k)})" for k in places(s))
    return f"""{helpers(w)}

def cost_function(theta, {", ".join(sizes)}, {w.x}, {w.y}):
{indented(take, 4)}
{indented(forward_lines(s), 4)}
    J = {cost_of(w, w.act(s.last))}
{indented(s.lines(), 4)}
    grad = np.concatenate([{grads}])
    return J, grad
"""
