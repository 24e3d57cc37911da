from numpy import *
import scipy.optimize
data = loadtxt('ex2data1.txt', delimiter=',')
X = c_[ones((data.shape[0], 1)), data[:, :2]]
y = data[:, 2:]

def sigmoid(z):
    return 1.0 / (1.0 + exp(-z))

def computeCost(theta):
    theta = theta.reshape(X.shape[1], 1)
    m = len(y)
    h_x = sigmoid(X.dot(theta))
    return 1.0 / m * (-log(h_x).T.dot(y) - log(1 - h_x).T.dot(1 - y))

def grad(theta):
    theta = theta.reshape(X.shape[1], 1)
    m = len(y)
    h_x = sigmoid(X.dot(theta))
    return 1.0 / m * ((h_x - y).T.dot(X)).ravel()
