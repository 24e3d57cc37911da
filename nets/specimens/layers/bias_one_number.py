import numpy as np


class DenseLayer:
    def __init__(self, units, activation="sigmoid"):
        self.units = units
        self.weights = None

    def forward(self, inputs):
        if self.weights is None:
            self.weights = np.random.normal(0, 0.1, (inputs.shape[1], self.units))
            self.biases = np.zeros((1, self.units))
        self.inputs = inputs
        self.z = np.dot(inputs, self.weights) + self.biases
        self.output = 1 / (1 + np.exp(-self.z))
        return self.output

    def backward(self, d_output):
        dz = d_output * self.output * (1 - self.output)
        self.d_weights = np.dot(self.inputs.T, dz)
        self.d_biases = np.sum(dz)
        return np.dot(dz, self.weights.T)


class MSELoss:
    def loss(self, y_true, y_pred):
        return np.mean((y_pred - y_true) ** 2)

    def gradient(self, y_true, y_pred):
        return 2 * (y_pred - y_true) / y_true.shape[0]
