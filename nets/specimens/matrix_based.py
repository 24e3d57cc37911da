# Backprop over a whole mini-batch at once: X and Y hold one example per column.
import numpy as np


class Network:
    def __init__(self, sizes):
        self.sizes = sizes
        self.weights = [np.random.standard_normal((m, n)) / np.sqrt(n) for n, m in zip(sizes[:-1], sizes[1:])]
        self.biases = [np.zeros((m, 1)) for m in sizes[1:]]

    def feedforward(self, A):
        for W, b in zip(self.weights, self.biases):
            A = 1 / (1 + np.exp(-(W @ A + b)))
        return A

    def cost(self, X, Y):
        return 0.5 * np.sum((self.feedforward(X) - Y) ** 2)

    def backprop(self, X, Y):
        As = [X]
        for W, b in zip(self.weights, self.biases):
            As.append(1 / (1 + np.exp(-(W @ As[-1] + b))))

        nabla_b = [None] * len(self.biases)
        nabla_w = [None] * len(self.weights)
        Delta = (As[-1] - Y) * As[-1] * (1 - As[-1])
        for l in reversed(range(len(self.weights))):
            nabla_b[l] = Delta.sum(axis=1, keepdims=True)
            nabla_w[l] = Delta @ As[l].T
            if l > 0:
                Delta = (self.weights[l].T @ Delta) * As[l] * (1 - As[l])
        return nabla_b, nabla_w

    def update_mini_batch(self, X, Y, eta):
        nabla_b, nabla_w = self.backprop(X, Y)
        m = X.shape[1]
        for l in range(len(self.weights)):
            self.weights[l] -= eta / m * nabla_w[l]
            self.biases[l] -= eta / m * nabla_b[l]
