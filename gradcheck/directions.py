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
from gradcheck.compare import KINK, RIGHT, WRONG, rms
from gradcheck.differences import Line, central_quotient
from gradcheck.entries import Setting
from gradcheck.errors import CouldNotRunError
from gradcheck.estimate import COMPLEX_STEP, ROUND_OFF, imaginary_part
from gradcheck.judgement import GROSS, Bench, Judgement, judge_again
from gradcheck.looks import TUNING, Look, learned_step, look


@dataclass(frozen=True)
class Probe:
    """The derivative along one direction, beside what the gradient says of it.

    ``bar`` bounds the error of ``numeric``; ``allowed`` is the difference up to which the gradient is right, and
    ``resolution`` the error beyond which it would have been seen to be wrong.
    """

    analytic: float
    numeric: float
    bar: float
    allowed: float
    resolution: float
    code: int
    step: float

    @property
    def off(self) -> float:
        """Analytic − numeric."""
        return self.analytic - self.numeric


@dataclass(frozen=True)
class _Way:
    """One direction: its arrays, how many entries move, the cost along it, the gradient's word, and the bench."""

    direction: Named
    entries: int
    line: Line
    analytic: float
    bench: Bench

    @property
    def key(self) -> str:
        """What is learned along one direction serves others in the same arrays."""
        return ", ".join(self.direction)


