"""
network.py

A feedforward network trained by stochastic gradient descent, with the gradient
computed by backpropagation. One example at a time, written to be read.
"""

import random

import numpy as np


class Network(object):

    def __init__(self, sizes):
        """``sizes`` lists the neurons per layer, e.g. [784, 30, 10]."""
        self.num_layers = len(sizes)
        self.sizes = sizes
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]
        self.weights = [np.random.randn(n, n_in) for n_in, n in zip(sizes, sizes[1:])]

    def feedforward(self, a):
        """The output of the network for the input column ``a``."""
        for w, b in zip(self.weights, self.biases):
            a = sigmoid(np.dot(w, a) + b)
        return a

    def SGD(self, training_data, epochs, mini_batch_size, eta, test_data=None):
        """Train on a list of pairs (x, y) with mini-batches of the given size."""
        for epoch in range(epochs):
            random.shuffle(training_data)
            for start in range(0, len(training_data), mini_batch_size):
                self.update_mini_batch(training_data[start:start + mini_batch_size], eta)
            if test_data:
                print("epoch", epoch, ":", self.evaluate(test_data), "of", len(test_data))

    def update_mini_batch(self, mini_batch, eta):
        """One step of gradient descent, with the mean gradient of the mini-batch."""
        sum_b = [np.zeros(b.shape) for b in self.biases]
        sum_w = [np.zeros(w.shape) for w in self.weights]
        for x, y in mini_batch:
            nabla_b, nabla_w = self.backprop(x, y)
            sum_b = [total + nb for total, nb in zip(sum_b, nabla_b)]
            sum_w = [total + nw for total, nw in zip(sum_w, nabla_w)]
        rate = eta / len(mini_batch)
        self.weights = [w - rate * nw for w, nw in zip(self.weights, sum_w)]
        self.biases = [b - rate * nb for b, nb in zip(self.biases, sum_b)]

    def backprop(self, x, y):
        """(nabla_b, nabla_w), the gradient of the cost of one example, layer by layer."""
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        # forward, keeping every weighted input and activation
        activations, zs = [x], []
        for w, b in zip(self.weights, self.biases):
            zs.append(np.dot(w, activations[-1]) + b)
            activations.append(sigmoid(zs[-1]))
        # the error of the output layer
        delta = self.cost_derivative(activations[-1], y) * sigmoid_prime(zs[-1])
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, activations[-2].T)
        # and of each layer before it
        for l in range(2, self.num_layers):
            delta = np.dot(self.weights[-l + 1].T, delta) * sigmoid_prime(zs[-l])
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, activations[-l - 1].T)
        return nabla_b, nabla_w

    def evaluate(self, test_data):
        """How many of the pairs (x, digit) are classified right."""
        return sum(int(np.argmax(self.feedforward(x)) == y) for x, y in test_data)

    def cost_derivative(self, output_activations, y):
        """Partial derivatives of the quadratic cost by the output activations."""
        return output_activations - y


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))
