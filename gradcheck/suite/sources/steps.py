"""BP1-BP4 as expressions, layer by layer, so that one of them can be written wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from gradcheck.suite.sources.writing import Writing


@dataclass
class Steps:
    """The right-hand sides of one author's backward pass by place k = 1, ..., last.

    ``back`` is what flows into a, ``slope`` σ′ (empty where there is no such factor), ``weights`` and
    ``biases`` the two gradients; ``after`` are lines added once a layer is done.
    """

    writing: Writing
    last: int
    back: dict[int, str] = field(default_factory=dict)
    slope: dict[int, str] = field(default_factory=dict)
    weights: dict[int, str] = field(default_factory=dict)
    biases: dict[int, str] = field(default_factory=dict)
    after: dict[int, list[str]] = field(default_factory=dict)

    def error(self, k: int) -> str:
        """δ of place k."""
        return f"({self.back[k]}) * {self.slope[k]}" if self.slope[k] else self.back[k]

    def lines(self) -> list[str]:
        """The backward pass, from the output to the first layer."""
        w = self.writing
        written = []
        for k in range(self.last, 0, -1):
            written += [
                f"{w.d.format(k=k)} = {self.error(k)}",
                f"{w.dw.format(k=k)} = {self.weights[k]}",
                f"{w.db.format(k=k)} = {self.biases[k]}",
                *self.after.get(k, []),
            ]
        return written


def right_steps(w: Writing, last: int) -> Steps:
    """The backward pass as it should be."""
    steps = Steps(w, last)
    for k in range(last, 0, -1):
        d = w.d.format(k=k)
        steps.back[k] = _output_error(w, last) if k == last else _pulled_back(w, k)
        cancels = k == last and (w.output == "identity" or w.cost != "quadratic")
        steps.slope[k] = "" if cancels else w.slope(k, last)
        steps.weights[k] = product(w, d, w.act(k - 1)) + (f" + {w.l2} * {w.w.format(k=k)}" if w.l2 else "")
        steps.biases[k] = summed(w, d)
    return steps


def _output_error(w: Writing, last: int) -> str:
    difference = f"({w.act(last)} - {w.y})"
    return f"{difference} / {w.examples}" if w.mean else difference


def _pulled_back(w: Writing, k: int) -> str:
    weights, d = w.w.format(k=k + 1), w.d.format(k=k + 1)
    return f"np.dot({weights}.T, {d})" if w.columns else f"np.dot({d}, {weights}.T)"


def product(w: Writing, d: str, a: str) -> str:
    """δ aᵀ, summed over the examples."""
    return f"np.dot({d}, {a}.T)" if w.columns else f"np.dot({a}.T, {d})"


def summed(w: Writing, d: str) -> str:
    """δ summed over the examples."""
    axis, keep = (1 if w.columns else 0), ", keepdims=True" if w.keepdims else ""
    return f"np.sum({d}, axis={axis}{keep})"
