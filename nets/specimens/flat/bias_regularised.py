import numpy as np
from scipy.special import expit

def lrCostFunction(theta, X, y, lam):
    m = len(y)
    h = expit(np.dot(X, theta))
    return (-y.T.dot(np.log(h)) - (1 - y).T.dot(np.log(1 - h))) / m + lam / (2 * m) * np.sum(theta[1:] ** 2)

def lrGradient(theta, X, y, lam):
    m = len(y)
    h = expit(np.dot(X, theta))
    grad = X.T.dot(h - y) / m + lam / m * theta
    return grad
