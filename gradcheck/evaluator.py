"""A user's cost at a working copy of the point: counted, checked, and restored after every change."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.arrays import Named, bind, describe, flatten, rebuild
from gradcheck.errors import CouldNotRunError, UsageError

Array = NDArray[Any]
DOUBLE = float(np.finfo(float).eps)


class Evaluator:
    """The cost as a function of entries.

    ``arrays`` are private copies of the point, by name; ``flat[name]`` is each as a vector that
    shares its memory. Assign to an entry, call the evaluator, assign the saved value back. The
    user's own arrays are never written to.

    Args:
        cost: a callable of the tree *at* (or of its keys), returning a real number.
        at: the point: arrays of float64 or float32 in dictionaries, lists, tuples, or alone.
        promote: work at the same point in float64, if the cost takes it: a float32 cost then has
            sixteen digits instead of seven, unless it casts.

    Raises:
        UsageError: a point that is empty, not floating point, or not finite.
    """

    def __init__(self, cost: Callable[..., Any], at: Any, *, promote: bool = False) -> None:
        if not callable(cost):
            raise UsageError(f"The cost is {describe(cost)}; pass a function of the point that returns a real number.")
        self.at = at
        self.original: Named = {name: _checked(name, leaf) for name, leaf in flatten(at).items()}
        if not any(array.size for array in self.original.values()):
            raise UsageError("The point has no entries: there is nothing to differentiate by.")
        self.evaluations = 0
        self._cost = bind(cost, at)
        self.work_at({name: array.copy() for name, array in self.original.items()})
        if promote and self.epsilon > DOUBLE:
            self._promote()

    def work_at(self, arrays: Named) -> None:
        """Take *arrays* for the working copies."""
        self.arrays = arrays
        self.flat: Named = {name: array.reshape(-1) for name, array in arrays.items()}
        self._tree = rebuild(self.at, arrays)

    def _promote(self) -> None:
        single = self.arrays
        self.work_at({name: array.astype(np.float64) for name, array in single.items()})
        try:
            self()
        except CouldNotRunError:
            self.work_at(single)

    def moved_point(self) -> list[str]:
        """The names of the working arrays that the cost has changed, now restored."""
        changed = [name for name, array in self.arrays.items() if not np.array_equal(array, self.original[name])]
        for name in changed:
            self.arrays[name][...] = self.original[name]
        return changed

    @property
    def entries(self) -> int:
        """N, the number of entries of the point."""
        return sum(array.size for array in self.arrays.values())

    @property
    def epsilon(self) -> float:
        """The machine epsilon of the point's narrowest dtype."""
        return max(float(np.finfo(array.dtype).eps) for array in self.arrays.values())

    def __call__(self) -> float:
        """The cost at the working point; NaN or infinite where the cost is.

        Raises CouldNotRunError in a sentence where the cost raises or returns no real number.
        """
        self.evaluations += 1
        try:
            value = self._cost(self._tree)
        except Exception as error:
            raise CouldNotRunError(f"The cost raised {type(error).__name__}: {str(error)[:500]}") from error
        return float(value) if isinstance(value, float) else real_number(value)  # np.float64 is a float too

    def complex_cost(self, arrays: Named) -> Callable[[], Any]:
        """What the cost returns at complex *arrays*, which may be changed in between; whatever it raises passes."""
        tree = rebuild(self.at, arrays)

        def value() -> Any:
            self.evaluations += 1
            return self._cost(tree)

        return value

    def displaced(self, by: Named) -> Evaluator:
        """The same cost at the point moved by *by*, with a count of its own."""
        other = copy.copy(self)
        other.evaluations = 0
        other.original = {name: (array + by[name]).astype(array.dtype) for name, array in self.original.items()}
        other.work_at({name: other.original[name].astype(array.dtype) for name, array in self.arrays.items()})
        return other

    def moved(self, direction: Named, step: float) -> float:
        """The cost at the point moved by *step* along *direction*; the point is restored exactly.

        Arrays that *direction* does not name stay where they are.
        """
        try:
            for name, along in direction.items():
                self.arrays[name] += (step * along).astype(self.arrays[name].dtype, copy=False)
            return self()
        finally:
            for name in direction:
                self.arrays[name][...] = self.original[name]

    def line(self, name: str, i: int) -> Callable[[float], tuple[float, float]]:
        """One entry as a function of one variable.

        Maps a step t to the step actually taken, which is t rounded to what the entry's dtype can
        hold, and the cost there. The entry is restored by assignment, whatever happens.
        """
        flat = self.flat[name]
        saved = flat[i]
        origin = float(saved)

        def at_step(t: float) -> tuple[float, float]:
            try:
                flat[i] = origin + t
                return float(flat[i]) - origin, self()
            finally:
                flat[i] = saved

        return at_step


def real_number(value: Any) -> float:
    """*value* as a float, if it is one real number of any type or an array that holds just one.

    Raises CouldNotRunError in a sentence otherwise.
    """
    if hasattr(value, "detach"):
        value = value.detach()
    array = np.asarray(value)
    if array.size != 1 or array.dtype.kind not in "fiub":
        what = describe(value if array.dtype.kind == "O" else array)
        what = "a complex number" if array.dtype.kind == "c" and array.size == 1 else what
        raise CouldNotRunError(f"The cost returned {what}; it must return one real number.")
    return float(array.reshape(-1)[0])


def _checked(name: str, leaf: Any) -> Array:
    array = np.array(leaf, order="C")
    if array.dtype.kind != "f" or array.dtype.itemsize < 4:
        raise UsageError(
            f"The point's array {name} is {describe(array)}; finite differences need float64 (or float32): "
            f"pass {name}.astype(float)."
        )
    if not np.isfinite(array).all():
        raise UsageError(f"The point's array {name} holds NaN or infinity; choose a finite point.")
    return array
