"""Functions over a sequence whose weights are names of the module are run on sequences of ours and judged."""

from pathlib import Path

import pytest

from gradcheck.results import CheckResult, Verdict
from gradcheck.submissions.check import check_file

CHARACTERS = """
import numpy as np

text = open("poem.txt").read()
symbols = sorted(set(text))
n_symbols = len(symbols)
number = {s: i for i, s in enumerate(symbols)}
n_hidden, n_steps, rate = 80, 20, 0.1

U = np.random.randn(n_hidden, n_symbols) * 0.01
W = np.random.randn(n_hidden, n_hidden) * 0.01
V = np.random.randn(n_symbols, n_hidden) * 0.01
bh = np.zeros((n_hidden, 1))
by = np.zeros((n_symbols, 1))

def loss_and_gradients(inputs, targets, h_before):
    xs, hs, ps, loss = {}, {-1: np.copy(h_before)}, {}, 0
    for t, symbol in enumerate(inputs):
        xs[t] = np.zeros((n_symbols, 1))
        xs[t][symbol] = 1
        hs[t] = np.tanh(U @ xs[t] + W @ hs[t - 1] + bh)
        e = np.exp(V @ hs[t] + by)
        ps[t] = e / e.sum()
        loss -= np.log(ps[t][targets[t], 0])
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    dbh, dby, later = np.zeros_like(bh), np.zeros_like(by), np.zeros((n_hidden, 1))
    for t in range(len(inputs) - 1, -1, -1):
        dy = ps[t].copy()
        dy[targets[t]] -= 1
        dV += dy @ hs[t].T
        dby += dy
        draw = (V.T @ dy + later) * (1 - hs[t] ** 2)
        dbh += draw
        dU += draw @ xs[t].T
        dW += draw @ hs[t - 1].T
        later = W.T @ draw
    for d in (dU, dW, dV, dbh, dby):
        np.clip(d, -5, 5, out=d)
    return loss, dU, dW, dV, dbh, dby, hs[len(inputs) - 1]

p = 0
while True:
    piece = [number[s] for s in text[p:p + n_steps + 1]]
    loss, dU, dW, dV, dbh, dby, h = loss_and_gradients(piece[:-1], piece[1:], np.zeros((n_hidden, 1)))
    for w, d in zip((U, W, V, bh, by), (dU, dW, dV, dbh, dby)):
        w -= rate * d
    p += 1
"""
GATED = """
import numpy as np

with open("tale.txt", "r") as f:
    text = f.read()
V = len(set(text))
H = 60
Z = H + V

class Weights:
    def __init__(self, v):
        self.v, self.d, self.m = v, np.zeros_like(v), np.zeros_like(v)

class Everything:
    def __init__(self):
        self.forget, self.write = Weights(np.random.randn(H, Z) * 0.1), Weights(np.random.randn(H, Z) * 0.1)
        self.out, self.bias = Weights(np.random.randn(V, H) * 0.1), Weights(np.zeros((V, 1)))

    def all(self):
        return [self.forget, self.write, self.out, self.bias]

p = Everything()

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def there_and_back(inputs, targets, C_prev):
    zs, fs, ws, Cs, ps, loss = {}, {}, {}, {-1: C_prev}, {}, 0
    for t in range(len(inputs)):
        x = np.zeros((V, 1))
        x[inputs[t]] = 1
        zs[t] = np.vstack((np.tanh(Cs[t - 1]), x))
        fs[t], ws[t] = sigmoid(p.forget.v @ zs[t]), np.tanh(p.write.v @ zs[t])
        Cs[t] = fs[t] * Cs[t - 1] + ws[t]
        e = np.exp(p.out.v @ Cs[t] + p.bias.v)
        ps[t] = e / e.sum()
        loss += -np.log(ps[t][targets[t], 0])
    for w in p.all():
        w.d.fill(0)
    later = np.zeros_like(C_prev)
    for t in reversed(range(len(inputs))):
        dy = ps[t].copy()
        dy[targets[t]] -= 1
        p.out.d += dy @ Cs[t].T
        p.bias.d += dy
        dC = p.out.v.T @ dy + later
        df = dC * Cs[t - 1] * fs[t] * (1 - fs[t])
        dw = dC * (1 - ws[t] ** 2)
        p.forget.d += df @ zs[t].T
        p.write.d += dw @ zs[t].T
        dz = p.forget.v.T @ df + p.write.v.T @ dw
        later = fs[t] * dC + dz[:H] * (1 - np.tanh(Cs[t - 1]) ** 2)
    return loss, Cs[len(inputs) - 1]
"""


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CheckResult]:
    """Both files right, and each with a slip."""
    slips = {
        "characters": CHARACTERS,
        "no past": CHARACTERS.replace("later = W.T @ draw", "later = W @ draw"),
        "gated": GATED,
        "no gate": GATED.replace("later = fs[t] * dC", "later = dC"),
    }
    folder: Path = tmp_path_factory.mktemp("texts")
    found = {}
    for name, source in slips.items():
        path = folder / f"{name.replace(' ', '_')}.py"
        path.write_text(source, encoding="utf-8")
        found[name] = check_file(path, isolate="off")
    return found


def test_right_functions_pass_with_small_weights(judged: dict[str, CheckResult]) -> None:
    """Every array that the loss depends on is judged, in sizes smaller than the file's own, which are put back."""
    for name, arrays in (("characters", 5), ("gated", 4)):
        assert judged[name].verdict is Verdict.PASS, judged[name].reason
        assert len(judged[name].arrays) == arrays
        assert sum(array.entries for array in judged[name].arrays) < 200


def test_a_slip_in_the_way_back_is_caught_where_it_shows(judged: dict[str, CheckResult]) -> None:
    """What is wrong on the way back through time leaves the output's weights right."""
    assert judged["no past"].verdict is Verdict.FAIL
    assert {array.name for array in judged["no past"].arrays if array.wrong} == {"U", "W", "bh"}
    assert judged["no gate"].verdict is Verdict.FAIL
    assert {array.name for array in judged["no gate"].arrays if array.wrong} == {"p.forget.v", "p.write.v"}


def test_the_text_that_took_the_place_is_named(judged: dict[str, CheckResult]) -> None:
    """A person is told that the file which they did not hand in was replaced."""
    assert any("poem.txt is not here: a short text of ours" in note for note in judged["characters"].notes)
    assert any("tale.txt is not here: a short text of ours" in note for note in judged["gated"].notes)
