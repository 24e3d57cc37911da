import math

def zeros(like):
    return [[0.0 for _ in row] for row in like]

def each(f, *ms):
    return [[f(*vs) for vs in zip(*rows)] for rows in zip(*ms)]

class Mat:
    """matrices without numpy"""
    def __init__(self, m, src=()):
        self.m = m
        self.src = src
        self.g = zeros(m)
        self.back = None

    def __add__(self, o):
        out = Mat(each(lambda a, b: a + b, self.m, o.m), (self, o))
        def back():
            self.g = each(lambda a, b: a + b, self.g, out.g)
            o.g = each(lambda a, b: a + b, o.g, out.g)
        out.back = back
        return out

    def __mul__(self, o):
        out = Mat(each(lambda a, b: a * b, self.m, o.m), (self, o))
        def back():
            self.g = each(lambda g, u, b: g + u * b, self.g, out.g, o.m)
            o.g = each(lambda g, u, a: g + u * a, o.g, out.g, self.m)
        out.back = back
        return out

    def __matmul__(self, o):
        cols = list(zip(*o.m))
        out = Mat([[sum(a * b for a, b in zip(row, col)) for col in cols] for row in self.m], (self, o))
        def back():
            for i, row in enumerate(out.g):
                for j, u in enumerate(row):
                    for k in range(len(o.m)):
                        self.g[i][k] += u * o.m[k][j]
                        o.g[k][j] += u * self.m[i][k]
        out.back = back
        return out

    def tanh(self):
        out = Mat(each(math.tanh, self.m), (self,))
        def back():
            self.g = each(lambda g, u, t: g + u * (1 - t * t), self.g, out.g, out.m)
        out.back = back
        return out

    def backward(self):
        order = []
        def visit(n):
            if not any(n is o for o in order):
                for s in n.src:
                    visit(s)
                order.append(n)
        visit(self)
        self.g = each(lambda _: 1.0, self.m)
        for n in order[::-1]:
            if n.back:
                n.back()
