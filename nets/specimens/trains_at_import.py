"""XOR. The script part below trains and plots as soon as the file is run or imported."""
import numpy as np
import matplotlib.pyplot as plt


class Network:
    def __init__(self, sizes, seed=1):
        rng = np.random.default_rng(seed)
        self.weights = [rng.normal(size=(n, k)) for k, n in zip(sizes, sizes[1:])]
        self.biases = [rng.normal(size=(n, 1)) for n in sizes[1:]]

    def feedforward(self, a):
        for w, b in zip(self.weights, self.biases):
            a = np.tanh(w @ a + b)
        return a

    def backprop(self, x, y):
        a = [x]
        for w, b in zip(self.weights, self.biases):
            a.append(np.tanh(w @ a[-1] + b))
        delta = (a[-1] - y) * (1 - a[-1] ** 2)
        nabla_b, nabla_w = [], []
        for l in range(len(self.weights) - 1, -1, -1):
            nabla_b.insert(0, delta.sum(axis=1, keepdims=True))
            nabla_w.insert(0, delta @ a[l].T)
            delta = (self.weights[l].T @ delta) * (1 - a[l] ** 2)
        return nabla_b, nabla_w


X = np.array([[0, 0, 1, 1], [0, 1, 0, 1.0]])
Y = np.array([[0, 1, 1, 0.0]])
net = Network([2, 4, 1])
losses = []
for step in range(20000):
    nb, nw = net.backprop(X, Y)
    net.weights = [w - 0.1 * g for w, g in zip(net.weights, nw)]
    net.biases = [b - 0.1 * g for b, g in zip(net.biases, nb)]
    losses.append(float(((net.feedforward(X) - Y) ** 2).sum() / 2))
    if step % 1000 == 0:
        print(f"step {step}: cost {losses[-1]:.5f}")

print("prediction:", net.feedforward(X).round(2))
plt.plot(losses)
plt.xlabel("step")
plt.ylabel("cost")
plt.show()
