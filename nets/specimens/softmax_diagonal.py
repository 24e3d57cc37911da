import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def softmax(z):
    e = np.exp(z - np.max(z, axis=0, keepdims=True))
    return e / np.sum(e, axis=0, keepdims=True)


class Network:
    """Sigmoid hidden layers, softmax output, quadratic cost."""

    def __init__(self, sizes):
        self.sizes = sizes
        self.weights = [np.random.randn(o, i) for i, o in zip(sizes[:-1], sizes[1:])]
        self.biases = [np.random.randn(o, 1) for o in sizes[1:]]

    def feedforward(self, x):
        for w, b in zip(self.weights[:-1], self.biases[:-1]):
            x = sigmoid(w @ x + b)
        return softmax(self.weights[-1] @ x + self.biases[-1])

    def cost(self, x, y):
        return 0.5 * np.sum((self.feedforward(x) - y) ** 2)

    def backprop(self, x, y):
        acts = [x]
        for w, b in zip(self.weights[:-1], self.biases[:-1]):
            acts.append(sigmoid(w @ acts[-1] + b))
        p = softmax(self.weights[-1] @ acts[-1] + self.biases[-1])
        delta = (p - y) * p * (1 - p)
        nabla_b, nabla_w = [], []
        for i in range(len(self.weights) - 1, -1, -1):
            nabla_b.insert(0, delta.sum(axis=1, keepdims=True))
            nabla_w.insert(0, delta @ acts[i].T)
            if i:
                delta = (self.weights[i].T @ delta) * acts[i] * (1 - acts[i])
        return nabla_b, nabla_w
