import numpy as np
A = np.array([[3.0, 1, 0], [1, 2, 0.5], [0, 0.5, 4]])
b = np.array([1.0, -2, 0.5])
x0 = np.array([0.3, -0.2, 0.9])
def f(x):
    return 0.5 * x @ A @ x - b @ x
def df(x):
    return A @ x - b
