import numpy as np


class Network:
    def __init__(self, sizes):
        self.num_layers = len(sizes)
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]
        self.weights = [np.random.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]
        # allocated once, so that backprop does not have to
        self.nabla_b = [np.zeros(b.shape) for b in self.biases]
        self.nabla_w = [np.zeros(w.shape) for w in self.weights]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigmoid(np.dot(w, a) + b)
        return a

    def backprop(self, x, y):
        activations = [x]
        for b, w in zip(self.biases, self.weights):
            activations.append(sigmoid(np.dot(w, activations[-1]) + b))
        delta = (activations[-1] - y) * activations[-1] * (1 - activations[-1])
        for l in range(1, self.num_layers):
            self.nabla_b[-l] += delta
            self.nabla_w[-l] += np.dot(delta, activations[-l - 1].T)
            delta = np.dot(self.weights[-l].T, delta) * activations[-l - 1] * (1 - activations[-l - 1])
        return self.nabla_b, self.nabla_w


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))
