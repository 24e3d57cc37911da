import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1.0 - sigmoid(z))


class Network:
    def __init__(self, sizes):
        self.num_layers = len(sizes)
        self.sizes = sizes
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]
        self.weights = [np.random.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigmoid(w @ a + b)
        return a

    def backprop(self, x, y):
        zs = []
        activations = [x]
        for b, w in zip(self.biases, self.weights):
            z = w @ activations[-1] + b
            zs.append(z)
            activations.append(sigmoid(z))

        nabla_b = [np.zeros_like(b) for b in self.biases]
        nabla_w = [np.zeros_like(w) for w in self.weights]

        # output layer
        delta = (activations[-1] - y) * sigmoid_prime(zs[-1])
        nabla_b[-1] = delta
        nabla_w[-1] = delta @ activations[-2].T

        # send the error back through the weights
        for l in range(2, self.num_layers):
            delta = self.weights[-l + 1].T @ delta
            nabla_b[-l] = delta
            nabla_w[-l] = delta @ activations[-l - 1].T

        return nabla_b, nabla_w
