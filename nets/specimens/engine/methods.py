import numpy as np

class Op:
    def __call__(self, *args):
        self.args = args
        self.out = Var(self.forward(*[a.data for a in args]))
        self.out.op = self
        return self.out

class Var:
    def __init__(self, data):
        if not isinstance(data, np.ndarray):
            raise TypeError('need an ndarray')
        self.data = data
        self.grad = None
        self.op = None

    def run_back(self):
        order, seen = [], set()

        def walk(op):
            if op is None or op in seen:
                return
            seen.add(op)
            for a in op.args:
                walk(a.op)
            order.append(op)

        walk(self.op)
        self.grad = np.ones_like(self.data)
        for op in reversed(order):
            grads = op.backward(op.out.grad)
            for a, g in zip(op.args, grads):
                a.grad = g if a.grad is None else a.grad + g

class Add(Op):
    def forward(self, a, b):
        return a + b
    def backward(self, g):
        return g, g

class Mul(Op):
    def forward(self, a, b):
        return a * b
    def backward(self, g):
        a, b = self.args
        return g * b.data, g * a.data

class Sigmoid(Op):
    def forward(self, a):
        self.s = 1 / (1 + np.exp(-a))
        return self.s
    def backward(self, g):
        return (g * self.s * (1 - self.s),)

def attach(name, op):
    setattr(Var, name, lambda *args: op()(*args))

attach('add', Add)
attach('mul', Mul)
attach('sigmoid', Sigmoid)
