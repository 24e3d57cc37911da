"""A file's bytes become text: encodings, notebooks, and what is no text at all."""

from __future__ import annotations

import io
import json
import tokenize
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gradcheck.errors import CouldNotRunError, UsageError

LARGEST = 10 * 2**20
"""Bytes; a notebook full of pictures is smaller, a dump of weights is larger."""


INVISIBLE = str.maketrans({"\ufeff": "", "\u200b": "", "\u2060": "", "\u00a0": " ", "\u3000": " "})
"""What a copy from a web page leaves in a text: spaces that Python does not take for spaces, and marks of no width."""


@dataclass(frozen=True)
class Part:
    """One piece of source that is parsed by itself: a file, or a cell of a notebook."""

    name: str
    """What a message calls it: ``net.py``, ``net.ipynb, cell 3``."""
    text: str
    cell: bool = False


def read_parts(path: Path) -> list[Part]:
    """The pieces of source in a ``.py`` or ``.ipynb`` file, a notebook being recognised by what it contains.

    Raises:
        UsageError: if there is no such file.
        CouldNotRunError: if it is too large, empty or no text.
    """
    text = decode(content(path), path.name)
    if not text.strip():
        raise CouldNotRunError(f"{path.name} is empty: save the file with your code in it and check again.")
    if path.suffix == ".ipynb" or (text.lstrip().startswith("{") and '"cells"' in text):
        return cells(text, path.name)
    return [Part(path.name, text)]


def content(path: Path) -> bytes:
    """The bytes of a file of reasonable size."""
    try:
        if path.stat().st_size > LARGEST:
            raise CouldNotRunError(
                f"{path.name} has {path.stat().st_size // 2**20} MiB, a submission at most {LARGEST // 2**20}: "
                "name the file with the code in it."
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{path} does not exist: check the spelling and the folder.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}): check its permissions.") from None


def decode(data: bytes, name: str) -> str:
    """Text in the encoding that the bytes declare, else UTF-8, else Windows-1252; line ends become newlines."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", errors="replace")
    elif b"\0" in data:
        raise CouldNotRunError(f"{name} contains NUL bytes, so it is no Python text: export it as a plain .py file.")
    else:
        text = data.decode(declared_encoding(data), errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(INVISIBLE)


def declared_encoding(data: bytes) -> str:
    """The encoding of the coding line or byte-order mark, if the bytes agree with it."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return "cp1252"
    return encoding


def cells(text: str, name: str) -> list[Part]:
    """The code cells of a notebook. Format 4 is read as the JSON that it is; older ones are converted by nbformat."""
    try:
        notebook = json.loads(text)
        refuse_other_languages(notebook, name)
        if notebook["nbformat"] < 4:
            notebook = converted(text, name)
        code = [(number, cell) for number, cell in enumerate(notebook["cells"], 1) if cell["cell_type"] == "code"]
        parts = [Part(f"{name}, cell {number}", "".join(cell["source"]), cell=True) for number, cell in code]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise CouldNotRunError(f"{name} is no complete notebook: open it in Jupyter and save it again.") from None
    if not any(part.text.strip() for part in parts):
        raise CouldNotRunError(f"{name} has no cell with code: name the notebook with your code in it.")
    return parts


def refuse_other_languages(notebook: dict[str, dict[str, dict[str, str]]], name: str) -> None:
    """A notebook in R or Julia says so in its metadata."""
    language = notebook.get("metadata", {}).get("kernelspec", {}).get("language", "python").lower()
    if "python" not in language:
        raise CouldNotRunError(f"{name} is a notebook in {language}: only Python can be checked.")


def converted(text: str, name: str) -> dict[str, list[dict[str, str]]]:
    """A notebook of an older format in format 4."""
    try:
        import nbformat
    except ModuleNotFoundError:
        raise CouldNotRunError(
            f"{name} is a notebook of an old format: open it in Jupyter and save it again, "
            "or install what converts it with: pip install 'gradcheck[notebooks]'."
        ) from None
    reads: Callable[..., dict[str, list[dict[str, str]]]] = nbformat.reads
    return dict(reads(text, as_version=4))
