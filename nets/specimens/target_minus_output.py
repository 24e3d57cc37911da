import numpy as np


class Network(object):
    """Feedforward network, sigmoid units, squared error / 2."""

    def __init__(self, sizes):
        self.nlayers = len(sizes)
        self.biases = [np.random.randn(i, 1) for i in sizes[1:]]
        self.weights = [np.random.randn(j, i) for i, j in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for w, b in zip(self.weights, self.biases):
            a = sigmoid(np.dot(w, a) + b)
        return a

    def update_mini_batch(self, batch, eta):
        for x, y in batch:
            nb, nw = self.backprop(x, y)
            self.biases = [b - eta / len(batch) * d for b, d in zip(self.biases, nb)]
            self.weights = [w - eta / len(batch) * d for w, d in zip(self.weights, nw)]

    def backprop(self, x, y):
        acts = [x]
        for w, b in zip(self.weights, self.biases):
            acts.append(sigmoid(np.dot(w, acts[-1]) + b))
        error = y - acts[-1]
        nb, nw = [], []
        for i in range(1, self.nlayers):
            delta = error * acts[-i] * (1 - acts[-i])
            nb.append(delta)
            nw.append(np.dot(delta, acts[-i - 1].T))
            error = np.dot(self.weights[-i].T, delta)
        nb.reverse()
        nw.reverse()
        return nb, nw


def sigmoid(x):
    return 1 / (1 + np.exp(-x))
