import numpy as np
def init_params(n_in, n_hidden, n_out):
    W1 = np.random.randn(n_in, n_hidden) * 0.1
    b1 = np.zeros((1, n_hidden))
    W2 = np.random.randn(n_hidden, n_out) * 0.1
    b2 = np.zeros((1, n_out))
    return W1, b1, W2, b2

def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)

def forward(X, W1, b1, W2, b2):
    z1 = X @ W1 + b1
    a1 = np.maximum(0, z1)
    z2 = a1 @ W2 + b2
    a2 = softmax(z2)
    return z1, a1, z2, a2

def cross_entropy_loss(y_hat, y):
    return -np.mean(np.sum(y * np.log(y_hat + 1e-9), axis=1))

def backward(X, y, z1, a1, a2, W2):
    m = X.shape[0]
    dz2 = (a2 - y) / m
    dW2 = a1.T @ dz2
    db2 = dz2.sum(axis=0, keepdims=True)
    dz1 = dz2 @ W2.T * (z1 > 0)
    dW1 = X.T @ dz1
    db1 = dz1.sum(axis=0, keepdims=True)
    return dW1, db1, dW2, db2

def train(X, y, epochs=10):
    pass
