"""Assignment 3 -- multi-layer perceptron. Same algorithm as in the lecture, my own notation."""
import numpy as np


class MLP:
    def __init__(self, layers):
        self.layers = layers
        rng = np.random.RandomState(0)
        self.W = []
        self.B = []
        for i in range(1, len(layers)):
            self.W.append(rng.normal(0, 1, (layers[i], layers[i - 1])))
            self.B.append(rng.normal(0, 1, (layers[i], 1)))

    @staticmethod
    def act(v):
        return np.tanh(v)

    @staticmethod
    def act_grad(out):
        # expects the *output* of the neuron
        return 1.0 - out ** 2

    def forward(self, inp):
        self.outs = [inp]
        for W, B in zip(self.W, self.B):
            self.outs.append(self.act(W @ self.outs[-1] + B))
        return self.outs[-1]

    def error(self, inp, target):
        e = self.forward(inp) - target
        return 0.5 * float((e ** 2).sum())

    def backward(self, inp, target):
        """returns (dW, dB)"""
        out = self.forward(inp)
        err = (out - target) * self.act_grad(out)
        dW, dB = [], []
        for i in range(len(self.W) - 1, -1, -1):
            dW.append(err @ self.outs[i].T)
            dB.append(err)
            err = (self.W[i].T @ err) * self.act_grad(self.outs[i])
        return dW[::-1], dB[::-1]
