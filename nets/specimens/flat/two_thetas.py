import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def cost_and_grad(Theta1, Theta2, X, y, num_labels, lam):
    m = X.shape[0]
    X = np.hstack((np.ones((m, 1)), X))
    a2 = np.hstack((np.ones((m, 1)), sigmoid(X @ Theta1.T)))
    a3 = sigmoid(a2 @ Theta2.T)
    Y = np.zeros((m, num_labels))
    for i in range(m):
        Y[i, y[i] - 1] = 1
    J = np.sum(-Y * np.log(a3) - (1 - Y) * np.log(1 - a3)) / m
    J += lam / (2 * m) * (np.sum(Theta1[:, 1:] ** 2) + np.sum(Theta2[:, 1:] ** 2))
    d3 = a3 - Y
    d2 = (d3 @ Theta2 * a2 * (1 - a2))[:, 1:]
    g1 = d2.T @ X / m
    g2 = d3.T @ a2 / m
    g1[:, 1:] += lam / m * Theta1[:, 1:]
    g2[:, 1:] += lam / m * Theta2[:, 1:]
    return J, g1, g2
