"""What a submission returned, as a number or an array of plain NumPy; or a sentence why it is neither."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.arrays import describe
from gradcheck.submissions.subjects import BadReturnError

Array = NDArray[Any]


def number(value: Any, what: str) -> Array:
    """*value* as a 0-d array of float64; an array of one entry is the number in it.

    Raises BadReturnError if it is no real number; *what* names it in the sentence.
    """
    array = plain(value, what)
    if array.size != 1 or array.dtype.kind not in "fiub":
        raise BadReturnError(f"{what} is {described(value, array)}, not a real number{returns(value)}")
    return array.reshape(()).astype(np.float64)


def array(value: Any, what: str) -> Array:
    """*value* as an array of numbers in the dtype that it has, detached from the submission's memory.

    Lists of lists are arrays. Raises BadReturnError if it is none.
    """
    found = plain(value, what)
    if found.dtype.kind == "f" and found.dtype.itemsize > 8:
        return found.astype(np.float64)
    return np.array(found, order="C")


def arrays(value: Any, what: str) -> dict[str, Array]:
    """A mapping of names to arrays; *what* names the mapping in a sentence."""
    if not isinstance(value, Mapping):
        raise BadReturnError(f"{what} is {describe(value)}, not arrays by name{returns(value)}")
    return {str(name): array(item, f"{what} of {name}") for name, item in value.items()}


def plain(value: Any, what: str) -> Array:
    """*value* as ``np.ndarray`` of booleans, integers, floats or complex numbers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = np.asarray(value)
        except ValueError:
            raise BadReturnError(f"{what} is {describe(value)} whose rows have unequal lengths") from None
    if found.dtype.kind == "O" and found.size and all(isinstance(item, Real) for item in found.flat):
        found = found.astype(np.float64)
    if found.dtype.kind not in "biufc":
        raise BadReturnError(f"{what} is {described(value, found)}, not numbers{returns(value)}")
    return found


def described(value: Any, found: Array) -> str:
    """The value in a message."""
    if isinstance(value, np.ndarray | np.generic):
        return describe(value)
    return describe(value) if found.ndim == 0 else f"{describe(value)} of shape {found.shape}"


def returns(value: Any) -> str:
    """What to look at when nothing came back."""
    return "; does every path of it return something?" if value is None else ""
