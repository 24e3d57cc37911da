"""One door: a result and the name of a format in, text out."""

from __future__ import annotations

from collections.abc import Callable

from reports.junit import junit
from reports.kinds import Result
from reports.latex import latex
from reports.markdown import markdown
from reports.safety import safe
from reports.text import text

FORMATS: dict[str, Callable[[Result], str]] = {
    "text": text,
    "markdown": markdown,
    "latex": latex,
    "json": lambda result: safe(result).to_json(),
    "junit": junit,
}


def render(result: Result, form: str) -> str:
    """*result* in one of ``FORMATS``.

    Raises ValueError naming the formats where there is none of that name.
    """
    if form not in FORMATS:
        raise ValueError(f"No format is called {form!r}; there are {', '.join(FORMATS)}.")
    return FORMATS[form](result)
