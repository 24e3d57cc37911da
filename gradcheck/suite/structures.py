"""More families with right gradients: what networks are built of besides layers of neurons."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.suite.families import BlackBox, Named

Array = NDArray[Any]


def fixed_dropout(seed: int) -> BlackBox:
    """A mask drawn once, scaled by what it keeps."""
    rng = np.random.default_rng(seed)
    n, m, examples = (int(k) for k in rng.integers(2, 7, 3))
    x, y = rng.normal(size=(examples, n)), rng.normal(size=examples)
    mask = (rng.random((examples, m)) < 0.6) / 0.6

    def forward(p: Named) -> tuple[Array, Array]:
        hidden = np.tanh(x @ p["W"] + p["b"])
        return hidden, (hidden * mask) @ p["v"] - y

    def cost(p: Named) -> Any:
        return 0.5 * np.mean(forward(p)[1] ** 2)

    def gradient(p: Named) -> Named:
        hidden, error = forward(p)
        error = error / examples
        back = np.outer(error, p["v"]) * mask * (1 - hidden**2)
        return {"W": x.T @ back, "b": back.sum(axis=0), "v": (hidden * mask).T @ error}

    at = {"W": rng.normal(size=(n, m)), "b": rng.normal(size=m), "v": rng.normal(size=m)}
    return BlackBox("", "fixed dropout mask", cost, gradient, at)


def max_pool_ties(seed: int) -> BlackBox:
    """Max-pooling over pairs of which some are equal; the first of them takes the gradient, or both a half."""
    rng = np.random.default_rng(seed)
    pairs, share = int(rng.integers(2, 7)), seed % 2 == 0
    x, v = rng.normal(size=(pairs, 2)), rng.normal(size=pairs)
    tied = rng.random(pairs) < 0.5
    x[tied, 1] = x[tied, 0]

    def gradient(p: Named) -> Named:
        pooled = p["x"].max(axis=1, keepdims=True)
        winners = (p["x"] == pooled).astype(float)
        if share:
            winners /= winners.sum(axis=1, keepdims=True)
        else:
            winners[:, 1] *= 1 - winners[:, 0]
        delta = 2 * (pooled[:, 0] * p["v"] - 1)
        return {"x": winners * (delta * p["v"])[:, None], "v": delta * pooled[:, 0]}

    def cost(p: Named) -> Any:
        return np.sum((p["x"].max(axis=1) * p["v"] - 1) ** 2)

    return BlackBox("", "max-pool with ties", cost, gradient, {"x": x, "v": v})


def batch_norm(seed: int) -> BlackBox:
    """Normalised over the batch, with γ and β; weights before it have gradients that cancel to a small rest."""
    rng = np.random.default_rng(seed)
    n, m = (int(k) for k in rng.integers(2, 6, 2))
    examples = int(rng.integers(3, 8))
    x, y, floor = rng.normal(size=(examples, n)), rng.normal(size=(examples, m)), 1e-5

    def forward(p: Named) -> tuple[Array, Array, Array]:
        z = x @ p["W"]
        spread = np.sqrt(((z - z.mean(axis=0)) ** 2).mean(axis=0) + floor)
        normal = (z - z.mean(axis=0)) / spread
        return normal, spread, normal * p["gamma"] + p["beta"]

    def cost(p: Named) -> Any:
        return np.sum((np.tanh(forward(p)[2]) - y) ** 2)

    def gradient(p: Named) -> Named:
        normal, spread, out = forward(p)
        a = np.tanh(out)
        delta = 2 * (a - y) * (1 - a**2)
        inner = delta * p["gamma"]
        back = (inner - inner.mean(axis=0) - normal * (inner * normal).mean(axis=0)) / spread
        return {"W": x.T @ back, "gamma": (delta * normal).sum(axis=0), "beta": delta.sum(axis=0)}

    at = {"W": rng.normal(size=(n, m)), "gamma": rng.normal(size=m), "beta": rng.normal(size=m)}
    return BlackBox("", "batch normalisation", cost, gradient, at)


def l1_penalty(seed: int) -> BlackBox:
    """Least squares and λ‖w‖₁ with some weights at 0, where sign(0) = 0 is a subgradient if λ is the larger."""
    rng = np.random.default_rng(seed)
    n, examples, strength = int(rng.integers(3, 9)), int(rng.integers(2, 9)), float(10.0 ** rng.integers(-4, 2))
    x, w = rng.normal(size=(examples, n)), rng.normal(size=n)
    w[rng.random(n) < 0.4] = 0
    y = x @ w + 0.1 * rng.normal(size=examples)

    def cost(p: Named) -> Any:
        return 0.5 * np.sum((x @ p["w"] - y) ** 2) + strength * np.abs(p["w"]).sum()

    def gradient(p: Named) -> Named:
        return {"w": x.T @ (x @ p["w"] - y) + strength * np.sign(p["w"])}

    return BlackBox("", f"least squares with an L1 penalty of {strength:g}", cost, gradient, {"w": w})


def recurrent(seed: int) -> BlackBox:
    """A tanh recurrence over a few steps, back-propagated through time."""
    rng = np.random.default_rng(seed)
    n, m, steps = int(rng.integers(2, 5)), int(rng.integers(2, 5)), int(rng.integers(2, 9))
    x, y = rng.normal(size=(steps, n)), rng.normal(size=(steps, m))

    def states(p: Named) -> list[Array]:
        found = [np.zeros(m)]
        for row in x:
            found.append(np.tanh(p["U"] @ row + p["W"] @ found[-1] + p["b"]))
        return found

    def cost(p: Named) -> Any:
        return 0.5 * sum(np.sum((h - target) ** 2) for h, target in zip(states(p)[1:], y, strict=True))

    def gradient(p: Named) -> Named:
        h = states(p)
        found: Named = {name: np.zeros_like(array) for name, array in p.items()}
        later: Any = 0.0
        for t in range(steps, 0, -1):
            delta = (h[t] - y[t - 1] + later) * (1 - h[t] ** 2)
            found["U"] += np.outer(delta, x[t - 1])
            found["W"] += np.outer(delta, h[t - 1])
            found["b"] += delta
            later = p["W"].T @ delta
        return found

    at = {"U": rng.normal(size=(m, n)), "W": rng.normal(size=(m, m)), "b": rng.normal(size=m)}
    return BlackBox("", "recurrent tanh", cost, gradient, at)


def embedding(seed: int) -> BlackBox:
    """Rows of a table looked up by number, some twice, some never: gradients of exactly 0 among others."""
    rng = np.random.default_rng(seed)
    rows, width = int(rng.integers(4, 9)), int(rng.integers(2, 5))
    picked = rng.integers(0, rows - 1, int(rng.integers(2, 9)))
    y = rng.normal(size=picked.size)

    def cost(p: Named) -> Any:
        return np.sum((np.tanh(p["table"][picked] @ p["v"]) - y) ** 2)

    def gradient(p: Named) -> Named:
        a = np.tanh(p["table"][picked] @ p["v"])
        delta = 2 * (a - y) * (1 - a**2)
        found = np.zeros_like(p["table"])
        np.add.at(found, picked, np.outer(delta, p["v"]))
        return {"table": found, "v": p["table"][picked].T @ delta}

    at = {"table": rng.normal(size=(rows, width)), "v": rng.normal(size=width)}
    return BlackBox("", "embedding", cost, gradient, at)
