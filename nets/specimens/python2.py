"""Written for Python 2.7."""
import random
import numpy as np

class Network():

    def __init__(self, sizes):
        self.num_layers = len(sizes)
        self.sizes = sizes
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]
        self.weights = [np.random.randn(sizes[i+1], sizes[i]) for i in xrange(len(sizes)-1)]

    def feedforward(self, a):
        for i in xrange(self.num_layers-1):
            a = sigmoid_vec(np.dot(self.weights[i], a) + self.biases[i])
        return a

    def train(self, data, epochs, eta):
        for e in xrange(epochs):
            random.shuffle(data)
            for x, y in data:
                db, dw = self.backprop(x, y)
                self.weights = map(lambda (w, d): w - eta*d, zip(self.weights, dw))
                self.biases = map(lambda (b, d): b - eta*d, zip(self.biases, db))
            print "Epoch %d finished" % e

    def backprop(self, x, y):
        acts = [x]
        for i in xrange(self.num_layers-1):
            acts.append(sigmoid_vec(np.dot(self.weights[i], acts[i]) + self.biases[i]))
        db = [0]*(self.num_layers-1)
        dw = [0]*(self.num_layers-1)
        i = self.num_layers-2
        delta = (acts[-1]-y)*acts[-1]*(1-acts[-1])
        while True:
            db[i] = delta
            dw[i] = np.dot(delta, acts[i].transpose())
            if i == 0:
                break
            delta = np.dot(self.weights[i].transpose(), delta)*acts[i]*(1-acts[i])
            i -= 1
        return (db, dw)

def sigmoid_vec(z):
    return 1.0/(1.0+np.exp(-z))

if __name__ == '__main__':
    net = Network([2, 3, 1])
    print "output:", net.feedforward(np.array([[0.0], [1.0]]))
