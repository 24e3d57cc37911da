import numpy as np

class Network:
    '''Matrix version. Cost = mean over the examples of 1/2 |a - y|^2, so the gradients are means too.'''

    def __init__(self, sizes):
        self.L = len(sizes)
        self.weights = [np.random.randn(y, x)/np.sqrt(x) for x, y in zip(sizes[:-1], sizes[1:])]
        self.biases  = [np.random.randn(y, 1) for y in sizes[1:]]

    def sigmoid(self, z):
        return 1/(1+np.exp(-z))

    def feedforward(self, a):
        for w, b in zip(self.weights, self.biases): a = self.sigmoid(w.dot(a)+b)
        return a

    def cost(self, x, y):
        return ((self.feedforward(x)-y)**2).sum(axis=0).mean()/2

    def backprop(self, x, y):
        m = x.shape[1]
        a = {0: x}
        for l in range(1, self.L):
            a[l] = self.sigmoid(self.weights[l-1].dot(a[l-1]) + self.biases[l-1])
        d = {self.L-1: (a[self.L-1]-y)*a[self.L-1]*(1-a[self.L-1])}
        for l in range(self.L-2, 0, -1):
            d[l] = self.weights[l].T.dot(d[l+1])*a[l]*(1-a[l])
        dw = [d[l].dot(a[l-1].T)/m for l in range(1, self.L)]
        db = [d[l].mean(axis=1, keepdims=True) for l in range(1, self.L)]
        return db, dw
