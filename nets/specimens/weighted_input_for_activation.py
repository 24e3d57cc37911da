import numpy as np
from numpy import dot, exp


def sigmoid(z):
    return 1./(1.+exp(-z))


class Network:

    def __init__(self, sizes):
        self.sizes, self.num_layers = sizes, len(sizes)
        self.biases = [np.random.randn(k, 1) for k in sizes[1:]]
        self.weights = [np.random.randn(k, j) for j, k in zip(sizes, sizes[1:])]

    def feedforward(self, a):
        for l in range(self.num_layers - 1):
            a = sigmoid(dot(self.weights[l], a) + self.biases[l])
        return a

    def backprop(self, x, y):
        # z[l] and a[l], with layer 0 the input
        z, a = {0: x}, {0: x}
        for l in range(1, self.num_layers):
            z[l] = dot(self.weights[l - 1], a[l - 1]) + self.biases[l - 1]
            a[l] = sigmoid(z[l])
        delta = {}
        for l in range(self.num_layers - 1, 0, -1):
            back = a[l] - y if l == self.num_layers - 1 else dot(self.weights[l].T, delta[l + 1])
            delta[l] = back * sigmoid(z[l]) * (1 - sigmoid(z[l]))
        nabla_b = [delta[l] for l in range(1, self.num_layers)]
        nabla_w = [dot(delta[l], z[l - 1].T) for l in range(1, self.num_layers)]
        return nabla_b, nabla_w
