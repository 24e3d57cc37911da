"""How numbers, shapes and entries are written, in every format."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reports.safety import shortened

KINDS = {"float": "f", "complex": "c", "int": "i", "uint": "u"}
LONGEST_NAME = 48


def value(x: float) -> str:
    """A derivative: six digits; 0 has no sign."""
    return f"{x + 0.0:.6g}"


def small(x: float | None) -> str:
    """A difference or a bound: two digits, or a dash where there is none."""
    return "–" if x is None else f"{x:.2g}"


def count(n: int) -> str:
    """A whole number, thousands apart."""
    return f"{n:,}"


def counted(n: int, what: str, plural: str = "") -> str:
    """``1 entry``, ``2,000 entries``."""
    return f"{n:,} {what if n == 1 else plural or what + 's'}"


def estimate(numeric: float, error_bar: float) -> str:
    """A numeric derivative with its error bar; an exact one has none."""
    return f"{value(numeric)} ± {error_bar:.1g}" if error_bar else value(numeric)


def seconds(s: float) -> str:
    """A duration in the unit that suits it."""
    if not math.isfinite(s):
        return "–"
    if s >= 120:
        return f"{s / 60:,.1f} min" if s < 7200 else f"{s / 3600:,.1f} h"
    for unit, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if s >= unit:
            return f"{s / unit:.3g} {name}"
    return f"{s / 1e-9:.3g} ns" if s else "0 s"


def share(part: int, whole: int) -> str:
    """A share in per cent beside its two numbers; all and none are never the result of rounding."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    text = f"{percent:.0f}" if part in (0, whole) else f"{min(max(percent, 0.1), 99.9):.1f}"
    return f"{text} % ({part:,} of {whole:,})"


def array_type(dtype: str, shape: Sequence[int]) -> str:
    """``f64[30,784]``: what an array is, never what is in it."""
    kind = dtype.rstrip("0123456789")
    short = f"{KINDS[kind]}{dtype[len(kind) :]}" if kind in KINDS else dtype
    return f"{short}[{','.join(map(str, shape))}]"


def entry(name: str, index: Sequence[int]) -> str:
    """``w2[3, 5]``."""
    short = shortened(name, LONGEST_NAME)
    return f"{short}[{', '.join(map(str, index))}]" if index else short


def sizes(numbers: Sequence[int]) -> str:
    """``784-30-10``, as the chapter writes a network; a long one with its middle left out."""
    if len(numbers) > 9:
        return f"{sizes(numbers[:4])}-…-{sizes(numbers[-3:])} ({len(numbers)} layers)"
    return "-".join(map(str, numbers))
