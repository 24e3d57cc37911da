import math

class Var:
    def __init__(self, value):
        self.value = value
        self.gradient = 0.0
        self.children = []
        self.back = lambda g: None

    def __add__(self, other):
        out = Var(self.value + other.value)
        out.children = [self, other]
        def back(g):
            self.gradient = self.gradient + g
            other.gradient = other.gradient + g
        out.back = back
        return out

    def __mul__(self, other):
        out = Var(self.value * other.value)
        out.children = [self, other]
        def back(g):
            self.gradient = other.value * g
            other.gradient = self.value * g
        out.back = back
        return out

    def backprop(self):
        todo, done = [], []
        def sort(v):
            if v in done:
                return
            done.append(v)
            for c in v.children:
                sort(c)
            todo.insert(0, v)
        sort(self)
        self.gradient = 1.0
        for v in todo:
            v.back(v.gradient)

def sigmoid(x):
    s = 1 / (1 + math.exp(-x.value))
    out = Var(s)
    out.children = [x]
    def back(g):
        x.gradient += s * (1 - s) * g
    out.back = back
    return out

if __name__ == '__main__':
    a, b = Var(2.0), Var(-1.0)
    c = sigmoid(a * b + a)
    c.backprop()
    print(a.gradient, b.gradient)
