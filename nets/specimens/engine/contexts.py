import numpy as np

class Ctx:
    def __init__(self):
        self.kept = ()

    def keep(self, *arrays):
        self.kept = arrays

class Op:
    """forward and backward work on arrays; apply() does the bookkeeping."""
    @classmethod
    def apply(cls, *inputs):
        ctx = Ctx()
        inputs = [i if isinstance(i, Array) else Array(i) for i in inputs]
        out = Array(cls.forward(ctx, *[i.data for i in inputs]))
        out.origin = (cls, ctx, inputs)
        out.level = 1 + max(i.level for i in inputs)
        return out

class Array:
    __array_ufunc__ = None

    def __init__(self, data):
        self.data = np.asarray(data, dtype=np.float32)
        self.grad = None
        self.origin = None
        self.level = 0

    @property
    def shape(self):
        return self.data.shape

    def __add__(self, other): return Plus.apply(self, other)
    def __radd__(self, other): return Plus.apply(other, self)
    def __mul__(self, other): return Times.apply(self, other)
    def __rmul__(self, other): return Times.apply(other, self)
    def __neg__(self): return Times.apply(self, -1.0)
    def __sub__(self, other): return self + Times.apply(other, -1.0)
    def __matmul__(self, other): return Matrix.apply(self, other)
    def relu(self): return Relu.apply(self)
    def exp(self): return Exp.apply(self)
    def log(self): return Log.apply(self)
    def sum(self): return Sum.apply(self)

    def backward(self, grad):
        self.grad = grad
        waiting = [self]
        while waiting:
            waiting.sort(key=lambda a: a.level)
            node = waiting.pop()
            if node.origin is None:
                continue
            op, ctx, inputs = node.origin
            grads = op.backward(ctx, node.grad)
            grads = grads if isinstance(grads, tuple) else (grads,)
            for i, g in zip(inputs, grads):
                if i.grad is None and i not in waiting:
                    waiting.append(i)
                i.grad = g if i.grad is None else i.grad + g

def fold(grad, shape):
    while grad.ndim > len(shape):
        grad = grad.sum(0)
    for axis, n in enumerate(shape):
        if n == 1 and grad.shape[axis] != 1:
            grad = grad.sum(axis, keepdims=True)
    return grad

class Plus(Op):
    @staticmethod
    def forward(ctx, a, b):
        ctx.keep(a.shape, b.shape)
        return a + b
    @staticmethod
    def backward(ctx, grad):
        a, b = ctx.kept
        return fold(grad, a), fold(grad, b)

class Times(Op):
    @staticmethod
    def forward(ctx, a, b):
        ctx.keep(a, b)
        return a * b
    @staticmethod
    def backward(ctx, grad):
        a, b = ctx.kept
        return fold(grad * b, a.shape), fold(grad * a, b.shape)

class Matrix(Op):
    @staticmethod
    def forward(ctx, a, b):
        ctx.keep(a, b)
        return a @ b
    @staticmethod
    def backward(ctx, grad):
        a, b = ctx.kept
        return grad @ b.T, a.T @ grad

class Relu(Op):
    @staticmethod
    def forward(ctx, a):
        ctx.keep(a > 0)
        return np.maximum(a, 0)
    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.kept[0]

class Exp(Op):
    @staticmethod
    def forward(ctx, a):
        e = np.exp(a)
        ctx.keep(e)
        return e
    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.kept[0]

class Log(Op):
    @staticmethod
    def forward(ctx, a):
        ctx.keep(a)
        return np.log(a)
    @staticmethod
    def backward(ctx, grad):
        return grad / ctx.kept[0]

class Sum(Op):
    @staticmethod
    def forward(ctx, a):
        ctx.keep(a.shape)
        return a.sum()
    @staticmethod
    def backward(ctx, grad):
        return np.broadcast_to(grad, ctx.kept[0])
