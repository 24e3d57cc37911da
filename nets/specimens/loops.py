# No matrix products: every sum of the textbook is a for loop.
import math
import numpy as np


def sigma(v):
    return 1.0 / (1.0 + math.exp(-v))


class Network:

    def __init__(self, sizes):
        self.sizes = sizes
        self.biases = []
        self.weights = []
        for l in range(1, len(sizes)):
            self.biases.append(np.random.normal(size=(sizes[l], 1)))
            self.weights.append(np.random.normal(size=(sizes[l], sizes[l-1])))

    def forward_all(self, x):
        layers = [[float(v) for v in np.ravel(x)]]
        for l in range(1, len(self.sizes)):
            new = []
            for j in range(self.sizes[l]):
                z = float(self.biases[l-1][j][0])
                for k in range(self.sizes[l-1]):
                    z += self.weights[l-1][j][k] * layers[l-1][k]
                new.append(sigma(z))
            layers.append(new)
        return layers

    def feedforward(self, x):
        return np.array(self.forward_all(x)[-1]).reshape(-1, 1)

    def backprop(self, x, y):
        a = self.forward_all(x)
        y = [float(v) for v in np.ravel(y)]
        top = len(self.sizes) - 1
        errors = [None] * len(self.sizes)
        errors[top] = [(a[top][j] - y[j]) * a[top][j] * (1 - a[top][j]) for j in range(self.sizes[top])]
        for l in range(top - 1, 0, -1):
            errors[l] = []
            for k in range(self.sizes[l]):
                total = 0.0
                for j in range(self.sizes[l+1]):
                    total += self.weights[l][j][k] * errors[l+1][j]
                errors[l].append(total * a[l][k] * (1 - a[l][k]))

        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        for l in range(1, len(self.sizes)):
            for j in range(self.sizes[l]):
                nabla_b[l-1][j][0] = errors[l][j]
                for k in range(self.sizes[l-1]):
                    nabla_w[l-1][j][k] = errors[l][j] * a[l-1][k]
        return nabla_b, nabla_w
