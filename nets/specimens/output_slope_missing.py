# quadratic cost, sigmoid neurons
import numpy as np

sigmoid = lambda z: 1/(1+np.exp(-z))

class Network(object):

    def __init__(self, sizes):
        self.num_layers=len(sizes)
        self.biases=[np.random.randn(n,1) for n in sizes[1:]]
        self.weights=[np.random.randn(n,m) for m,n in zip(sizes[:-1],sizes[1:])]

    def feedforward(self,a):
        for b,w in zip(self.biases,self.weights):
            a=sigmoid(np.dot(w,a)+b)
        return a

    def cost(self,x,y):
        return 0.5*np.linalg.norm(self.feedforward(x)-y)**2

    def backprop(self,x,y):
        a=x; As=[x]
        for b,w in zip(self.biases,self.weights):
            a=sigmoid(np.dot(w,a)+b); As.append(a)
        nabla_b=[0]*(self.num_layers-1); nabla_w=[0]*(self.num_layers-1)
        delta=As[-1]-y
        nabla_b[-1]=delta; nabla_w[-1]=np.dot(delta,As[-2].T)
        for l in range(2,self.num_layers):
            delta=np.dot(self.weights[-l+1].T,delta)*As[-l]*(1-As[-l])
            nabla_b[-l]=delta; nabla_w[-l]=np.dot(delta,As[-l-1].T)
        return nabla_b,nabla_w
