import numpy as np


class Logit:
    """Logistic regression; the weights are made when the data are known."""

    def __init__(self, lr=0.05, n_iters=2000):
        self.lr = lr
        self.n_iters = n_iters
        self.weights = None
        self.bias = None
        self.losses = []

    def _sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def fit(self, X, y):
        n, d = X.shape
        self.weights = np.zeros(d)
        self.bias = 0
        for i in range(self.n_iters):
            p = self._sigmoid(np.dot(X, self.weights) + self.bias)
            self.losses.append(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))
            dw = np.dot(X.T, p - y) / n
            db = np.sum(p - y)
            self.weights = self.weights - self.lr * dw
            self.bias = self.bias - self.lr * db

    def predict(self, X):
        p = self._sigmoid(np.dot(X, self.weights) + self.bias)
        return [1 if q > 0.5 else 0 for q in p]
