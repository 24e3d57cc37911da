"""Autodiff engines: every operator and every way of using a value twice is a case."""

import textwrap
from pathlib import Path

import pytest

from gradcheck.submissions.adapters import engine, train
from gradcheck.submissions.check import check_file
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
    "overwritten": (
        NUMBERS, "parent.slope +=", "parent.slope =", "overwritten",
        "In Var.__add__ and 4 other operations the gradient is assigned (=) and not added (+=)",
    ),
    "forwards": (NUMBERS, "order[::-1]", "order", "order", "The way back stops after the last operation"),
    "never started": (NUMBERS, "self.slope = 1.0\n", "pass\n", "never_starts", "No gradient reaches any leaf"),
    "power rule": (
        NUMBERS, "n * self.v ** (n - 1)", "n * self.v ** n", "power_rule",
        "In Var.__pow__ the gradient of a in a ** 2 is 2·a^2: the exponent is not lowered by 1; it should be 2a.",
    ),
    "product rule": (
        NUMBERS, "(self, o.v), (o, self.v)", "(self, self.v), (o, o.v)", "exchanged",
        "In Var.__mul__ the gradients of a and b in a * b are exchanged.",
    ),
    "one operand": (
        NUMBERS, "(self, o.v), (o, self.v)", "(self, o.v)", "nothing",
        "In Var.__mul__ the gradient of b in a * b is 0: nothing is passed to it; it should be a.",
    ),
    "sign": (
        NUMBERS, "(self, 1.0), (o, 1.0)", "(self, 1.0), (o, -1.0)", "sign",
        "In Var.__add__ the gradient of b in a + b is −1 times what it should be (1).",
    ),
    "slope of tanh": (
        NUMBERS, "1 - t * t", "1 - t", "derivative",
        "In Var.tanh the gradient of a in tanh(a) is 1 − tanh(a): not squared; it should be 1 − tanh²(a).",
    ),
    "x for t": (
        NUMBERS, "1 - t * t", "1 - self.v ** 2", "slope_of_input",
        "In Var.tanh the gradient of a in tanh(a) is 1 − a²: made of a where tanh(a) belongs",
    ),
    "no mask": (NUMBERS, "float(self.v > 0)", "1.0", "relu_mask", "is 1 everywhere: there is no mask"),
    "reflected": (
        NUMBERS, "return lift(o) - self", "return self - lift(o)", "reflected",
        "it should be 0.532313: the operands stand in the wrong order.",
    ),
    "value": (NUMBERS, "return self + lift(o) * -1", "return self + lift(o)", "value", "a - b is "),
    "not summed over what was broadcast": (
        ARRAYS, "(o, lambda g: fit(g, o.shape))", "(o, lambda g: g)", "broadcast",
        "In Tensor.__add__ the gradient of b is f64[3,4], the leaf has shape [4] (a + b, b a row): the sum over the",
    ),
    "mean as sum": (
        ARRAYS, "np.ones(self.shape) / n", "np.ones(self.shape)", "factor",
        "In Tensor.mean the gradient of a in a.mean() is 12 times what it should be (1/n in every entry).",
    ),
    "transpose": (
        ARRAYS, "g @ o.data.T", "(o.data @ g.T).T * 2", "factor",
        "In Tensor.__matmul__ the gradient of a in a @ b is 2 times what it should be (g bᵀ).",
    ),
    "unfilled": (
        ARRAYS, "(o, lambda g: self.data.T @ g)", "", "shape",
        "b.grad is None after the way back: nothing reached it",
    ),
    "sum without its gradient": (
        ARRAYS, "((self, lambda g: g * np.ones(self.shape)),)", "((self, lambda g: np.ones(self.shape)),)",
        "upstream_missing", "In Tensor.sum the gradient of a.sum() is right by itself, and not multiplied by",
    ),
}  # fmt: skip


@pytest.fixture
def checked(tmp_path):
    """The result of checking some source."""

    def check(source):
        path = tmp_path / "submission.py"
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        return check_file(path, isolate="off")

    return check


@pytest.mark.parametrize(("source", "least"), [(NUMBERS, 45), (ARRAYS, 40)])
def test_a_right_engine_passes_every_expression(understood, cases_judged, checked, source, least):
    """Numbers or arrays, whatever the value, its gradient and the way back are called; exactly and by differences."""
    results = cases_judged(understood(engine, source))
    assert len(results) >= least
    assert [name for name, result in results.items() if not result] == []
    result = checked(source)
    assert result
    assert "are the exact ones: +, *, " in result.reason


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_caught_once_and_named(checked, mistake):
    """One slip, one diagnosis, in the method where it sits."""
    source, right, wrong, fault, says = MISTAKES[mistake]
    assert right in source
    result = checked(source.replace(right, wrong))
    assert result.verdict == "fail"
    assert says in result.reason
    assert {one.fault for one in result.diagnosis} == {fault}


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
    assert {f"class Scalar: {text}" for text in ("4 / a", "b - a * relu(a)", "log(a * b + c) * a + b")} <= set(results)
    assert failing(results) == set()


