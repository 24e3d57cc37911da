import numpy as np


class Network:

    def __init__(self, sizes: list[int]) -> None:
        self.sizes = sizes
        self.weights: list[np.ndarray] = [np.random.randn(n, m) for m, n in zip(sizes, sizes[1:])]
        self.biases: list[np.ndarray] = [np.random.randn(n, 1) for n in sizes[1:]]

    def feedforward(self, a: np.ndarray) -> np.ndarray:
        for w, b in zip(self.weights, self.biases):
            a = sigmoid(w @ a + b)
        return a

    def backprop(self, x: np.ndarray, y: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
        activations: list[np.ndarray] = [x]
        for w, b in zip(self.weights, self.biases):
            activations.append(sigmoid(w @ activations[-1] + b))

        deltas: list[np.ndarray] = [np.empty(0)] * len(self.weights)
        deltas[-1] = (activations[-1] - y) * sigmoid_slope(activations[-1])
        for l in reversed(range(len(self.weights) - 1)):
            w = self.weights[l + 1]
            # turn (n, m) into (m, n) so that the product fits
            flipped = w.reshape(w.shape[1], w.shape[0])
            deltas[l] = (flipped @ deltas[l + 1]) * sigmoid_slope(activations[l + 1])

        return deltas, [d @ a.T for d, a in zip(deltas, activations)]


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def sigmoid_slope(a: np.ndarray) -> np.ndarray:
    return a * (1 - a)
