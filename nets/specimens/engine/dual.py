from math import exp as _exp, log as _log, sqrt as _sqrt, tanh as _tanh

class Dual(object):
    """value and derivative, side by side"""
    __slots__ = ['val', 'dot']

    def __init__(self, val, dot=0.):
        self.val = val
        self.dot = dot

    def _other(self, x):
        return x if isinstance(x, Dual) else Dual(x)

    def __neg__(self):
        return Dual(-self.val, -self.dot)

    def __add__(self, x):
        x = self._other(x)
        return Dual(self.val + x.val, self.dot + x.dot)

    def __sub__(self, x):
        return self + (-self._other(x))

    def __mul__(self, x):
        x = self._other(x)
        return Dual(self.val * x.val, self.dot * x.val + self.val * x.dot)

    def __truediv__(self, x):
        x = self._other(x)
        return Dual(self.val / x.val, (self.dot * x.val - self.val * x.dot) / (x.val * x.val))

    def __pow__(self, n):
        return Dual(self.val ** n, n * self.val ** (n - 1) * self.dot)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, x):
        return self._other(x) - self

    def __rtruediv__(self, x):
        return self._other(x) / self

def exp(x):
    e = _exp(x.val)
    return Dual(e, e * x.dot)

def log(x):
    return Dual(_log(x.val), x.dot / x.val)

def sqrt(x):
    s = _sqrt(x.val)
    return Dual(s, x.dot / (2 * s))

def tanh(x):
    t = _tanh(x.val)
    return Dual(t, (1 - t ** 2) * x.dot)

def slope(f, at):
    return f(Dual(at, 1.)).dot

print(slope(lambda x: x * exp(x), 1.))
