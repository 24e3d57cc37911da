"""Fully vectorised: examples are the columns of X and Y."""
import numpy as np


class Network:
    def __init__(self, sizes):
        self.weights = [np.random.randn(n_out, n_in) for n_in, n_out in zip(sizes[:-1], sizes[1:])]
        self.biases = [np.random.randn(n_out, 1) for n_out in sizes[1:]]

    def feedforward(self, X):
        return self._forward(X)[-1]

    def _forward(self, X):
        out = [X]
        for W, b in zip(self.weights, self.biases):
            out.append(1.0 / (1.0 + np.exp(-np.dot(W, out[-1]) - b)))
        return out

    def backprop(self, X, Y):
        out = self._forward(X)
        grads_b = [np.zeros_like(b) for b in self.biases]
        grads_w = [np.zeros_like(W) for W in self.weights]
        dZ = (out[-1] - Y) * out[-1] * (1 - out[-1])
        for i in range(len(self.weights))[::-1]:
            grads_w[i] = np.dot(dZ, out[i].T)
            grads_b[i][:] = np.sum(dZ)
            dZ = np.dot(self.weights[i].T, dZ) * out[i] * (1 - out[i])
        return grads_b, grads_w
