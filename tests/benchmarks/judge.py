"""What the judge adds to the user's own function: microseconds per evaluation, and evaluations per entry.

Run as ``python tests/benchmarks/judge.py``. The cost is timed by itself, in bursts between whole checks of the same
network, in processor time; the fastest of each counts, which leaves out what else the machine does.
"""

import time

import numpy as np
from tabulate import tabulate

from gradcheck import check_direction, check_gradient, locate

SIZES = ((6, 8, 3), (16, 30, 10), (40, 60, 10))
BURST = 500
REPEATS = 7


def main():
    """One row for each network, and one for a million weights."""
    rows = [row(sizes, method) for sizes in SIZES for method in ("real", "auto")]
    print(tabulate(rows, headers="keys", floatfmt=".3g"))
    print(tabulate(large(), headers="keys", floatfmt=".3g"))


def network(sizes):
    """Cost, gradient and point of a tanh network with two layers and four examples."""
    rng = np.random.default_rng(0)
    n, m, out = sizes
    x, y = rng.normal(size=(n, 4)), rng.random((out, 4))
    at = {"w2": rng.normal(size=(m, n)) / np.sqrt(n), "b2": rng.normal(size=(m, 1)), "w3": rng.normal(size=(out, m))}

    def cost(p):
        return 0.5 * np.sum((np.tanh(p["w3"] @ np.tanh(p["w2"] @ x + p["b2"])) - y) ** 2)

    def gradient(p):
        hidden = np.tanh(p["w2"] @ x + p["b2"])
        a = np.tanh(p["w3"] @ hidden)
        delta = (a - y) * (1 - a**2)
        back = (p["w3"].T @ delta) * (1 - hidden**2)
        return {"w2": back @ x.T, "b2": back.sum(axis=1, keepdims=True), "w3": delta @ hidden.T}

    return cost, gradient, at


def row(sizes, method):
    """One network: the function by itself, the whole check, and the difference for each evaluation."""
    cost, gradient, at = network(sizes)
    point = at if method == "real" else {name: array.astype(complex) for name, array in at.items()}
    own, whole = [], []
    for _ in range(REPEATS):
        own.append(burst(cost, point))
        started = time.process_time()
        result = check_gradient(cost, gradient, at, method=method)
        whole.append(time.process_time() - started)
    entries = sum(array.size for array in at.values())
    return {
        "entries": entries,
        "method": result.method,
        "evaluations per entry": result.evaluations / entries,
        "own µs": 1e6 * min(own),
        "check ms": 1e3 * min(whole),
        "added µs per evaluation": 1e6 * (min(whole) / result.evaluations - min(own)),
    }


def burst(cost, point):
    """Seconds of one evaluation of the user's own function."""
    started = time.process_time()
    for _ in range(BURST):
        cost(point)
    return (time.process_time() - started) / BURST


def large():
    """One wrong entry among a million, by each check that does not look at all of them."""
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(1000, 1)), rng.normal(size=(1000, 1000)) / 30

    def cost(w):
        return np.sum(np.tanh(w @ x) ** 2)

    def wrong(w):
        t = np.tanh(w @ x)
        found = (2 * t * (1 - t * t)) @ x.T
        found[412, 77] += 0.5
        return found

    for name, check in (("check_direction", check_direction), ("locate", locate)):
        for method, function in (("complex", cost), ("real", lambda w: float(cost(w)))):
            result = check(function, wrong, w)
            yield {"check": name, "steps": method, "verdict": str(result.verdict), "evaluations": result.evaluations,
                   "seconds": result.seconds}  # fmt: skip


if __name__ == "__main__":
    main()
