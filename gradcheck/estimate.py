"""``numerical_gradient``: perturb one entry, evaluate, restore it, count."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.arrays import Named, rebuild
from gradcheck.differences import ComplexStep, Derivative, Local, Method, forward
from gradcheck.errors import CouldNotRunError
from gradcheck.evaluator import Evaluator
from gradcheck.noise import measure_noise

Array = NDArray[Any]
SAMPLES = 3
COMPLEX_STEP = 1e-30
ROUND_OFF = 8  # machine epsilons of its own value that a complex-step derivative may be off


@dataclass(frozen=True)
class Estimate:
    """A numeric gradient.

    ``gradient`` and ``error_bar`` have the structure and shapes of the point, in units of cost per
    unit of the parameter; the bar bounds truncation plus round-off. ``evaluations`` counts the
    method's own passes (N + 1 for Eq. 46), ``preparation`` those that measured noise and curvature.
    ``step`` is the largest step taken.
    """

    gradient: Any
    error_bar: Any
    evaluations: int
    preparation: int
    step: float
    method: str


def numerical_gradient(
    cost: Callable[..., Any],
    at: Any,
    method: Method | None = None,
    *,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Estimate:
    """The gradient of *cost* at *at* by finite differences, entry by entry, weights and biases alike.

    Args:
        cost: a callable of the point (or of its keys) that returns a real number.
        at: arrays in a dictionary, list or tuple, or one vector; never written to.
        method: ``forward()`` (Eq. 46, the default), ``central()``, ``richardson()`` or ``complex_step()``.
        seed: of the directions along which the noise is measured.
        progress: called with (entries done, entries in all).

    Raises:
        UsageError: a point that cannot be differentiated by.
        CouldNotRunError: a cost that raises, returns no real number, or does not survive a complex step.

    It cannot see a kink: there the error bar may be too small. ``check_gradient`` can.
    """
    method = forward() if method is None else method
    evaluator = Evaluator(cost, at)
    if isinstance(method, ComplexStep):
        return _complex_gradient(evaluator, method, progress)
    noise = measure_noise(evaluator, np.random.default_rng(seed))
    if not math.isfinite(noise.cost):
        raise CouldNotRunError(f"The cost at the point itself is {noise.cost}; choose a point where it is finite.")
    local = {name: _local(evaluator, name, noise.cost, noise.level) for name in evaluator.arrays}
    return _real_gradient(evaluator, method, local, progress)


def _real_gradient(
    evaluator: Evaluator, method: Any, local: dict[str, Local], progress: Callable[[int, int], None] | None
) -> Estimate:
    preparation = evaluator.evaluations
    base = {name: _with_cost(known, evaluator() if method.once else known.cost) for name, known in local.items()}
    extra = len(base) - 1 if method.once else 0
    values, bars = _empty(evaluator), _empty(evaluator)
    done, largest = 0, 0.0
    for name, flat in evaluator.flat.items():
        for i in range(flat.size):
            found: Derivative = method.derivative(evaluator.line(name, i), base[name])
            values[name][i], bars[name][i] = found.value, found.error_bar
            largest = max(largest, abs(found.step))
            done += 1
            if progress is not None:
                progress(done, evaluator.entries)
    passes = evaluator.evaluations - preparation - extra
    return _estimate(evaluator, values, bars, (passes, preparation + extra, largest, method.name))


def _with_cost(known: Local, cost: float) -> Local:
    return Local(cost, known.noise, known.second, known.third)


def _empty(evaluator: Evaluator) -> Named:
    return {name: np.empty(flat.size) for name, flat in evaluator.flat.items()}


def _estimate(evaluator: Evaluator, values: Named, bars: Named, counted: tuple[int, int, float, str]) -> Estimate:
    def tree(vectors: Named) -> Any:
        return rebuild(evaluator.at, {name: v.reshape(evaluator.arrays[name].shape) for name, v in vectors.items()})

    return Estimate(tree(values), tree(bars), *counted)


def _local(evaluator: Evaluator, name: str, cost: float, noise: float) -> Local:
    """Typical second and third derivatives along a few entries of one array, from five-point stencils."""
    flat = evaluator.flat[name]
    size = float(np.sqrt(np.mean(np.square(flat, dtype=float)))) if flat.size else 1.0
    h = max(size, 1e-3) * (noise / max(abs(cost), noise)) ** 0.2
    seconds, thirds = [], []
    for i in np.unique(np.linspace(0, flat.size - 1, SAMPLES).astype(int)) if flat.size else ():
        line = evaluator.line(name, int(i))
        m2, m1, p1, p2 = (line(t)[1] - cost for t in (-2 * h, -h, h, 2 * h))
        seconds.append(abs(p1 + m1) / h**2)
        thirds.append(abs(p2 - 2 * p1 + 2 * m1 - m2) / (2 * h**3))
    return Local(cost, noise, _typical(seconds, noise / h**2), _typical(thirds, noise / h**3))


def _typical(samples: list[float], noise_floor: float) -> float:
    """The largest finite sample, never below what noise alone would show."""
    return max([s for s in samples if math.isfinite(s)] + [noise_floor])


def _complex_gradient(
    evaluator: Evaluator, method: ComplexStep, progress: Callable[[int, int], None] | None
) -> Estimate:
    h = method.step or COMPLEX_STEP
    values = complex_values(evaluator, h, progress)
    bars = {name: ROUND_OFF * evaluator.epsilon * np.abs(value) for name, value in values.items()}
    return _estimate(evaluator, values, bars, (evaluator.evaluations, 0, h, method.name))


def complex_values(evaluator: Evaluator, h: float, progress: Callable[[int, int], None] | None = None) -> Named:
    """Im C(w + ih)/h of every entry, each array as a vector: one evaluation per entry.

    Raises CouldNotRunError where the cost does not survive it.
    """
    point = {name: array.astype(complex) for name, array in evaluator.arrays.items()}
    cost, values, done = evaluator.complex_cost(point), _empty(evaluator), 0
    with _strict():
        for name, array in point.items():
            flat, found = array.reshape(-1), values[name]
            for i in range(flat.size):
                saved = flat[i]
                try:
                    flat[i] = complex(saved.real, h)
                    found[i] = _imaginary(cost) / h
                finally:
                    flat[i] = saved
                done += 1
                if progress is not None:
                    progress(done, evaluator.entries)
    return values


def complex_entry(evaluator: Evaluator, name: str, i: int, h: float) -> float:
    """Im C(w + ih)/h of one entry: of the other side of a kink where *h* is negative."""
    point = {key: array.astype(complex) for key, array in evaluator.arrays.items()}
    point[name].reshape(-1)[i] += complex(0, h)
    return imaginary_part(evaluator, point) / h


def imaginary_part(evaluator: Evaluator, point: Named) -> float:
    """Im C at a complex point.

    Raises CouldNotRunError where the cost does not survive complex arrays or drops their imaginary part.
    """
    with _strict():
        return _imaginary(evaluator.complex_cost(point))


@contextmanager
def _strict() -> Iterator[None]:
    """A cast that drops the imaginary part is an error, not a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        yield


def _imaginary(cost: Callable[[], Any]) -> float:
    try:
        value = cost()
    except Exception as error:
        what = f"{type(error).__name__}: {str(error)[:300]}"
        raise CouldNotRunError(f"The cost does not take complex arrays ({what}); use central().") from error
    if type(value) is np.complex128:
        return float(value.imag)
    value = np.asarray(value)
    if value.size != 1 or value.dtype.kind != "c":
        raise CouldNotRunError("The cost drops the imaginary part (a cast, .real or abs); use central().")
    return float(value.reshape(-1)[0].imag)
