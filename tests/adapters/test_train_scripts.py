"""Training loops at module level and in functions: one round of them is the step."""

import numpy as np
import pytest

from gradcheck import check_file
from gradcheck.submissions.adapters import train

SCRIPT = """
    import numpy as np

    def f(z, slope=False):
        return z * (1 - z) if slope else 1 / (1 + np.exp(-z))

    samples = np.array([[0, 0, 1, 1], [0, 1, 1, 0], [1, 0, 1, 1], [1, 1, 1, 0], [0, 1, 0, 1]])
    goals = np.array([[0, 1], [1, 1], [1, 0], [0, 0], [1, 0]])
    u = 2 * np.random.random((4, 5)) - 1
    c = np.zeros((1, 5))
    v = 2 * np.random.random((5, 2)) - 1
    k = np.zeros((1, 2))
    speed = 0.25

    for turn in range(50000):
        hidden = f(samples.dot(u) + c)
        out = f(hidden.dot(v) + k)
        miss = goals - out
        d = miss * f(out, True)
        e = d.dot(v.T) * f(hidden, True)
        v += speed * hidden.T.dot(d)
        k += speed * d.sum(axis=0, keepdims=True)
        u += speed * samples.T.dot(e)
        c += speed * e.sum(axis=0, keepdims=True)
        if turn % 10000 == 0:
            print(np.abs(miss).mean())
"""

IN_A_FUNCTION = """
    import numpy as np

    def train(X, y, hidden, learning_rate=0.1, epochs=3000):
        rng = np.random.RandomState(0)
        m, n = X.shape
        W1, b1 = rng.randn(n, hidden), np.zeros(hidden)
        W2, b2 = rng.randn(hidden, y.shape[1]), np.zeros(y.shape[1])
        for epoch in range(epochs):
            H = np.tanh(X @ W1 + b1)
            P = 1 / (1 + np.exp(-(H @ W2 + b2)))
            D = (P - y) * P * (1 - P)
            E = D @ W2.T * (1 - H**2)
            W2 -= learning_rate * H.T @ D / m
            b2 -= learning_rate * D.mean(axis=0)
            W1 -= learning_rate * X.T @ E / m
            b1 -= learning_rate * E.mean(axis=0)
        return W1, b1, W2, b2
"""

MISTAKES = {
    "weights that get nothing": (SCRIPT, ("u += speed * samples.T.dot(e)", "u += 0 * samples.T.dot(e)")),
    "weights cut to integers": (IN_A_FUNCTION, ("H.T @ D / m", "(H.T @ D / m).astype(int)")),
    "weights that get nothing, hidden units by default": (
        IN_A_FUNCTION.replace("hidden, learning_rate", "hidden=4, learning_rate"),
        ("X.T @ E / m", "0 * X.T @ E / m"),
    ),
    "transpose of the wrong layer": (SCRIPT, ("f(hidden, True)", "f(hidden)")),
    "updated too early": (SCRIPT, ("e = d.dot(v.T)", "v += speed * hidden.T.dot(d); e = d.dot(v.T)")),
    "sign": (SCRIPT, ("c += speed", "c -= speed")),
    "slope of another activation": (IN_A_FUNCTION, ("(1 - H**2)", "H * (1 - H)")),
    "bias never updated": (IN_A_FUNCTION, ("b1 -= learning_rate * E.mean(axis=0)", "b1 = b1 * 1")),
}


def mean_squares(out, y):
    """The quadratic cost as the mean over the examples."""
    return ((out - y) ** 2).sum() / 2 / y.shape[1]


def test_the_loop_of_a_script_is_a_model_of_its_own_sizes(understood, judged):
    """Data, weights, output and rate are found by what they do, and the data are replaced by ours."""
    (model,) = understood(train, SCRIPT).models
    assert model.info.sizes == (4, 5, 2)
    assert model.info.examples is None
    assert list(model.build((4, 5, 2), 0).parameters()) == ["u", "c", "v", "k"]
    assert judged(model)


def test_a_function_that_does_everything_is_run_up_to_its_loop(understood, judged):
    """Its weights exist only inside of it; a round of its loop is the step."""
    (model,) = understood(train, IN_A_FUNCTION).models
    assert list(model.build((4, 7, 3), 0).parameters()) == ["W1", "b1", "W2", "b2"]
    assert judged(model, cost=mean_squares)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_seen(understood, judged, mistake):
    """Each planted mistake fails where the right code passes."""
    source, change = MISTAKES[mistake]
    (model,) = understood(train, source.replace(*change)).models
    cost = mean_squares if source is IN_A_FUNCTION else (lambda out, y: ((out - y) ** 2).sum() / 2)
    assert judged(model, cost=cost).verdict == "fail"


def test_a_rate_that_is_written_as_a_number_is_inferred(understood):
    """The change of the last layer says by which factor it is longer than a gradient."""
    (model,) = understood(train, SCRIPT.replace("speed * ", "0.37 * ")).models
    net = model.build((4, 5, 2), 0)
    x, y = np.ones((4, 1)), np.full((2, 1), 0.3)
    out = net.forward(net.parameters(), x)
    hidden = 1 / (1 + np.exp(-(net.parameters()["u"].T @ x + net.parameters()["c"].T)))
    assert model.info.free_factor
    exact = hidden @ ((out - y) * out * (1 - out)).T
    assert np.allclose(net.gradient(net.parameters(), x, y, 0.0)["v"], exact)


def test_examples_one_after_the_other_are_judged_one_at_a_time(understood, judged):
    """A loop that updates after every example has no gradient of a batch."""
    source = """
        import numpy as np

        A = np.random.randn(5, 4)
        B = np.random.randn(3, 5)
        X, T = np.random.randn(9, 4), np.random.randn(9, 3)
        for epoch in range(100):
            for x, t in zip(X, T):
                h = np.tanh(A @ x)
                e = B @ h - t
                dh = B.T @ e * (1 - h**2)
                B -= 0.01 * np.outer(e, h)
                A -= 0.01 * np.outer(dh, x)
    """
    (model,) = understood(train, source).models
    assert model.info.examples == 1
    assert judged(model)


def test_a_loop_in_a_private_method_stops_no_other_look(tmp_path):
    """A method that Python keeps under another name is no step that could be run: nothing else is disturbed by it."""
    path = tmp_path / "private.py"
    path.write_text(
        "import numpy as np\n\n\nclass Batches:\n    def __split(self, X, Y, size):\n        parts = {}\n"
        "        for k in range(0, 4):\n            part = X[:, k * size:(k + 1) * size]\n            parts[k] = part\n"
        "        return parts\n",
        encoding="utf-8",
    )
    result = check_file(path, isolate="off")
    assert result.verdict.value == "error"
    assert "it raised" not in result.reason
