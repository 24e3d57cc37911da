import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class LSTMCell:
    def __init__(self, input_size, hidden_size):
        self.hidden_size = hidden_size
        self.Wx = np.random.randn(input_size, 4 * hidden_size) * 0.1
        self.Wh = np.random.randn(hidden_size, 4 * hidden_size) * 0.1
        self.b = np.zeros(4 * hidden_size)

    def forward(self, x, h_prev, c_prev):
        z = x @ self.Wx + h_prev @ self.Wh + self.b
        i, f, o, g = np.split(z, 4, axis=1)
        i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
        c = f * c_prev + i * g
        h = o * np.tanh(c)
        self.cache = (x, h_prev, c_prev, i, f, o, g, c)
        return h, c

    def backward(self, dh, dc_next):
        x, h_prev, c_prev, i, f, o, g, c = self.cache
        dc = dh * o * (1 - np.tanh(c) ** 2)
        dz = np.hstack((
            dc * g * i * (1 - i),
            dc * c_prev * f * (1 - f),
            dh * np.tanh(c) * o * (1 - o),
            dc * i * (1 - g**2),
        ))
        self.dWx, self.dWh, self.db = x.T @ dz, h_prev.T @ dz, dz.sum(axis=0)
        return dz @ self.Wx.T, dz @ self.Wh.T, dc * f
