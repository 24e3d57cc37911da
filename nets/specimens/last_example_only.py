"""Mini-batch backprop: goes through the examples (columns) and collects the gradients."""
import numpy as np


class Network:
    def __init__(self, sizes):
        self.num_layers = len(sizes)
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]
        self.weights = [np.random.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]

    def sigmoid(self, z):
        return 1.0 / (1.0 + np.exp(-z))

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = self.sigmoid(np.dot(w, a) + b)
        return a

    def backprop(self, X, Y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        for n in range(X.shape[1]):
            x = X[:, n].reshape(-1, 1)
            y = Y[:, n].reshape(-1, 1)
            a = [x]
            for b, w in zip(self.biases, self.weights):
                a.append(self.sigmoid(np.dot(w, a[-1]) + b))
            delta = (a[-1] - y) * a[-1] * (1 - a[-1])
            for l in range(1, self.num_layers):
                nabla_b[-l] = delta
                nabla_w[-l] = np.dot(delta, a[-l - 1].T)
                delta = np.dot(self.weights[-l].T, delta) * a[-l - 1] * (1 - a[-l - 1])
        return nabla_b, nabla_w
