import numpy as np


class Layer:
    def __init__(self):
        self.input = None

    def forward(self, input_data):
        pass

    def backward(self, output_gradient, learning_rate):
        pass


class FullyConnected(Layer):
    def __init__(self, n_inputs, n_outputs):
        super().__init__()
        self.weights = np.random.randn(n_outputs, n_inputs) * 0.1
        self.bias = np.zeros((n_outputs, 1))

    def forward(self, input_data):
        self.input = input_data
        return self.weights @ input_data + self.bias

    def backward(self, output_gradient, learning_rate):
        self.weights -= learning_rate * (output_gradient @ self.input.T)
        self.bias -= learning_rate * output_gradient
        return self.weights.T @ output_gradient


class Activation(Layer):
    def __init__(self, function, derivative):
        super().__init__()
        self.function = function
        self.derivative = derivative

    def forward(self, input_data):
        self.input = input_data
        return self.function(input_data)

    def backward(self, output_gradient, learning_rate):
        return output_gradient * self.derivative(self.input)


class Tanh(Activation):
    def __init__(self):
        super().__init__(np.tanh, lambda x: 1 - np.tanh(x) ** 2)
