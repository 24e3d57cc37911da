"""Training loops whose parameters are no layers of a network: the cost that they report decides."""

import pytest

from gradcheck import Verdict, check_file

CUBIC = """
import numpy as np

x = np.linspace(-2, 2, 50)
y = np.sin(x)
p, q, r = np.random.randn(3)
learning_rate = 1e-3
for step in range(2000):
    guess = p + q * x + r * x ** 3
    loss = ((guess - y) ** 2).sum()
    slope = 2 * (guess - y)
    dp, dq, dr = slope.sum(), (slope * x).sum(), (slope * x ** 3).sum()
    p, q, r = p - learning_rate * dp, q - learning_rate * dq, r - learning_rate * dr
    if step % 100 == 0:
        print(step, loss)
"""

LINE = """
import numpy as np

def gradient_descent(x, y):
    m_curr = b_curr = 0
    n = len(x)
    learning_rate = 0.08
    for i in range(1000):
        guess = m_curr * x + b_curr
        cost = (1 / n) * sum(v ** 2 for v in (y - guess))
        md = -(2 / n) * sum(x * (y - guess))
        bd = -(2 / n) * sum(y - guess)
        m_curr = m_curr - learning_rate * md
        b_curr = b_curr - learning_rate * bd
        print(m_curr, b_curr, cost)

gradient_descent(np.array([1, 2, 3, 4, 5]), np.array([5, 7, 9, 11, 13]))
"""

EMBEDDING = """
import numpy as np

pairs = [(0, 3), (1, 4), (2, 0), (3, 2)]
table = np.random.randn(5, 3) * 0.1
context = np.random.randn(3, 5) * 0.1
rate = 0.05
for epoch in range(100):
    total_loss = 0
    grad_table, grad_context = np.zeros_like(table), np.zeros_like(context)
    for word, near in pairs:
        h = table[word]
        u = np.exp(h @ context)
        soft = u / u.sum()
        total_loss += -np.log(soft[near])
        e = soft.copy()
        e[near] -= 1
        grad_context += np.outer(h, e)
        grad_table[word] += context @ e
    table -= rate * grad_table
    context -= rate * grad_context
    print(epoch, total_loss)
"""

AFTERWARDS = """
import numpy as np

def predict(features, weights):
    return 1 / (1 + np.exp(-features @ weights))

def cost_function(features, labels, weights):
    p = predict(features, weights)
    return -(labels * np.log(p) + (1 - labels) * np.log(1 - p)).sum() / len(labels)

def update_weights(features, labels, weights, lr):
    slope = features.T @ (predict(features, weights) - labels)
    weights -= lr * slope / len(features)
    return weights

def train(features, labels, weights, lr, iters):
    history = []
    for i in range(iters):
        weights = update_weights(features, labels, weights, lr)
        cost = cost_function(features, labels, weights)
        history.append(cost)
    return weights, history
"""

CODER = """
import numpy as np

X = np.random.rand(40, 6)
We, be = np.random.randn(6, 3) * 0.1, np.zeros(3)
Wd, bd = np.random.randn(3, 6) * 0.1, np.zeros(6)
lr = 0.1
for epoch in range(1000):
    h = np.tanh(X @ We + be)
    err = h @ Wd + bd - X
    loss = np.mean(np.sum(err ** 2, axis=1))
    d = 2 * err / len(X)
    e = d @ Wd.T * (1 - h ** 2)
    Wd -= lr * h.T @ d
    bd -= lr * d.sum(axis=0)
    We -= lr * X.T @ e
    be -= lr * e.sum(axis=0)
"""

SLIPS = {
    "half a slope": (CODER, ("(1 - h ** 2)", "(1 - h)"), "in We, be; Wd, bd are right"),
    "a power too few": (CUBIC, ("(slope * x ** 3).sum()", "(slope * x ** 2).sum()"), "1 of 3 entries is wrong, in r"),
    "half of it": (CUBIC, ("slope = 2 * (guess - y)", "slope = guess - y"), "3 of 3 entries are wrong"),
    "the slope's sign": (LINE, ("md = -(2", "md = (2"), "m_curr"),
    "only one of them summed": (LINE, ("bd = -(2 / n)", "bd = -2"), "b_curr"),
    "= for +=": (EMBEDDING, ("grad_context += np", "grad_context = np"), "context"),
}


def checked(tmp_path, source):
    """The result for a file with that text."""
    path = tmp_path / "loop.py"
    path.write_text(source, encoding="utf-8")
    return check_file(path, isolate="off")


@pytest.mark.parametrize(
    ("source", "parameters"),
    [
        (CUBIC, "p, q, r"),
        (LINE, "m_curr, b_curr"),
        (EMBEDDING, "table, context"),
        (AFTERWARDS, "weights"),
        (CODER, "We, be, Wd, bd"),
    ],
    ids=["cubic", "line", "embedding", "cost after the update", "autoencoder"],
)
def test_a_loop_that_reports_its_cost_is_judged_by_it(tmp_path, source, parameters):
    """Single numbers, numbers that begin at 0, rows of a table: what the cost depends on is a parameter.

    A cost that is computed after the update is taken at a learning rate of 0; targets may be the inputs.
    """
    result = checked(tmp_path, source)
    assert result.verdict is Verdict.PASS, result.reason
    assert result.interface.endswith(f": {parameters}")


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_it_is_caught_and_located(tmp_path, slip):
    """The parameter with the wrong step is named."""
    source, change, said = SLIPS[slip]
    result = checked(tmp_path, source.replace(*change))
    assert result.verdict is Verdict.FAIL, result.reason
    assert said in result.reason


def test_a_metric_that_no_step_follows_is_no_cost(tmp_path):
    """A mean of absolute errors beside steps along the squares proves nothing against them."""
    result = checked(tmp_path, CUBIC.replace("loss = ((guess - y) ** 2).sum()", "loss = np.abs(guess - y).mean()"))
    assert result.verdict is not Verdict.FAIL
