import numpy as np


class Network:
    """Cost function: C(w, b) = 1/2 * sum (a - y)^2"""

    def __init__(self, sizes):
        self.weights = [np.random.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]

    def feedforward(self, a):
        for w, b in zip(self.weights, self.biases):
            a = self.f(np.dot(w, a) + b)
        return a

    def cost(self, x, y):
        return 0.5 * np.sum((self.feedforward(x) - y) ** 2)

    def cost_derivative(self, output, y):
        return 2 * (output - y)

    def f(self, z):
        return 1.0 / (1.0 + np.exp(-z))

    def f_prime(self, z):
        return self.f(z) * (1 - self.f(z))

    def backprop(self, x, y):
        zs, activations = [], [x]
        for w, b in zip(self.weights, self.biases):
            zs.append(np.dot(w, activations[-1]) + b)
            activations.append(self.f(zs[-1]))
        delta = self.cost_derivative(activations[-1], y) * self.f_prime(zs[-1])
        nabla_b, nabla_w = [delta], [np.outer(delta, activations[-2])]
        for w, z, a in zip(self.weights[:0:-1], zs[-2::-1], activations[-3::-1]):
            delta = np.dot(w.T, delta) * self.f_prime(z)
            nabla_b.append(delta)
            nabla_w.append(np.outer(delta, a))
        return nabla_b[::-1], nabla_w[::-1]
