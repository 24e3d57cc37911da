"""Faults planted in any gradient: what a slip does to an array, by name, for gradients that nothing is known of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gradcheck.suite.families import BlackBox, Named

Array = NDArray[np.float64]
Change = Callable[[Array, np.random.Generator], Array]


def _one_entry(change: Callable[[float, float], float]) -> Change:
    """*change* of the entry and of its array's typical size, somewhere."""

    def changed(g: Array, rng: np.random.Generator) -> Array:
        found, place = g.copy(), int(rng.integers(g.size))
        typical = float(np.sqrt(np.mean(np.square(g, dtype=float))))
        found.reshape(-1)[place] = change(float(g.reshape(-1)[place]), typical)
        return found

    return changed


def _line(axis: int, factor: float) -> Change:
    """One row or column times *factor*."""

    def changed(g: Array, rng: np.random.Generator) -> Array:
        found = g.copy()
        lines = np.moveaxis(found, min(axis, g.ndim - 1), 0)
        lines[int(rng.integers(len(lines)))] *= factor
        return found

    return changed


def _swapped(g: Array, rng: np.random.Generator) -> Array:
    """Two rows exchanged."""
    found = g.copy()
    first, second = rng.integers(len(g), size=2)
    found[[first, second]] = found[[second, first]]
    return found


def _block_transposed(g: Array, _: np.random.Generator) -> Array:
    """The leading square block transposed, as where W stands for its transpose in a square layer."""
    found = g.copy()
    if g.ndim == 2:
        side = min(g.shape)
        found[:side, :side] = g[:side, :side].T
    return found


def _whole(change: Callable[[Array], Array]) -> Change:
    """*change* of the whole array, with nothing to choose."""
    return lambda g, _: change(g)


MUTATIONS: dict[str, Change] = {
    "sign of an array": _whole(np.negative),
    "factor two": _whole(lambda g: 2 * g),
    "factor 1.001": _whole(lambda g: 1.001 * g),
    "array never filled in": _whole(np.zeros_like),
    "mean added": _whole(lambda g: g + g.mean()),
    "reversed": _whole(lambda g: g[::-1].copy()),
    "rolled by one": _whole(lambda g: np.roll(g, 1)),
    "rows swapped": _swapped,
    "block transposed": _block_transposed,
    "a row of zeros": _line(0, 0.0),
    "a column of zeros": _line(1, 0.0),
    "a row counted twice": _line(0, 2.0),
    "sign of one entry": _one_entry(lambda value, _: -value),
    "one entry of zero": _one_entry(lambda _value, _typical: 0.0),
    "one entry off by its array's size": _one_entry(lambda value, typical: value + typical),
    "one entry off by a thousandth of it": _one_entry(lambda value, typical: value + 1e-3 * typical),
    "one entry off by a millionth of it": _one_entry(lambda value, typical: value + 1e-6 * typical),
}


@dataclass(frozen=True)
class Planted:
    """A box with a fault in one array, and how far each of that array's entries is off."""

    box: BlackBox
    array: str
    off: Array


def plant(box: BlackBox, mutation: str, seed: int) -> Planted:
    """*box* with *mutation* in one array of its gradient, chosen by *seed*; the fault is the same at every call."""
    array = str(np.random.default_rng(seed).choice(list(box.at)))

    def changed(g: Array) -> Array:
        return MUTATIONS[mutation](g, np.random.default_rng(seed + 1)).astype(g.dtype)

    def gradient(point: Named) -> Named:
        found = box.gradient(point)
        return {**found, array: changed(found[array])}

    right = box.gradient({name: value.copy() for name, value in box.at.items()})[array]
    off = changed(right).astype(float) - right
    return Planted(replace(box, gradient=gradient, kind=mutation), array, off)


def off_by(box: BlackBox, array: str, place: int, error: float) -> Planted:
    """*box* with one entry of *array* off by *error*."""

    def gradient(point: Named) -> Named:
        found = dict(box.gradient(point))
        found[array] = found[array].astype(float)
        found[array].reshape(-1)[place] += error
        return found

    off = np.zeros(box.at[array].shape)
    off.reshape(-1)[place] = error
    return Planted(replace(box, gradient=gradient, kind=f"one entry off by {error:.3g}"), array, off)
