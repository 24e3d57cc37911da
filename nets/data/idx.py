"""MNIST from the IDX files on disk, plain or gzip-compressed, each mistake in them told in a sentence."""

from __future__ import annotations

import gzip
import zlib
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nets.data.examples import DIGITS, Examples

Array = NDArray[Any]
BRIGHTEST = 255
UNSIGNED_BYTES = 8  # the type code of MNIST's files
GZIP = b"\x1f\x8b"
NAMES = {"images": "idx3", "labels": "idx1"}
DIMENSIONS = {"images": 3, "labels": 1}


class DataError(ValueError):
    """A data file that is missing or not what it should be; the text is one sentence with the remedy."""


def mnist(folder: str | Path, dtype: DTypeLike = np.float64) -> tuple[Examples, Examples]:
    """MNIST's 60,000 training and 10,000 test examples from the four IDX files in *folder*.

    Args:
        folder: holds ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte`` and the two ``t10k-`` files,
            each plain or with ``.gz``; a dot in place of the dash before ``idx`` is fine too.
        dtype: of the grey values.

    Raises:
        DataError: a file that is missing, truncated or of another kind, or images and labels that do not match.
    """
    return _examples(Path(folder), "train", dtype), _examples(Path(folder), "t10k", dtype)


def read_idx(path: str | Path, what: str) -> Array:
    """The array in one IDX file of bytes.

    Args:
        path: the file, plain or gzip; its content tells which.
        what: ``"images"``, three-dimensional, or ``"labels"``, one-dimensional.

    Raises:
        DataError: a file that is missing, not IDX of that kind, or shorter or longer than it says.
    """
    path = Path(path)
    content = _content(path)
    dimensions = DIMENSIONS[what]
    _check_magic(path, content, what)
    start = 4 + 4 * dimensions
    if len(content) < start:
        raise DataError(f"{path} ends within its header, after {len(content)} bytes: it is truncated, fetch it again.")
    shape = tuple(int(n) for n in np.frombuffer(content[4:start], dtype=">u4"))
    if len(content) != start + prod(shape):
        raise DataError(_wrong_length(path, what, shape, start + prod(shape), len(content)))
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)


def _examples(folder: Path, part: str, dtype: DTypeLike) -> Examples:
    image_file, label_file = _find(folder, part, "images"), _find(folder, part, "labels")
    images, labels = read_idx(image_file, "images"), read_idx(label_file, "labels")
    if len(images) != len(labels):
        raise DataError(
            f"{image_file} holds {len(images):,} images, but {label_file.name} holds {len(labels):,} labels: "
            "take both files from the same set."
        )
    if labels.size and labels.max() >= DIGITS:
        at = int(labels.argmax())
        raise DataError(
            f"Label {at} in {label_file} is {labels[at]}, not a digit from 0 to 9: take MNIST's own labels."
        )
    return Examples.of_images(images, labels, BRIGHTEST, dtype)


def _find(folder: Path, part: str, what: str) -> Path:
    if not folder.is_dir():
        raise DataError(f"There is no folder {folder}: name the one that holds MNIST's four IDX files.")
    stems = [f"{part}-{what}{separator}{NAMES[what]}-ubyte" for separator in "-."]
    for name in [stem + ending for stem in stems for ending in ("", ".gz")]:
        if (folder / name).is_file():
            return folder / name
    raise DataError(f"{folder} holds no {stems[0]} or {stems[0]}.gz: put MNIST's four IDX files there.")


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content.startswith(GZIP) else content
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise DataError(f"{path} is a damaged or truncated gzip file: fetch it again.") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}): check its name and permissions.") from None


def _check_magic(path: Path, content: bytes, what: str) -> None:
    expected = bytes([0, 0, UNSIGNED_BYTES, DIMENSIONS[what]])
    if content[:4] == expected:
        return
    others = [other for other, n in DIMENSIONS.items() if content[:4] == bytes([0, 0, UNSIGNED_BYTES, n])]
    found = f"those are {others[0]}" if others else "it is no IDX file of bytes"
    raise DataError(
        f"{path} begins with 0x{content[:4].hex()}, where {what} have the magic number 0x{expected.hex()}: {found}."
    )


def _wrong_length(path: Path, what: str, shape: tuple[int, ...], announced: int, length: int) -> str:
    extent = f" of {'×'.join(str(n) for n in shape[1:])} pixels" if len(shape) > 1 else ""
    verdict = "truncated" if length < announced else "longer than that"
    return (
        f"{path} announces {shape[0]:,} {what}{extent}, {announced:,} bytes in all, but has {length:,}: "
        f"it is {verdict}, fetch it again."
    )
