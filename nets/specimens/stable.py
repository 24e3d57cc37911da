"""Cross-entropy network that does not overflow, however large the weighted inputs get.

The cost is computed from z (softplus), not from log(a), and sigmoid only ever
exponentiates negative numbers.
"""
import numpy as np


def sigmoid(z):
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, small) / (1.0 + small)


def softplus(z):
    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))


class CrossEntropyCost:
    """C = -sum(y ln a + (1 - y) ln(1 - a)) written in terms of z."""

    @staticmethod
    def fn(z, y):
        return float(np.sum(y * softplus(-z) + (1.0 - y) * softplus(z)))

    @staticmethod
    def delta(a, y):
        return a - y


class Network:
    def __init__(self, sizes, cost=CrossEntropyCost):
        self.num_layers, self.sizes, self.cost = len(sizes), list(sizes), cost
        self.default_weight_initializer()

    def default_weight_initializer(self):
        self.biases = [np.random.randn(n, 1) for n in self.sizes[1:]]
        self.weights = [np.random.randn(n, k) / np.sqrt(k) for k, n in zip(self.sizes[:-1], self.sizes[1:])]

    def _weighted_inputs(self, x):
        """All z, and all activations including the input."""
        zs, activations = [], [x]
        for b, w in zip(self.biases, self.weights):
            zs.append(w.dot(activations[-1]) + b)
            activations.append(sigmoid(zs[-1]))
        return zs, activations

    def feedforward(self, x):
        return self._weighted_inputs(x)[1][-1]

    def total_cost(self, x, y):
        return self.cost.fn(self._weighted_inputs(x)[0][-1], y)

    def backprop(self, x, y):
        zs, activations = self._weighted_inputs(x)
        delta = self.cost.delta(activations[-1], y)
        nabla_b, nabla_w = [delta], [delta.dot(activations[-2].T)]
        for l in range(self.num_layers - 2, 0, -1):
            s = sigmoid(zs[l - 1])
            delta = self.weights[l].T.dot(delta) * s * sigmoid(-zs[l - 1])
            nabla_b = [delta] + nabla_b
            nabla_w = [delta.dot(activations[l - 1].T)] + nabla_w
        return nabla_b, nabla_w
