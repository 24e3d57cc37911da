import numpy as np

def sigmoid(z):
    return 1. / (1. + np.exp(-z))

def sigmoidGradient(z):
    return sigmoid(z) * (1 - sigmoid(z))

def nnCostFunction(nn_params, input_layer_size, hidden_layer_size, num_labels, X, y, lambda_=0.0):
    Theta1 = np.reshape(nn_params[:hidden_layer_size * (input_layer_size + 1)], (hidden_layer_size, input_layer_size + 1))
    Theta2 = np.reshape(nn_params[hidden_layer_size * (input_layer_size + 1):], (num_labels, hidden_layer_size + 1))
    m = y.size
    a1 = np.concatenate([np.ones((m, 1)), X], axis=1)
    a2 = sigmoid(a1.dot(Theta1.T))
    a2 = np.concatenate([np.ones((a2.shape[0], 1)), a2], axis=1)
    a3 = sigmoid(a2.dot(Theta2.T))
    y_matrix = y.reshape(-1)
    y_matrix = np.eye(num_labels)[y_matrix]
    J = -1 / m * np.sum(np.log(a3) * y_matrix + np.log(1 - a3) * (1 - y_matrix))
    J += lambda_ / (2 * m) * (np.sum(Theta1[:, 1:] ** 2) + np.sum(Theta2[:, 1:] ** 2))
    d3 = a3 - y_matrix
    d2 = d3.dot(Theta2)[:, 1:] * sigmoidGradient(a2[:, 1:])
    D1 = d2.T.dot(a1)
    D2 = d3.T.dot(a2)
    g1 = D1 / m
    g1[:, 1:] += lambda_ / m * Theta1[:, 1:]
    g2 = D2 / m
    g2[:, 1:] += lambda_ / m * Theta2[:, 1:]
    grad = np.concatenate([g1.ravel(), g2.ravel()])
    return J, grad
