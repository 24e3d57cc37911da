import numpy as np

def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))

class Network:
    def __init__(self, sizes):
        self.sizes = sizes
        self.biases = [np.random.uniform(-1, 1, (n, 1)) for n in sizes[1:]]
        self.weights = [np.random.uniform(-1, 1, (sizes[i + 1], sizes[i])) for i in range(len(sizes) - 1)]

    def feedforward(self, a):
        for i in range(len(self.weights)):
            a = sigmoid(self.weights[i] @ a + self.biases[i])
        return a

    def backprop(self, x, y):
        a = [x]
        for i in range(len(self.weights)):
            a.append(sigmoid(self.weights[i] @ a[i] + self.biases[i]))
        nabla_b = [None for _ in self.biases]
        nabla_w = [None for _ in self.weights]
        for i in range(len(self.weights) - 1, -1, -1):
            if i == len(self.weights) - 1:
                delta = (a[i + 1] - y) * a[i + 1] * (1 - a[i + 1])
            else:
                # every neuron gets the error of the layer above
                delta = np.sum(delta) * a[i + 1] * (1 - a[i + 1])
            nabla_b[i] = delta
            nabla_w[i] = delta @ a[i].T
        return nabla_b, nabla_w
