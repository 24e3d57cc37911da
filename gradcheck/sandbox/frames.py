"""The language of the pipe: a length-prefixed JSON header and the raw bytes of its arrays.

Nothing is unpickled, nothing is allocated before its dtype and size have been looked at, and a frame
that is not exactly as announced is refused whole. Both sides read with the same code.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Named = dict[str, Array]

PREFIX = struct.Struct("<4sIQ")
MAGIC = b"grad"
LARGEST_HEADER = 64 * 2**10
MOST_DIMENSIONS = 8
DTYPES = ("|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16")

Read = Callable[[int], memoryview]
"""Exactly so many bytes, or EOFError."""


class FrameError(Exception):
    """What came through the pipe is no frame."""


@dataclass(frozen=True)
class Frame:
    """One message: plain fields, and arrays by name."""

    fields: dict[str, Any] = field(default_factory=dict)
    arrays: Named = field(default_factory=dict)


def encoded(fields: Mapping[str, Any], arrays: Mapping[str, Array]) -> list[bytes | memoryview]:
    """A frame as buffers to be written one after the other; arrays are not copied unless they must be.

    Raises FrameError if an array's dtype may not be sent or the header is too large.
    """
    ordered = {name: little_endian(array) for name, array in arrays.items()}
    listed = [[name, array.dtype.str, list(array.shape)] for name, array in ordered.items()]
    header = json.dumps({"fields": fields, "arrays": listed}, allow_nan=False).encode()
    if len(header) > LARGEST_HEADER:
        raise FrameError(f"{len(listed)} arrays are more than one message can name")
    total = sum(array.nbytes for array in ordered.values())
    bodies = [octets(array) for array in ordered.values() if array.size]
    return [PREFIX.pack(MAGIC, len(header), total) + header, *bodies]


def little_endian(array: Array) -> Array:
    """The array in C order and little-endian bytes, of a dtype that may be sent."""
    out = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).reshape(array.shape)
    if out.dtype.str not in DTYPES or out.ndim > MOST_DIMENSIONS:
        raise FrameError(f"an array of {out.dtype} with {out.ndim} dimensions cannot be sent")
    return out


def octets(array: Array) -> memoryview:
    """The bytes of an array, in C order."""
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def decoded(read: Read, largest: int) -> Frame:
    """The next frame. Arrays are views of one buffer that nobody else holds.

    Raises:
        FrameError: if it is malformed, or its arrays have more than *largest* bytes together.
        EOFError: if the pipe ends.
    """
    magic, header_size, total = PREFIX.unpack(read(PREFIX.size))
    if magic != MAGIC or header_size > LARGEST_HEADER or total > largest:
        raise FrameError("a message is malformed or too large")
    fields, listed = parts(bytes(read(header_size)))
    sizes = [announced(item) for item in listed]
    if sum(sizes) != total:
        raise FrameError("a message is not as long as its arrays")
    body = read(total)
    return Frame(fields, views(body, listed, sizes))


def parts(header: bytes) -> tuple[dict[str, Any], list[Any]]:
    """The two halves of a header."""
    try:
        content = json.loads(header)
        fields, listed = content["fields"], content["arrays"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise FrameError("a message's header cannot be read") from None
    if not isinstance(fields, dict) or not isinstance(listed, list):
        raise FrameError("a message's header is malformed")
    return fields, listed


def announced(item: Any) -> int:
    """How many bytes one array of a header takes, once it has been found to be an allowed one."""
    match item:
        case [str(), str(dtype), list(shape)] if dtype in DTYPES and len(shape) <= MOST_DIMENSIONS:
            if all(type(n) is int and 0 <= n < 2**48 for n in shape):
                return math.prod(shape) * np.dtype(dtype).itemsize
    raise FrameError("a message announces an array that may not be sent")


def views(body: memoryview, listed: list[Any], sizes: list[int]) -> Named:
    """The arrays of a body."""
    arrays: Named = {}
    start = 0
    for (name, dtype, shape), size in zip(listed, sizes, strict=True):
        arrays[name] = (
            np.frombuffer(body, dtype, math.prod(shape), start).reshape(shape) if size else np.empty(shape, dtype)
        )
        start += size
    return arrays
