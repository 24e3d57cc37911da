"""A file's bytes become text: encodings, notebooks, and what is no text at all."""

from __future__ import annotations

import io
import json
import re
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradcheck.errors import CouldNotRunError, UsageError

LARGEST = 10 * 2**20
"""Bytes; a notebook full of pictures is smaller, a dump of weights is larger."""


INVISIBLE = str.maketrans({"\ufeff": "", "\u200b": "", "\u2060": "", "\u00a0": " ", "\u3000": " "})
"""What a copy from a web page leaves in a text: spaces that Python does not take for spaces, and marks of no width."""

END_OF_FILE = b"\0\x1a"
"""What some editors and file systems put behind a text."""

WRITTEN = re.compile(r"^\s*%%(?:writefile|file)\s+(?:-a\s+)?[\"']?(?:\S*/)?(?P<module>\w+)\.py[\"']?[^\n]*\n")
"""The first line of a cell that writes a module."""

FENCED = re.compile(r"^```[ \t]*(?:python|py)\d?[ \t]*\n(.*?)^```", re.MULTILINE | re.DOTALL | re.IGNORECASE)
"""Code in a text."""


@dataclass(frozen=True)
class Part:
    """One piece of source that is parsed by itself: a file, or a cell of a notebook."""

    name: str
    """What a message calls it: ``net.py``, ``net.ipynb, cell 3``."""
    text: str
    cell: bool = False
    module: str = ""
    """The module that a cell writes to a file, ``%%writefile layers.py``."""


def read_parts(path: Path) -> list[Part]:
    """The pieces of source in a ``.py`` or ``.ipynb`` file, a notebook being recognised by what it contains.

    Raises:
        UsageError: if there is no such file.
        CouldNotRunError: if it is too large, empty or no text.
    """
    text = decode(content(path), path.name)
    if not text.strip():
        raise CouldNotRunError(f"{path.name} is empty: save the file with your code in it and check again.")
    if path.suffix == ".ipynb" or (text.lstrip().startswith("{") and ('"cells"' in text or '"worksheets"' in text)):
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
    data = data.rstrip(END_OF_FILE) if wide(data) is None else data
    if (encoding := wide(data)) is not None:
        text = data.decode(encoding, errors="replace").lstrip("\ufeff")
    elif b"\0" in data:
        raise CouldNotRunError(f"{name} contains NUL bytes, so it is no Python text: export it as a plain .py file.")
    else:
        text = data.decode(declared_encoding(data), errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(INVISIBLE)


def wide(data: bytes) -> str | None:
    """The encoding of text with two or four bytes for a character, by its mark or by where its NUL bytes are."""
    if data[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        return "utf-32"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    start = data[:400]
    for encoding, zeros, letters in (("utf-16-le", start[1::2], start[0::2]), ("utf-16-be", start[0::2], start[1::2])):
        if len(start) >= 8 and not any(zeros) and all(letters):
            return encoding
    return None


def declared_encoding(data: bytes) -> str:
    """The encoding of the coding line or byte-order mark, if the bytes agree with it."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return "cp1252"
    return encoding


def cells(text: str, name: str) -> list[Part]:
    """The code cells of a notebook of any format; where it has none, the code between fences in its texts."""
    try:
        notebook = json.loads(text)
        refuse_other_languages(notebook, name)
        sheets = notebook.get("worksheets") or [notebook]  # formats 2 and 3 have sheets, and call a source input
        every = list(enumerate((cell for sheet in sheets for cell in sheet["cells"]), 1))
        parts = [code_cell(f"{name}, cell {n}", source(cell)) for n, cell in every if cell["cell_type"] == "code"]
        texts = [(n, source(cell)) for n, cell in every if cell["cell_type"] == "markdown"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise CouldNotRunError(f"{name} is no complete notebook: open it in Jupyter and save it again.") from None
    if not any(part.text.strip() for part in parts):
        parts = [Part(f"{name}, cell {n}", code, cell=True) for n, said in texts for code in FENCED.findall(said)]
    if not parts:
        raise CouldNotRunError(f"{name} has no cell with code: name the notebook with your code in it.")
    return parts


def source(cell: Mapping[str, Any]) -> str:
    """The text of a cell, which is a string or a list of lines."""
    return "".join(cell["source"] if "source" in cell else cell["input"])


def code_cell(name: str, text: str) -> Part:
    """A cell; one that writes a module holds that module's code."""
    written = WRITTEN.match(text)
    if written is None:
        return Part(name, text, cell=True)
    return Part(name, text[written.end() :], cell=True, module=written["module"])


def refuse_other_languages(notebook: dict[str, dict[str, dict[str, str]]], name: str) -> None:
    """A notebook in R or Julia says so in its metadata."""
    language = notebook.get("metadata", {}).get("kernelspec", {}).get("language", "python").lower()
    if "python" not in language:
        raise CouldNotRunError(f"{name} is a notebook in {language}: only Python can be checked.")
