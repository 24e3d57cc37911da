"""Autodiff engines: every operator and every way of using a value twice is a case."""

import pytest

from gradcheck.submissions.adapters import engine, train

NUMBERS = """
    import math

    class Var:
        def __init__(self, v, parents=()):
            self.v, self.slope, self.parents = v, 0.0, parents

        def _new(self, v, *edges):
            return Var(v, edges)

        def __add__(self, o):
            o = lift(o)
            return self._new(self.v + o.v, (self, 1.0), (o, 1.0))

        def __mul__(self, o):
            o = lift(o)
            return self._new(self.v * o.v, (self, o.v), (o, self.v))

        def __pow__(self, n):
            return self._new(self.v ** n, (self, n * self.v ** (n - 1)))

        def __neg__(self):
            return self * -1

        def __sub__(self, o):
            return self + lift(o) * -1

        def __rsub__(self, o):
            return lift(o) - self

        def __truediv__(self, o):
            return self * lift(o) ** -1

        __radd__, __rmul__ = __add__, __mul__

        def tanh(self):
            t = math.tanh(self.v)
            return self._new(t, (self, 1 - t * t))

        def relu(self):
            return self._new(max(self.v, 0.0), (self, float(self.v > 0)))

        def propagate_back(self):
            order, seen = [], set()

            def visit(node):
                if id(node) not in seen:
                    seen.add(id(node))
                    for parent, _ in node.parents:
                        visit(parent)
                    order.append(node)

            visit(self)
            self.slope = 1.0
            for node in order[::-1]:
                for parent, local in node.parents:
                    parent.slope += local * node.slope

    def lift(o):
        return o if isinstance(o, Var) else Var(o)
"""

ARRAYS = """
    import numpy as np

    def fit(g, shape):
        while g.ndim > len(shape):
            g = g.sum(axis=0)
        for axis, n in enumerate(shape):
            if n == 1:
                g = g.sum(axis=axis, keepdims=True)
        return g

    class Tensor:
        def __init__(self, data, requires_grad=False, back=()):
            self.data = np.asarray(data, dtype=float)
            self.requires_grad = requires_grad
            self.grad = None
            self.back = back

        @property
        def shape(self):
            return self.data.shape

        def backward(self, g=None):
            g = np.ones(self.shape) if g is None else g
            if self.requires_grad:
                self.grad = g if self.grad is None else self.grad + g
            for node, f in self.back:
                node.backward(f(g))

        def __add__(self, o):
            o = o if isinstance(o, Tensor) else Tensor(o)
            back = ((self, lambda g: fit(g, self.shape)), (o, lambda g: fit(g, o.shape)))
            return Tensor(self.data + o.data, back=back)

        def __mul__(self, o):
            o = o if isinstance(o, Tensor) else Tensor(o)
            return Tensor(
                self.data * o.data,
                back=((self, lambda g: fit(g * o.data, self.shape)), (o, lambda g: fit(g * self.data, o.shape))),
            )

        def __matmul__(self, o):
            return Tensor(self.data @ o.data, back=((self, lambda g: g @ o.data.T), (o, lambda g: self.data.T @ g)))

        def sum(self):
            return Tensor(self.data.sum(), back=((self, lambda g: g * np.ones(self.shape)),))

        def mean(self):
            n = self.data.size
            return Tensor(self.data.mean(), back=((self, lambda g: g * np.ones(self.shape) / n),))

        def exp(self):
            e = np.exp(self.data)
            return Tensor(e, back=((self, lambda g: g * e),))
"""

MISTAKES = {
    "overwritten": (NUMBERS, "parent.slope +=", "parent.slope =", "Var: a + a"),
    "no topological order": (NUMBERS, "order[::-1]", "order", "Var: s = a + b; t = s * s; (t * a + s) * s"),
    "power rule": (NUMBERS, "n * self.v ** (n - 1)", "n * self.v ** n", "Var: a ** 3"),
    "product rule": (NUMBERS, "(self, o.v), (o, self.v)", "(self, self.v), (o, o.v)", "Var: a * b"),
    "slope of tanh": (NUMBERS, "1 - t * t", "1 - t", "Var: tanh(a)"),
    "reflected": (NUMBERS, "return lift(o) - self", "return self - lift(o)", "Var: 2 - a"),
    "not summed over what was broadcast": (ARRAYS, "fit(g, o.shape)", "g", "Tensor: a + b, b a row"),
    "mean as sum": (ARRAYS, "np.ones(self.shape) / n", "np.ones(self.shape)", "Tensor: a.mean()"),
    "transpose": (ARRAYS, "g @ o.data.T", "(o.data @ g.T).T * 2", "Tensor: a @ b"),
}


@pytest.mark.parametrize(("source", "least"), [(NUMBERS, 29), (ARRAYS, 19)])
def test_a_right_engine_passes_every_expression(understood, cases_judged, source, least):
    """Numbers or arrays, whatever the value, its gradient and the way back are called."""
    results = cases_judged(understood(engine, source))
    assert len(results) >= least
    assert [name for name, result in results.items() if not result] == []


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_fail_where_they_show(understood, cases_judged, mistake):
    """Each planted mistake fails the expression that it is about."""
    source, right, wrong, shows = MISTAKES[mistake]
    results = cases_judged(understood(engine, source.replace(right, wrong)), only=shows)
    assert results[shows].verdict == "fail"


def test_a_wrong_value_is_said_so(understood, cases_judged):
    """A gradient that fits a wrong forward value is no pass."""
    source = NUMBERS.replace("return self + lift(o) * -1", "return self + lift(o)")
    result = cases_judged(understood(engine, source))["Var: a - b"]
    assert result.verdict == "fail"
    assert "it should be" in result.reason


def test_an_unfilled_gradient_is_said_so(understood, cases_judged):
    """A leaf that nothing reaches gets a sentence."""
    source = ARRAYS.replace("(o, lambda g: self.data.T @ g)", "")
    result = cases_judged(understood(engine, source))["Tensor: a @ b"]
    assert "b.grad is None after the way back: nothing reached it." in result.reason


def test_values_without_a_way_back_and_learners_are_not_this_family(understood):
    """Vectors with operators are no engine, engines do not learn by themselves."""
    vector = """
        class Vector:
            def __init__(self, x):
                self.x = x

            def __add__(self, o):
                return Vector(self.x + o.x)

            def __mul__(self, o):
                return Vector(self.x * o.x)
    """
    assert not understood(engine, vector)
    assert not understood(train, NUMBERS)
