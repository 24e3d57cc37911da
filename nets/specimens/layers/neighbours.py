import numpy as np


class Layer:
    def __init__(self):
        self.prev = None
        self.next = None
        self.input_data = None
        self.output_data = None
        self.input_delta = None
        self.output_delta = None

    def came_in(self):
        return self.prev.output_data if self.prev is not None else self.input_data

    def came_back(self):
        return self.next.output_delta if self.next is not None else self.input_delta


class Dense(Layer):
    def __init__(self, input_dim, output_dim):
        super().__init__()
        self.weight = np.random.randn(output_dim, input_dim)
        self.bias = np.random.randn(output_dim, 1)
        self.delta_weight = np.zeros(self.weight.shape)
        self.delta_bias = np.zeros(self.bias.shape)

    def forward(self):
        self.output_data = np.dot(self.weight, self.came_in()) + self.bias

    def backward(self):
        delta = self.came_back()
        self.delta_bias += delta
        self.delta_weight += np.dot(delta, self.came_in().T)
        self.output_delta = np.dot(self.weight.T, delta)


class Sigmoid(Layer):
    def forward(self):
        self.output_data = 1.0 / (1.0 + np.exp(-self.came_in()))

    def backward(self):
        self.output_delta = self.came_back() * self.output_data
