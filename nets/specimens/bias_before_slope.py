import numpy as np


class Network:
    """ReLU hidden layers, linear output, half the squared error."""

    def __init__(self, sizes):
        self.weights = [np.random.randn(o, i) * np.sqrt(2.0 / i) for i, o in zip(sizes[:-1], sizes[1:])]
        self.biases = [np.random.randn(o, 1) * 0.1 for o in sizes[1:]]

    def feedforward(self, a):
        n = len(self.weights)
        for i, (w, b) in enumerate(zip(self.weights, self.biases), 1):
            z = w @ a + b
            a = z if i == n else np.maximum(z, 0)
        return a

    def backprop(self, x, y):
        n = len(self.weights)
        inputs, masks, a = [], [], x
        for i, (w, b) in enumerate(zip(self.weights, self.biases), 1):
            inputs.append(a)
            z = w @ a + b
            masks.append(np.ones_like(z) if i == n else (z > 0).astype(float))
            a = z * masks[-1]
        grad = a - y
        nabla_b, nabla_w = [None] * n, [None] * n
        for i in range(n - 1, -1, -1):
            nabla_b[i] = grad.sum(axis=1, keepdims=True)
            grad = grad * masks[i]
            nabla_w[i] = grad @ inputs[i].T
            grad = self.weights[i].T @ grad
        return nabla_b, nabla_w
