import numpy as np

class Tensor:
    def __init__(self, data, requires_grad=False, parents=()):
        self.data = np.array(data, dtype=float)
        self.requires_grad = requires_grad
        self.parents = parents
        self.grad = None
        self.grad_fn = None

    def _result(self, data, *parents):
        return Tensor(data, any(p.requires_grad for p in parents), parents)

    def _accumulate(self, g):
        if self.requires_grad:
            self.grad = g if self.grad is None else self.grad + g

    def __add__(self, other):
        out = self._result(self.data + other.data, self, other)
        def grad_fn(g):
            self._accumulate(g)
            other._accumulate(g)
        out.grad_fn = grad_fn
        return out

    def __mul__(self, other):
        out = self._result(self.data * other.data, self, other)
        def grad_fn(g):
            self._accumulate(g * other.data)
            other._accumulate(g * self.data)
        out.grad_fn = grad_fn
        return out

    def __matmul__(self, other):
        out = self._result(self.data @ other.data, self, other)
        def grad_fn(g):
            self._accumulate(g @ other.data.T)
            other._accumulate(self.data.T @ g)
        out.grad_fn = grad_fn
        return out

    def relu(self):
        out = self._result(np.maximum(self.data, 0), self)
        def grad_fn(g):
            self._accumulate(g * (self.data > 0))
        out.grad_fn = grad_fn
        return out

    def sum(self):
        out = self._result(self.data.sum(), self)
        def grad_fn(g):
            self._accumulate(np.ones_like(self.data) * g)
        out.grad_fn = grad_fn
        return out

    def backward(self):
        order = []
        def visit(t):
            if t not in order:
                for p in t.parents:
                    visit(p)
                order.append(t)
        visit(self)
        self.grad = np.ones_like(self.data)
        for t in reversed(order):
            if t.grad_fn is not None and t.grad is not None:
                t.grad_fn(t.grad)
