import numpy as np


class Network:
    def __init__(self, sizes):
        self.num_layers = len(sizes)
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]
        self.weights = [np.random.randn(y, x) / x ** 0.5 for x, y in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = np.tanh(w.dot(a) + b)
        return a

    def backprop(self, x, y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]

        a = [x]
        for b, w in zip(self.biases, self.weights):
            a.append(np.tanh(w.dot(a[-1]) + b))

        last = self.num_layers - 1
        delta = (a[last] - y) * (1 - a[last] ** 2)
        l = last
        while l > 1:
            nabla_b[l - 1] = delta
            nabla_w[l - 1] = delta.dot(a[l - 1].T)
            delta = self.weights[l - 1].T.dot(delta) * (1 - a[l - 1] ** 2)
            l -= 1
        return nabla_b, nabla_w
