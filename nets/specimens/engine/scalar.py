import math

class Scalar:
    """A number that remembers where it came from."""

    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents  # pairs (node, local derivative)

    @staticmethod
    def lift(other):
        return other if isinstance(other, Scalar) else Scalar(other)

    def __add__(self, other):
        other = Scalar.lift(other)
        return Scalar(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = Scalar.lift(other)
        return Scalar(self.data * other.data, ((self, other.data), (other, self.data)))

    def __sub__(self, other):
        other = Scalar.lift(other)
        return Scalar(self.data - other.data, ((self, 1.0), (other, -1.0)))

    def __truediv__(self, other):
        other = Scalar.lift(other)
        slopes = ((self, 1.0 / other.data), (other, -self.data / other.data ** 2))
        return Scalar(self.data / other.data, slopes)

    def __pow__(self, n):
        return Scalar(self.data ** n, ((self, n * self.data ** (n - 1)),))

    def __neg__(self):
        return self * -1.0

    def __rsub__(self, other):
        return Scalar.lift(other) - self

    def __rtruediv__(self, other):
        return Scalar.lift(other) / self

    __radd__ = __add__
    __rmul__ = __mul__

    def exp(self):
        e = math.exp(self.data)
        return Scalar(e, ((self, e),))

    def log(self):
        return Scalar(math.log(self.data), ((self, 1.0 / self.data),))

    def tanh(self):
        t = math.tanh(self.data)
        return Scalar(t, ((self, 1.0 - t * t),))

    def relu(self):
        return Scalar(max(self.data, 0.0), ((self, float(self.data > 0)),))

    def backward(self):
        order, seen = [], set()
        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent, _ in node.parents:
                    visit(parent)
                order.append(node)
        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for parent, slope in node.parents:
                parent.grad += slope * node.grad
