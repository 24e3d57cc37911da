"""Class numbers that know all classes, for code that counts them in a batch: ``np.eye(Y.max() + 1)[Y]``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class ClassNumbers(np.ndarray[Any, np.dtype[Any]]):
    """Whole numbers with the maximum, and the distinct numbers, of a batch in which every class occurs.

    Parts of them, and the same in another shape or type, know that too; what is computed from them is ordinary.
    """

    first = 0
    largest: int | None = None

    def __array_finalize__(self, obj: Any) -> None:
        """What is known goes with a copy or a part; where a number is no class, it does not."""
        self.first, known = getattr(obj, "first", 0), getattr(obj, "largest", None)
        self.largest = known if self.dtype.kind in "iuf" else None

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        """Results are ordinary arrays."""
        plain = [np.asarray(value) if isinstance(value, ClassNumbers) else value for value in inputs]
        if "out" in keywords:
            keywords["out"] = tuple(np.asarray(v) if isinstance(v, ClassNumbers) else v for v in keywords["out"])
        return getattr(ufunc, method)(*plain, **keywords)

    def max(self, *arguments: Any, **keywords: Any) -> Any:
        """The largest class that there is, whether or not it occurs here."""
        if self.largest is None or arguments or any(value is not None for value in keywords.values()):
            return np.asarray(self).max(*arguments, **keywords)
        return np.int64(self.largest)

    def __array_function__(self, function: Any, types: Any, arguments: Any, keywords: Any) -> Any:
        """``np.unique`` gives every class; the rest is NumPy's."""
        if function is np.unique and self.largest is not None and not keywords:
            return np.arange(self.first, self.largest + 1)
        return super().__array_function__(function, types, arguments, keywords)


def class_numbers(numbers: Array, largest: int, first: int = 0) -> Array:
    """Those *numbers*, of which the largest that may occur is *largest*, and the smallest *first*."""
    found = np.array(numbers).view(ClassNumbers)
    found.first, found.largest = first, largest
    return found
