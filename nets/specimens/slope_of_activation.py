import numpy as np


class Network:
    def __init__(self, sizes):
        self.num_layers = len(sizes)
        self.sizes = sizes
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]
        self.weights = [np.random.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        return self.get_activations(a)[-1]

    def get_activations(self, x):
        activations = [x]
        for b, w in zip(self.biases, self.weights):
            activations.append(self.sigmoid(np.matmul(w, activations[-1]) + b))
        return activations

    def backprop(self, x, y):
        acts = self.get_activations(x)
        delta = (acts[-1] - y) * self.sigmoid_prime(acts[-1])
        nabla_b = [delta]
        nabla_w = [np.matmul(delta, acts[-2].T)]
        for l in range(2, self.num_layers):
            delta = np.matmul(self.weights[-l + 1].T, delta) * self.sigmoid_prime(acts[-l])
            nabla_b.insert(0, delta)
            nabla_w.insert(0, np.matmul(delta, acts[-l - 1].T))
        return nabla_b, nabla_w

    def sigmoid(self, z):
        return 1.0 / (1.0 + np.exp(-z))

    def sigmoid_prime(self, z):
        return self.sigmoid(z) * (1 - self.sigmoid(z))
