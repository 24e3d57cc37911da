"""Autodiff engines: every operator and every way of using a value twice is a case."""

from pathlib import Path

import pytest

from gradcheck.submissions.adapters import engine, train
from gradcheck.submissions.loading import load
from gradcheck.submissions.subjects import Found, Hints

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


SPECIMENS = Path(__file__).parents[2] / "nets" / "specimens"
OTHERS = sorted(p for p in SPECIMENS.rglob("*.py") if p.parent.name != "engine" and p.name != "__init__.py")


def failing(results):
    """The cases that do not pass."""
    return {name for name, result in results.items() if not result}


def specimen(name):
    """What is found in a specimen."""
    return engine.find(load(SPECIMENS / "engine" / name), Hints())


def test_a_right_specimen_passes(cases_judged):
    """An engine of numbers with reflected operators and four functions."""
    results = cases_judged(specimen("scalar.py"))
    assert {"Scalar: 4 / a", "Scalar: b - a * relu(a)", "Scalar: log(a * b + c) * a + b"} <= set(results)
    assert failing(results) == set()


def test_an_overwritten_gradient_shows_only_where_a_value_is_used_twice(cases_judged):
    """= for += in the product alone: a * b is right, a * a is not."""
    results = cases_judged(specimen("overwritten.py"))
    assert {"Var: a * a", "Var: a * b + a"} <= failing(results)
    assert not failing(results) & {"Var: a * b", "Var: a + a", "Var: sigmoid(a)"}
    assert "1 of 2 entries is wrong, in a; b is right" in results["Var: a * b + a"].reason


def test_an_array_that_was_repeated_needs_the_sum_over_its_copies(cases_judged):
    """Without it broadcasting fails, and nothing else."""
    results = cases_judged(specimen("tensor.py"))
    assert {name.removeprefix("Tensor: ") for name in failing(results)} == {
        "a @ b + c", "a + b, b a row", "a + b, b (1, n)", "a * b, b a column",
    }  # fmt: skip
    assert "The gradient of b is f64[3,4], the parameter f64[4]" in results["Tensor: a + b, b a row"].reason


def test_a_mask_made_of_the_gradient_shows(understood, cases_judged):
    """(grad > 0) for (value > 0) is right until a negative gradient comes."""
    source = NUMBERS.replace("parent.slope += local * node.slope", "parent.slope += local(node.slope)")
    source = source.replace("(self, float(self.v > 0))", "(self, lambda g: (g > 0) * g)")
    source = source.replace("v, *edges):", "v, *edges):\n            edges = [wrap(*edge) for edge in edges]")
    source += """
    def wrap(node, local):
        return node, local if callable(local) else lambda g: local * g
"""
    results = cases_judged(understood(engine, source))
    assert "Var: b - a * relu(a)" in failing(results)
    assert not failing(results) & {"Var: relu(a)", "Var: b - a * tanh(a)"}


REQUIRED = """
    import numpy as np

    class Tensor:
        def __init__(self, data, requires_grad=False):
            self.data = np.array(data, dtype=float)
            self.requires_grad = requires_grad
            self.grad = np.zeros(self.data.shape) if requires_grad else None
            self.back = []

        @property
        def T(self):
            return Tensor(self.data.T)

        def __mul__(self, o):
            out = Tensor(self.data * o.data, True)
            out.back = [(self, o.data), (o, self.data)]
            return out

        def sum(self):
            out = Tensor(self.data.sum(), True)
            out.back = [(self, np.ones(self.data.shape))]
            return out

        def backward(self, g=1.0):
            assert self.data.size == 1 or np.ndim(g)
            if self.requires_grad:
                self.grad += g
            for node, slope in self.back:
                node.backward(g * slope)
"""


def test_arrays_that_go_back_from_a_sum_are_understood(understood, cases_judged):
    """Only a number starts the way back, and a transpose made anew at every look is not the gradient."""
    found = understood(engine, REQUIRED)
    assert failing(cases_judged(found)) == {"Tensor: a * b, b a column"}
    assert found.unfinished == ("Tensor: a.T passes no gradient back.",)


def test_engines_with_expand_are_not_asked_to_broadcast(understood):
    """Copies are made by a method of their own there, and the operators expect equal shapes."""
    source = REQUIRED + "\n        def expand(self, axis, copies):\n            return self\n"
    assert not [case.info.id for case in understood(engine, source).cases if "a column" in case.info.id]


FAMILY = """
    class Node:
        def __init__(self, *inputs):
            self.inputs, self.grad = inputs, 0.0

        def __add__(self, other):
            return Sum(self, other)

        def __mul__(self, other):
            return Product(self, other)

        def backward(self, g=1.0):
            self.grad += g
            for node, slope in zip(self.inputs, self.slopes()):
                node.backward(g * slope)

    class Leaf(Node):
        def __init__(self, value):
            super().__init__()
            self.value = value

        def slopes(self):
            return ()

    class Sum(Node):
        def __init__(self, a, b):
            super().__init__(a, b)
            self.value = a.value + b.value

        def slopes(self):
            return 1.0, 1.0

    class Product(Node):
        def __init__(self, a, b):
            super().__init__(a, b)
            self.value = a.value * b.value

        def slopes(self):
            return self.inputs[1].value, self.inputs[0].value
"""

RETURNED = """
    class Variable:
        def __init__(self, value, local=()):
            self.value, self.local = value, local

        def __add__(self, other):
            return Variable(self.value + other.value, ((self, 1.0), (other, 1.0)))

        def __mul__(self, other):
            return Variable(self.value * other.value, ((self, other.value), (other, self.value)))

    def get_gradients(variable):
        found = {}

        def follow(node, slope):
            for child, local in node.local:
                found[child] = found.get(child, 0.0) + slope * local
                follow(child, slope * local)

        follow(variable, 1.0)
        return found
"""


@pytest.mark.parametrize(
    ("source", "right", "wrong"),
    [
        (FAMILY, "self.inputs[1].value, self.inputs[0].value", "self.inputs[0].value, self.inputs[1].value"),
        (RETURNED, "found.get(child, 0.0) + slope", "slope"),
    ],
    ids=["a class for each operation", "gradients returned by value"],
)
def test_other_ways_to_build_an_engine(understood, cases_judged, source, right, wrong):
    """Classes for operations, and gradients that a function returns, pass if right and fail if wrong."""
    results = cases_judged(understood(engine, source))
    assert len(results) >= 9
    assert failing(results) == set()
    assert failing(cases_judged(understood(engine, source.replace(right, wrong))))


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_other_families_are_left_alone(path):
    """Networks, layers and costs are no engines."""
    assert engine.find(load(path), Hints()) == Found()
