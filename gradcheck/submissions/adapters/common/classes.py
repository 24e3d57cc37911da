"""Class numbers whose largest is known, for code that counts the classes in a batch: ``np.eye(Y.max() + 1)[Y]``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class ClassNumbers(np.ndarray[Any, np.dtype[Any]]):
    """Whole numbers with the maximum that they have in a batch in which every class occurs.

    In another shape or type they stay what they are; what is computed from them is an ordinary array.
    """

    largest: int | None = None

    def __array_finalize__(self, obj: Any) -> None:
        """The largest class goes with a copy that holds as many numbers."""
        known = getattr(obj, "largest", None)
        self.largest = known if known is not None and np.size(obj) == self.size else None

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


def class_numbers(numbers: Array, largest: int) -> Array:
    """Those *numbers*, of which the largest that may occur is *largest*."""
    found = np.array(numbers).view(ClassNumbers)
    found.largest = largest
    return found
