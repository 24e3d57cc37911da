import numpy as np


class Net:
    """One hidden layer, one output; every weight by its place in memory."""

    def __init__(self, n_in, n_hidden):
        self.n_in = n_in
        self.W = np.random.rand(n_in, n_hidden)
        self.c = np.random.rand(n_hidden)
        self.v = np.random.rand(n_hidden, 1)
        self.d = np.random.rand(1)

    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def run(self, x):
        self.h = self.sigmoid(np.dot(x, self.W) + self.c)
        self.out = self.sigmoid(np.dot(self.h, self.v) + self.d)

    def correct(self, x, rate, goal):
        error = -2 * (goal - self.out.flat[0]) * self.out.flat[0] * (1 - self.out.flat[0])
        back = [error * self.v.flat[j] * self.h.flat[j] * (1 - self.h.flat[j]) for j in range(len(self.h))]
        for i in range(self.W.size):
            self.W.flat[i] -= rate * back[i // self.n_in] * x.flat[i % self.n_in]
        for j in range(len(self.c)):
            self.c[j] -= rate * back[j]
            self.v[j, 0] -= rate * error * self.h.flat[j]
        self.d[0] -= rate * error

    def train(self, X, y, rate, epochs):
        X = (X - X.min(axis=0)) / (X.max(axis=0) - X.min(axis=0))
        for epoch in range(epochs):
            for x, goal in zip(X, y):
                self.run(x)
                self.correct(x, rate, goal)

    def predict(self, x):
        self.run(x)
        return self.out.flat[0]