STYLES = {
    "dual.py": (
        "(self.dot * x.val - self.val * x.dot)", "(self.dot * x.val + self.val * x.dot)", "Dual.__truediv__",
        "the gradient of b in a / b is a/b², without the minus; it should be −a/b².",
    ),
    "contexts.py": (
        "return fold(grad, a), fold(grad, b)", "return grad, grad", "Plus.backward",
        "the sum over the copies of a repeated operand is missing",
    ),
    "methods.py": ("g * self.s * (1 - self.s)", "g * (1 - self.s)", "Sigmoid.backward", "without the factor σ(a)"),
    "functional.py": (
        "-math.sin(_x(a))", "math.sin(_x(a))", "cos", "the gradient of a in cos(a) is −1 times what it should be",
    ),
    "pulled.py": ("bar[j] += w * bar[i]", "bar[j] = w * bar[i]", "", "In Num.__add__, Num.__mul__ and sin the"),
    "lists.py": (
        "lambda g, u, t: g + u * (1 - t * t)", "lambda g, u, t: u * (1 - t * t)", "Mat.tanh",
        "the gradient is assigned (=) and not added (+=)",
    ),
    "scalar.py": ("1.0 - t * t", "1.0 - self.data ** 2", "Scalar.tanh", "made of a where tanh(a) belongs"),
}  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
def test_engines_of_every_style_pass_if_right_and_are_named_if_wrong(checked, style):
    """Dual numbers, operation classes, methods for operators, grad(f), tapes, lists: right or with a slip."""
    source = (SPECIMENS / "engine" / style).read_text(encoding="utf-8")
    right, wrong, where, says = STYLES[style]
    assert checked(source)
    assert right in source
    result = checked(source.replace(right, wrong))
    assert result.verdict == "fail"
    assert says in result.reason
    assert len(result.diagnosis) == 1
    assert where in result.diagnosis[0].where


def test_an_overwritten_gradient_is_said_of_the_product_alone():
    """= for += in the product alone: one diagnosis, though many expressions fail."""
    result = check_file(SPECIMENS / "engine" / "overwritten.py", isolate="off")
    assert [(one.fault, one.where) for one in result.diagnosis] == [("overwritten", "Var.__mul__")]
    wrong = {finding.id for finding in result.checks if finding.verdict == "fail"}
    assert wrong == {"class Var: *", "class Var: sigmoid", "class Var: graphs"}


def test_an_array_that_was_repeated_needs_the_sum_over_its_copies():
    """Without it broadcasting fails, and nothing else."""
    result = check_file(SPECIMENS / "engine" / "tensor.py", isolate="off")
    assert {one.fault for one in result.diagnosis} == {"broadcast"}
    assert "the gradient of b is f64[3,4], the leaf has shape [4] (a * b, b a row): the sum over the" in result.reason


def test_a_mask_made_of_the_gradient_shows(checked):
    """(grad > 0) for (value > 0) is right until a negative gradient comes."""
    source = NUMBERS.replace("parent.slope += local * node.slope", "parent.slope += local(node.slope)")
    source = source.replace("(self, float(self.v > 0))", "(self, lambda g: (g > 0) * g)")
    source = source.replace("v, *edges):", "v, *edges):\n            edges = [wrap(*edge) for edge in edges]")
    source += """
    def wrap(node, local):
        return node, local if callable(local) else lambda g: local * g
"""
    result = checked(source)
    assert [one.where for one in result.diagnosis] == ["Var.relu"]


EXPONENT = """
        def __pow__(self, n):
            n = n.v if isinstance(n, Var) else n
            return self._new(self.v ** n, (self, n * self.v ** (n - 1)))
"""


def test_an_exponent_that_is_unwrapped_claims_no_gradient(checked):
    """a ** b that keeps nothing of b is a power with a number; one that keeps b and gives it nothing is wrong."""
    power = NUMBERS[NUMBERS.index("        def __pow__") : NUMBERS.index("        def __neg__")]
    result = checked(NUMBERS.replace(power, EXPONENT.lstrip("\n") + "\n"))
    assert result
    assert any("an exponent that is a value is used as a plain number" in note for note in result.notes)
    kept = EXPONENT.replace("n = n.v if", "kept, n = n, n.v if").replace(" else n\n", " else n\n", 1)
    kept = kept.replace("n.v if isinstance(n, Var) else n", "(n.v if isinstance(n, Var) else n)")
    kept = kept.replace("(n - 1)))", "(n - 1)), (lift(kept), 0.0))")
    result = checked(NUMBERS.replace(power, kept.lstrip("\n") + "\n"))
    assert "In Var.__pow__ the gradient of b in a ** b is 0: nothing is passed to it" in result.reason


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


def test_arrays_that_go_back_from_a_sum_are_understood(checked):
    """Only a number starts the way back; a transpose of values only, and copies that raise, are said and not judged."""
    result = checked(REQUIRED)
    assert result
    assert any("a.T passes no gradient back" in note for note in result.notes)
    assert any("no way back through a * b, b a row; " in note for note in result.notes)


def test_engines_with_expand_are_not_asked_to_broadcast(understood):
    """Copies are made by a method of their own there, and the operators expect equal shapes."""
    source = REQUIRED + "\n        def expand(self, axis, copies):\n            return self\n"
    assert not [case.info.id for case in understood(engine, source).cases if "a column" in case.info.id]


SWITCH = """
    import contextlib

    recording = True

    @contextlib.contextmanager
    def no_grad():
        global recording
        before, recording = recording, False
        try:
            yield
        finally:
            recording = before
"""


def test_a_switch_that_a_function_turns_off_stays_on(checked):
    """What no_grad() does to a global is done when it is called, and not when the file is loaded."""
    source = NUMBERS.replace("return Var(v, edges)", "return Var(v, edges if recording else ())")
    assert checked(SWITCH + source)


def test_columns_that_no_operation_copies_back_are_not_claimed_and_rows_are(checked):
    """Biases are rows: an engine that sums over them alone is right, one that does not even do that is wrong."""
    rows = checked(ARRAYS.replace("if n == 1:", "if n == 1 and axis == 0:"))
    assert rows
    assert any("no way back through a + b, b a column; " in note for note in rows.notes)
    assert checked(ARRAYS.replace("if n == 1:", "if False:")).verdict == "fail"


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
