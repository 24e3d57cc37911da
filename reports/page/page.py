"""A result as one HTML file that needs nothing else: no network, no other file, and hardly any script.

Everything is markup from the templates; the script adds sorting, filtering and values under the
pointer. Plotly draws the interactive charts: it is established, and of the libraries that have heat
maps it is the one whose script comes inside its Python package, so that the page works offline.
A content security policy admits exactly the page's own two scripts, by their hashes, and no request.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
import shlex
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from gradcheck.results import CheckResult
from reports.kinds import Result
from reports.page.charts import Chart
from reports.page.sections import equations, kind, sections
from reports.rows import document
from reports.safety import safe

MARKS = {"pass": "✓", "fail": "✗", "inconclusive": "?", "error": "!", "timeout": "!"}
OPTION = re.compile(r"(?<![\w-])--[a-z]+(?:-[a-z]+)*")
VERDICT_WORDS = frozenset({*MARKS, "right", "wrong", "kink", "yes", "no"})


def html_page(result: Result) -> str:
    """*result* as a self-contained HTML page."""
    result = safe(result)
    report = document(result)
    content = sections(result, report)
    charts = {block.id: block.data for section in content for block in section.blocks if isinstance(block, Chart)}
    charts = {place: data for place, data in charts.items() if data}
    library, script = _plotly() if charts else "", _asset("page.js")
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            mark=MARKS.get(report.verdict, ""),
            sections=content,
            command=reproduce(result),
            data=_script_data(charts),
            library=_packed(library),
            script=Markup(script),  # noqa: S704 - our own file
            policy=_policy(library, script),
            style=Markup(_asset("page.css")),  # noqa: S704 - our own file
        )
    )


def reproduce(result: Result) -> str:
    """The command that gives the result again."""
    if isinstance(result, CheckResult) and result.interface and not result.command:
        seed = f" --seed {result.seed}" if result.seed else ""
        return f"gradcheck check {shlex.quote(result.target)}{seed}"
    return result.command


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports.page"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.globals.update(kind=kind, equations=equations)
    environment.filters["options"] = _options
    environment.tests["verdict"] = VERDICT_WORDS.__contains__
    return environment


def _options(text: str) -> Markup:
    """Text whose options (``--cost``) are code, which is not broken after their hyphens."""
    return Markup(OPTION.sub(r"<code>\g<0></code>", str(escape(text))))  # noqa: S704 - escaped before


def _asset(name: str) -> str:
    return (files("reports.page") / "templates" / name).read_text(encoding="utf-8")


def _plotly() -> str:
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs())


def _packed(library: str) -> str:
    """The library for its element in the page: gzip in base64 is two fifths of it. The script unpacks it."""
    return base64.b64encode(gzip.compress(library.encode(), 9, mtime=0)).decode() if library else ""


def _script_data(charts: dict[str, Any]) -> Markup:
    """JSON that cannot end its script element, whatever is in it."""
    text = json.dumps(charts, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 - no tag is left in it


def _policy(*scripts: str) -> str:
    """No request to anywhere; no script but ours. Plotly sets styles from its script."""
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
