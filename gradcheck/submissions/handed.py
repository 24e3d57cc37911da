"""Copies of inputs and targets that a submission is handed, watched for what it writes into them.

An adapter turns x and y into what the submission takes and hands over copies, so that what one trial
does to them does not disturb the next. Where somebody watches, each copy is remembered together with
what it was made from, and writing into it is seen.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Watch:
    """What was handed over in one call: the original, the copy, and the copy as it was."""

    copies: list[tuple[Array, Array, Array]] = field(default_factory=list)

    def written(self, originals: Mapping[str, Array]) -> set[str]:
        """The names of those originals, a copy of which has been written into."""
        changed = [
            original for original, copy, before in self.copies if not np.array_equal(copy, before, equal_nan=True)
        ]
        return {name for name, array in originals.items() if any(np.may_share_memory(array, one) for one in changed)}


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)


def handed(original: Array, turned: Array | None = None) -> Array:
    """A copy of *original* for the submission, or of it *turned* to the way that the submission takes it."""
    copy = np.array(original if turned is None else turned, order="C")
    watch = _watch.get()
    if watch is not None:
        watch.copies.append((original, copy, copy.copy()))
    return copy


@contextlib.contextmanager
def watching() -> Iterator[Watch]:
    """Remember what is handed over in this block."""
    watch = Watch()
    token = _watch.set(watch)
    try:
        yield watch
    finally:
        _watch.reset(token)