@dataclass
class Prober:
    """Judges directional derivatives of a cost against *gradient*.

    ``method`` is auto, real or complex. ``steps`` holds the step that last suited directions in the same
    arrays, times √n for the n entries that moved: a weighted sum of n entries moved by h moves by about h√n.
    ``trusted`` says whether their complex steps agreed with real differences, once that is known.
    """

    setting: Setting
    gradient: Named
    method: str = "auto"
    steps: dict[str, float] = field(default_factory=dict)
    trusted: dict[str, bool] = field(default_factory=dict)

    def probe(self, direction: Named) -> Probe:
        """The verdict on the derivative along *direction*, which may leave out arrays and hold zeros."""
        return self._probe(self._way(direction))

    def probe_entry(self, name: str, place: int) -> Probe:
        """The verdict on one entry, at *place* of the array seen as a vector."""
        unit = np.zeros(self.gradient[name].shape)
        unit.reshape(-1)[place] = 1.0
        bench = replace(
            self.setting.bench(name, rms(self.gradient[name])), smallest=self.setting.smallest_step(name, place)
        )
        analytic = float(self.gradient[name].reshape(-1)[place])
        return self._probe(_Way({name: unit}, 1, self.setting.evaluator.line(name, place), analytic, bench))

    def measure(self, direction: Named, expected: float) -> Probe:
        """A cheaper probe, for a part of a direction whose discrepancy was *expected*: is it all here, or none?

        A single central difference answers where it finds one of the two, or a gross error; otherwise ``probe`` does.
        """
        way = self._way(direction)
        if self._trusts(way):
            exact = self._complex(way)
            return self._probe(way) if exact is None else self._exactly(exact, way)
        h = self.steps[way.key] / math.sqrt(way.entries) / 2  # its truncation is that of the look at h, over four
        value, _ = central_quotient(way.line, h)
        found = _probed(way, Judgement(WRONG, value, 2 * way.bench.noise / h, h))
        if abs(found.off) <= found.allowed:
            return replace(found, code=RIGHT)
        plain = abs(found.off - expected) <= found.allowed or abs(found.off) > GROSS * found.allowed
        return found if plain else self._probe(way)

    def _way(self, direction: Named) -> _Way:
        """A direction with the derivative along it by the gradient's word, and what it is judged against.

        The scale of such a derivative is the norm of the gradient over the entries that move.
        """
        terms = [self.gradient[name] * v for name, v in direction.items()]
        analytic, scale = (math.fsum(float(f(t)) for t in terms) for f in (np.sum, _square))
        entries = max(sum(int(np.count_nonzero(v)) for v in direction.values()), 1)
        benches = [self.setting.bench(name, math.sqrt(scale)) for name in direction]
        smallest, largest = max(b.smallest for b in benches), max(b.largest for b in benches)
        evaluator = self.setting.evaluator
        bench = replace(benches[0], smallest=smallest / math.sqrt(entries), largest=largest)
        return _Way(direction, entries, lambda t: (t, evaluator.moved(direction, t)), analytic, bench)

    def _probe(self, way: _Way) -> Probe:
        """What a complex step excludes, real differences must exclude too, unless they see less."""
        exact = self._complex(way) if self._trusts(way) else None
        if exact is None:
            return self._real(way)
        found = self._exactly(exact, way)
        if found.code == RIGHT or self.method == "complex":
            return found
        real = self._real(way)
        agree = abs(exact - real.numeric) <= way.bench.allowed(real.numeric, real.bar)
        return found if agree and real.code != KINK else real

    def _trusts(self, way: _Way) -> bool:
        """Whether complex steps in these arrays agree with real ones, along a direction in which nothing cancels.

        Of |w| a complex step sees nothing; along ±1 the signs of all w may add up to 0, with other weights they do not.
        """
        if way.key not in self.trusted and self.method == "auto":
            weights = np.random.default_rng(way.entries)
            uneven = self._way({name: v * weights.uniform(0.5, 1.5, v.shape) for name, v in way.direction.items()})
            exact, bars = self._complex(uneven), self.setting.tolerance.bars
            self.trusted[way.key] = exact is not None and self._first_look(uneven).vouches_for(exact, bars)
        return self.trusted.setdefault(way.key, self.method == "complex")

    def _complex(self, way: _Way) -> float | None:
        """Im C(w + ihv)/h; None where the cost does not survive it."""
        evaluator = self.setting.evaluator
        point = {name: array.astype(complex) for name, array in evaluator.arrays.items()}
        for name, v in way.direction.items():
            point[name] += 1j * COMPLEX_STEP * v
        try:
            value = imaginary_part(evaluator, point) / COMPLEX_STEP
        except CouldNotRunError:
            if self.method == "complex":
                raise
            return None
        return value if math.isfinite(value) else None

    def _exactly(self, exact: float, way: _Way) -> Probe:
        bar = ROUND_OFF * self.setting.evaluator.epsilon * max(abs(exact), way.bench.scale)
        code = RIGHT if abs(way.analytic - exact) <= way.bench.allowed(exact, bar) else WRONG
        return _probed(way, Judgement(code, exact, bar, COMPLEX_STEP))

    def _real(self, way: _Way) -> Probe:
        first = self._first_look(way)
        fine = way.bench.accepts(first, way.analytic) and way.bench.clear(first) and not (first.kink or first.edge)
        if fine:
            return _probed(way, Judgement(RIGHT, first.value, first.bar, first.step))
        return _probed(way, judge_again(way.line, way.analytic, first, way.bench))

    def _first_look(self, way: _Way) -> Look:
        """A look with the step that suited these arrays before, or with one that is found now."""
        noise, known, root = self.setting.noise, self.steps.get(way.key), math.sqrt(way.entries)
        h = (known or min(self.setting.first_step(name) for name in way.direction)) / root
        for _ in range(1 if known else TUNING):
            found = look(way.line, noise.cost, noise.level, h)
            wanted = learned_step(found, noise.level, most=64.0)
            self.steps[way.key] = wanted * root
            if 0.5 < wanted / h < 2:
                break
            h = wanted
        return found


def _square(array: np.ndarray) -> float:
    return float(np.vdot(array, array))


def _probed(way: _Way, found: Judgement) -> Probe:
    allowed = way.bench.allowed(found.value, found.bar)
    resolution = allowed + way.bench.tolerance.bars * found.bar
    return Probe(way.analytic, found.value, found.bar, allowed, resolution, found.code, found.step)
