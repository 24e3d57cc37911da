from math import sin as _sin, cos as _cos

class Tape:
    def __init__(self):
        self.rows = []

    def variable(self, value):
        self.rows.append([])
        return Num(self, len(self.rows) - 1, value)

class Num:
    def __init__(self, tape, at, value):
        self.tape, self.at, self.value = tape, at, value

    def _new(self, value, *parts):
        self.tape.rows.append([(n.at, w) for n, w in parts])
        return Num(self.tape, len(self.tape.rows) - 1, value)

    def __add__(self, o):
        return self._new(self.value + o.value, (self, 1.0), (o, 1.0))

    def __mul__(self, o):
        return self._new(self.value * o.value, (self, o.value), (o, self.value))

    def grad(self):
        bar = [0.0] * len(self.tape.rows)
        bar[self.at] = 1.0
        for i in range(self.at, -1, -1):
            for j, w in self.tape.rows[i]:
                bar[j] += w * bar[i]
        return Gradient(bar)

class Gradient:
    def __init__(self, bar):
        self.bar = bar

    def wrt(self, n):
        return self.bar[n.at]

def sin(n):
    return n._new(_sin(n.value), (n, _cos(n.value)))
