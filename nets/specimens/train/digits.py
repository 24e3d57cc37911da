import numpy as np
import pandas as pd

table = pd.read_csv('digits/train.csv').values
rows, columns = table.shape
held_back = table[:500].T
Y_dev, X_dev = held_back[0], held_back[1:] / 255
rest = table[500:].T
Y, X = rest[0], rest[1:] / 255
m = X.shape[1]


def init_params():
    W1 = np.random.rand(12, 784) - 0.5
    b1 = np.random.rand(12, 1) - 0.5
    W2 = np.random.rand(10, 12) - 0.5
    b2 = np.random.rand(10, 1) - 0.5
    return W1, b1, W2, b2


def relu(Z):
    return np.maximum(0, Z)


def softmax(Z):
    e = np.exp(Z - Z.max(axis=0))
    return e / e.sum(axis=0)


def forward(W1, b1, W2, b2, X):
    Z1 = W1 @ X + b1
    A1 = relu(Z1)
    A2 = softmax(W2 @ A1 + b2)
    return Z1, A1, A2


def one_hot(Y):
    hot = np.zeros((Y.size, Y.max() + 1))
    hot[np.arange(Y.size), Y] = 1
    return hot.T


def backward(Z1, A1, A2, W2, X, Y):
    dZ2 = A2 - one_hot(Y)
    dZ1 = (W2.T @ dZ2) * (Z1 > 0)
    return dZ1 @ X.T / m, np.sum(dZ1, axis=1, keepdims=True) / m, dZ2 @ A1.T / m, np.sum(dZ2, axis=1, keepdims=True) / m


def gradient_descent(X, Y, alpha, iterations):
    W1, b1, W2, b2 = init_params()
    for i in range(iterations):
        Z1, A1, A2 = forward(W1, b1, W2, b2, X)
        dW1, db1, dW2, db2 = backward(Z1, A1, A2, W2, X, Y)
        W1, b1 = W1 - alpha * dW1, b1 - alpha * db1
        W2, b2 = W2 - alpha * dW2, b2 - alpha * db2
        if i % 20 == 0:
            print(i, np.mean(A2.argmax(0) == Y))
    return W1, b1, W2, b2


W1, b1, W2, b2 = gradient_descent(X, Y, 0.1, 400)
