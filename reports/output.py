"""One door: a result and the name of a format in, text out."""

from __future__ import annotations

from collections.abc import Callable

from reports.junit import junit
from reports.kinds import Result
from reports.latex import latex
from reports.markdown import markdown
from reports.safety import safe
from reports.text import text


def _html(result: Result) -> str:
    """The page; its module needs the extra ``html`` and is loaded when a page is made."""
    from reports.page.page import html_page

    return html_page(result)


FORMATS: dict[str, Callable[[Result], str]] = {
    "text": text,
    "markdown": markdown,
    "html": _html,
    "latex": latex,
    "json": lambda result: safe(result).to_json(),
    "junit": junit,
}


def render(result: Result, form: str) -> str:
    """*result* in one of ``FORMATS``.

    Raises ValueError naming the formats where there is none of that name, and ImportError where an
    optional dependency of the format is missing.
    """
    if form not in FORMATS:
        raise ValueError(f"No format is called {form!r}; there are {', '.join(FORMATS)}.")
    return FORMATS[form](result)
