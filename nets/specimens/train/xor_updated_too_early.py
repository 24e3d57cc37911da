import numpy as np

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

w1 = np.random.uniform(-1, 1, (2, 3))
w2 = np.random.uniform(-1, 1, (3, 1))
lr = 0.5

for epoch in range(20000):
    h = sigmoid(X @ w1)
    out = sigmoid(h @ w2)
    error = Y - out
    d_out = error * out * (1 - out)
    w2 += lr * h.T @ d_out
    d_h = d_out @ w2.T * h * (1 - h)
    w1 += lr * X.T @ d_h
    if epoch % 1000 == 0:
        print(epoch, np.mean(np.abs(error)))

print(out)
