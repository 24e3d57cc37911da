# HW2: switched from sigmoid to tanh (trains faster)
import numpy as np


class Network:
    def __init__(self, sizes):
        self.num_layers = len(sizes)
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]
        self.weights = [np.random.randn(y, x) / np.sqrt(x) for x, y in zip(sizes[:-1], sizes[1:])]

    def activate(self, z):
        # return 1.0/(1.0+np.exp(-z))
        return np.tanh(z)

    def activate_prime(self, z):
        s = 1.0/(1.0+np.exp(-z))
        return s*(1-s)

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = self.activate(np.dot(w, a)+b)
        return a

    def backprop(self, x, y):
        zs, activations = [], [x]
        for b, w in zip(self.biases, self.weights):
            zs.append(np.dot(w, activations[-1])+b)
            activations.append(self.activate(zs[-1]))
        delta = (activations[-1]-y)*self.activate_prime(zs[-1])
        nabla_b, nabla_w = [delta], [np.dot(delta, activations[-2].T)]
        for l in range(2, self.num_layers):
            delta = np.dot(self.weights[-l+1].T, delta)*self.activate_prime(zs[-l])
            nabla_b = [delta] + nabla_b
            nabla_w = [np.dot(delta, activations[-l-1].T)] + nabla_w
        return nabla_b, nabla_w
