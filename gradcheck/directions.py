"""Derivatives along directions: one number about many entries, by complex step where it can be trusted.

The discrepancy along v is Σ vᵢ(gᵢ − ∂C/∂wᵢ). Of one wrong entry it is that entry's error, whatever the
signs. Of several it can cancel, along a Rademacher direction with probability ½ at the most: given all
other signs, the two values that one entry's sign leaves are twice its error apart.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from gradcheck.arrays import Named
from gradcheck.compare import KINK, RIGHT, WRONG
from gradcheck.differences import Line, central_quotient
from gradcheck.entries import Setting
from gradcheck.errors import CouldNotRunError
from gradcheck.estimate import COMPLEX_STEP, ROUND_OFF, imaginary_part
from gradcheck.looks import Bench, Judgement, Look, judge_again, learned_step, look

TUNING = 4  # looks that find an array's first step
TRUSTED = 1e-3  # a real look is no evidence for the complex step where its error bar exceeds this share


@dataclass(frozen=True)
class Probe:
    """The derivative along one direction, beside what the gradient says of it.

    ``bar`` bounds the error of ``numeric``; ``allowed`` is the difference up to which the gradient is right.
    """

    analytic: float
    numeric: float
    bar: float
    allowed: float
    code: int
    step: float

    @property
    def off(self) -> float:
        """Analytic − numeric."""
        return self.analytic - self.numeric


@dataclass
class Prober:
    """Judges directional derivatives of a cost against *gradient*.

    ``method`` is auto, real or complex. ``steps`` holds the step that last suited directions in the
    same arrays; ``trusted`` whether their complex steps agreed with real differences, once that is known.
    """

    setting: Setting
    gradient: Named
    method: str = "auto"
    steps: dict[str, float] = field(default_factory=dict)
    trusted: dict[str, bool] = field(default_factory=dict)

    def probe(self, direction: Named) -> Probe:
        """The verdict on the derivative along *direction*, which may leave out arrays and hold zeros.

        What a complex step excludes, real differences must exclude too, unless they see less.
        """
        key, (analytic, bench) = ", ".join(direction), self._claim(direction)
        exact = self._complex(key, direction)
        if exact is not None and self.trusted.get(key):
            found = self._exactly(exact, analytic, bench)
            if found.code == RIGHT or self.method == "complex":
                return found
        real = self._real(key, direction, analytic, bench)
        return real if exact is None else self._reconciled(key, exact, real, bench)

    def measure(self, direction: Named, expected: float) -> Probe:
        """A cheaper probe, for a part of a direction whose discrepancy was *expected*: is it all here, or none?

        A single central difference answers where it finds one of the two; otherwise ``probe`` does.
        Its code is right or wrong.
        """
        key, (analytic, bench) = ", ".join(direction), self._claim(direction)
        if self.trusted.get(key):
            exact = self._complex(key, direction)
            return self.probe(direction) if exact is None else self._exactly(exact, analytic, bench)
        h = self.steps[key] / 2
        value, _ = central_quotient(self._line(direction), h)
        bar = 2 * bench.noise / h
        found = _probed(analytic, Judgement(WRONG, value, bar, h), bench)
        if abs(found.off) <= found.allowed:
            return replace(found, code=RIGHT)
        return found if abs(found.off - expected) <= found.allowed else self.probe(direction)

    def _claim(self, direction: Named) -> tuple[float, Bench]:
        """The derivative along *direction* by the gradient's word, and what it is judged against.

        The scale of such a derivative is the norm of the gradient over the entries that move.
        """
        terms = [self.gradient[name] * v for name, v in direction.items()]
        analytic, scale = (math.fsum(float(f(t)) for t in terms) for f in (np.sum, _square))
        benches = [self.setting.bench(name, math.sqrt(scale)) for name in direction]
        smallest, largest = max(b.smallest for b in benches), max(b.largest for b in benches)
        return analytic, replace(benches[0], smallest=smallest, largest=largest)

    def _complex(self, key: str, direction: Named) -> float | None:
        """Im C(w + ihv)/h; None where it is not wanted or the cost does not survive it."""
        if self.method == "real" or self.trusted.get(key) is False:
            return None
        evaluator = self.setting.evaluator
        point = {name: array.astype(complex) for name, array in evaluator.arrays.items()}
        for name, v in direction.items():
            point[name] += 1j * COMPLEX_STEP * v
        try:
            value = imaginary_part(evaluator, point) / COMPLEX_STEP
        except CouldNotRunError:
            if self.method == "complex":
                raise
            self.trusted[key] = False
            return None
        return value if math.isfinite(value) else None

    def _exactly(self, exact: float, analytic: float, bench: Bench) -> Probe:
        bar = ROUND_OFF * self.setting.evaluator.epsilon * max(abs(exact), bench.scale)
        code = RIGHT if abs(analytic - exact) <= bench.allowed(exact, bar) else WRONG
        return _probed(analytic, Judgement(code, exact, bar, COMPLEX_STEP), bench)

    def _reconciled(self, key: str, exact: float, real: Probe, bench: Bench) -> Probe:
        """The complex step's word where real differences vouch for it, else theirs."""
        agrees = abs(exact - real.numeric) <= bench.allowed(real.numeric, real.bar)
        shown = agrees and bench.tolerance.bars * real.bar <= TRUSTED * abs(exact)
        self.trusted.setdefault(key, shown)
        found = self._exactly(exact, real.analytic, bench)
        return found if agrees and self.trusted[key] and real.code != KINK else real

    def _real(self, key: str, direction: Named, analytic: float, bench: Bench) -> Probe:
        line = self._line(direction)
        first = self._first_look(key, direction, line)
        if bench.accepts(first, analytic) and bench.clear(first) and not (first.kink or first.edge):
            return _probed(analytic, Judgement(RIGHT, first.value, first.bar, first.step), bench)
        return _probed(analytic, judge_again(line, analytic, first, bench), bench)

    def _line(self, direction: Named) -> Line:
        evaluator = self.setting.evaluator
        return lambda t: (t, evaluator.moved(direction, t))

    def _first_look(self, key: str, direction: Named, line: Line) -> Look:
        """A look with the step that suited these arrays before, or with one that is found now.

        A weighted sum of n entries moved by h moves by about h√n.
        """
        noise, known = self.setting.noise, self.steps.get(key)
        entries = max(sum(int(np.count_nonzero(v)) for v in direction.values()), 1)
        h = known or min(self.setting.first_step(name) for name in direction) / math.sqrt(entries)
        for _ in range(1 if known else TUNING):
            found = look(line, noise.cost, noise.level, h)
            self.steps[key] = learned_step(found, noise.level, most=64.0)
            if 0.5 < self.steps[key] / h < 2:
                break
            h = self.steps[key]
        return found


def _square(array: np.ndarray) -> float:
    return float(np.vdot(array, array))


def _probed(analytic: float, found: Judgement, bench: Bench) -> Probe:
    allowed = bench.allowed(found.value, found.bar)
    return Probe(analytic, found.value, found.bar, allowed, found.code, found.step)
