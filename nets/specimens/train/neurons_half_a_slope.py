from math import exp
from random import random, seed


def initialize_network(n_inputs, n_hidden, n_outputs):
    hidden = [{'weights': [random() - 0.5 for _ in range(n_inputs + 1)]} for _ in range(n_hidden)]
    output = [{'weights': [random() - 0.5 for _ in range(n_hidden + 1)]} for _ in range(n_outputs)]
    return [hidden, output]


def activate(weights, inputs):
    total = weights[-1]
    for w, x in zip(weights, inputs):
        total += w * x
    return 1.0 / (1.0 + exp(-total))


def forward_propagate(network, row):
    inputs = row[:-1]
    for layer in network:
        for neuron in layer:
            neuron['output'] = activate(neuron['weights'], inputs)
        inputs = [neuron['output'] for neuron in layer]
    return inputs


def backward_propagate_error(network, expected):
    for i in reversed(range(len(network))):
        for j, neuron in enumerate(network[i]):
            if i == len(network) - 1:
                error = neuron['output'] - expected[j]
            else:
                error = sum(n['weights'][j] * n['delta'] for n in network[i + 1])
            neuron['delta'] = error * (1.0 - neuron['output'])


def update_weights(network, row, l_rate):
    inputs = row[:-1]
    for layer in network:
        for neuron in layer:
            for j, x in enumerate(inputs):
                neuron['weights'][j] -= l_rate * neuron['delta'] * x
            neuron['weights'][-1] -= l_rate * neuron['delta']
        inputs = [neuron['output'] for neuron in layer]


def train_network(network, train, l_rate, n_epoch, n_outputs):
    for epoch in range(n_epoch):
        sum_error = 0
        for row in train:
            outputs = forward_propagate(network, row)
            expected = [0] * n_outputs
            expected[row[-1]] = 1
            sum_error += sum((e - o) ** 2 for e, o in zip(expected, outputs))
            backward_propagate_error(network, expected)
            update_weights(network, row, l_rate)
        print('>epoch=%d, lrate=%.3f, error=%.3f' % (epoch, l_rate, sum_error))


if __name__ == '__main__':
    seed(1)
    dataset = [[2.8, 2.6, 0], [1.5, 2.4, 0], [3.4, 4.4, 0], [7.6, 2.8, 1], [5.3, 2.1, 1], [6.9, 1.8, 1]]
    net = initialize_network(2, 2, 2)
    train_network(net, dataset, 0.5, 20, 2)
