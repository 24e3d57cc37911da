import numpy as np


class Net:
    def __init__(self, X, y, shape=(3, 6, 2), eta=0.001, rounds=500):
        self.X = X
        self.y = y
        self.shape = shape
        self.eta = eta
        self.rounds = rounds
        self.passes = []
        self.weights = [np.random.randn(a + 1, b) for a, b in zip(shape[:-1], shape[1:])]

    def with_ones(self, a):
        return np.hstack((np.ones((len(a), 1)), a))

    def squash(self, z, slope=False):
        return z * (1 - z) if slope else 1 / (1 + np.exp(-z))

    def feedforward(self, X):
        a = self.with_ones(X)
        self.passes.append(a)
        for w in self.weights[:-1]:
            a = self.with_ones(self.squash(a.dot(w)))
            self.passes.append(a)
        a = self.squash(a.dot(self.weights[-1]))
        self.passes.append(a)
        return a

    def backpropagate(self, out, y):
        delta = (y - out) * self.squash(out, slope=True)
        inputs = self.passes[-1 - len(self.weights):-1]
        for l in range(len(self.weights) - 1, -1, -1):
            step = inputs[l].T.dot(delta)
            delta = (delta.dot(self.weights[l].T) * self.squash(inputs[l], slope=True))[:, 1:]
            self.weights[l] += self.eta * step

    def train(self):
        for i in range(self.rounds):
            out = self.feedforward(self.X)
            self.backpropagate(out, self.y)
            if i % 50 == 0:
                print(i, np.average(0.5 * (self.y - out) ** 2))
