"""How a cost gathers its examples and weighs its regularisation: sum or mean, halves, 1/n_out, (λ/2) or λ/(2m)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

FIT = 1e-7


@dataclass(frozen=True)
class Reduction:
    """C = factor · m^−p · n_out^−q · Σ_x C_x, with p = 1 where ``per_example`` and q = 1 where ``per_output``.

    C_x is our cost of one example (the quadratic one with its ½).
    """

    factor: float = 1.0
    per_example: bool = False
    per_output: bool = False

    def of(self, m: int, n_out: int) -> float:
        """The factor on Σ_x C_x for *m* examples and *n_out* outputs."""
        return self.factor / (m if self.per_example else 1) / (n_out if self.per_output else 1)

    @property
    def name(self) -> str:
        """``"sum"``, ``"mean"``, ``"half mean"``, ``"mean over examples and outputs"``..."""
        base = "mean" if self.per_example else "sum"
        over = " over examples and outputs" if self.per_output and self.per_example else ""
        over = over or (" divided by n_out" if self.per_output else "")
        near = next((known for known in FACTORS if abs(self.factor - known) <= 1e-9 * known), self.factor)
        word = _WORDS.get(near, f"{self.factor:.6g} times the")
        return " ".join(part for part in (word, base + over) if part)

    @classmethod
    def named(cls, name: str) -> Reduction:
        """The reduction called ``"sum"``, ``"mean"``, ``"half mean"``...

        Raises ValueError naming them all where there is none of that name.
        """
        known = {reduction.name: reduction for reduction in REDUCTIONS}
        if name not in known:
            raise ValueError(f"No reduction is called {name!r}; there are {', '.join(known)}.")
        return known[name]


_WORDS = {1.0: "", 2.0: "twice the", 0.5: "half the", 1 / float(np.log(2)): "base-2"}
FACTORS = (1.0, 2.0, 0.5, 1 / float(np.log(2)))
REDUCTIONS = tuple(
    Reduction(factor, per_example, per_output)
    for per_output, factor, per_example in product((False, True), FACTORS, (False, True))
)
SUM, MEAN = Reduction(), Reduction(per_example=True)


@dataclass(frozen=True)
class Penalty:
    """The L2 term: (factor · λ / 2) Σ w² over the weights, over m where ``per_example``, times m where ``times_m``.

    ``factor`` is 1 for the usual half, 2 for λ Σ w²; 0 says that the cost ignores λ. ``biases`` is
    true where the biases are in the sum. ``written`` is a λ of its own that the code has in it.
    """

    factor: float = 1.0
    per_example: bool = False
    biases: bool = False
    times_m: bool = False
    written: float = 0.0

    def strength(self, l2: float, m: int) -> float:
        """What the weights are multiplied by in the gradient, for a λ of *l2* and *m* examples."""
        return (self.factor * l2 + self.written) / (m if self.per_example else 1) * (m if self.times_m else 1)

    @property
    def name(self) -> str:
        """``"λ/2 Σ w²"``, ``"λ/(2m) Σ w²"``..."""
        if self.written:
            return f"{self.written:.4g}/{'(2m)' if self.per_example else '2'} Σ w² written into the code"
        if not self.factor:
            return "no L2 term"
        head = {1.0: "λ/2", 2.0: "λ", 0.5: "λ/4"}.get(self.factor, f"{self.factor / 2:.6g} λ")
        per = {"λ/2": "λ/(2m)", "λ": "λ/m", "λ/4": "λ/(4m)"}.get(head, f"{head}/m") if self.per_example else head
        per = f"{per} m" if self.times_m else per
        return f"{per} Σ w²{' + b²' if self.biases else ''}"


PENALTIES = tuple(
    Penalty(factor, per_example, biases)
    for biases, per_example, factor in product((False, True), (False, True), (1.0, 2.0, 0.5))
) + tuple(Penalty(factor, times_m=True) for factor in (1.0, 2.0))
NO_PENALTY = Penalty(0.0)
