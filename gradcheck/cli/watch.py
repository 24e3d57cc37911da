"""``gradcheck watch``: check again whenever the target is saved.

The files' times and sizes are looked at three times a second. That costs nothing for the few files
of a submission, and works on every file system and with editors that replace a file instead of
writing to it, for which a library of native watchers would be a compiled dependency.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from gradcheck.cli.deliver import screen, show
from gradcheck.cli.options import options_from, submission_options
from gradcheck.errors import GradcheckError, UsageError
from gradcheck.results import CheckResult, Verdict
from gradcheck.submissions.check import check_file
from gradcheck.submissions.loading.targets import locate
from reports.safety import safe

ENDINGS = (".py", ".ipynb")
QUIET = 0.1  # seconds without a change: an editor has finished writing
Stamp = dict[Path, tuple[int, int]]


@click.command("watch", short_help="Check again whenever the file is saved.")
@click.argument("target")
@submission_options
@click.option(
    "--interval", default=0.3, show_default=True, type=click.FloatRange(0.05, 60), help="Seconds between looks."
)
def command(*, target: str, assignment: str | None, interval: float, **said: Any) -> None:
    """Check TARGET now and whenever it is saved, and say what changed; Ctrl-C ends it."""
    options = options_from(said)
    place, _ = locate(target)
    try:
        watch(lambda: check_file(target, options=options, assignment=assignment), saves(place, interval))
    except KeyboardInterrupt:
        click.echo()


def watch(check: Callable[[], CheckResult], moments: Iterator[object]) -> None:
    """Check at each of *moments*: the whole report first, then what changed."""
    before: CheckResult | None = None
    for _ in moments:
        result = _checked(check)
        if before is None:
            show(result)
        else:
            _tell(before, result)
        before = result


def _checked(check: Callable[[], CheckResult]) -> CheckResult:
    """A result in any case: half-written code, and a file that is away while its editor replaces it, are no end."""
    try:
        return check()
    except GradcheckError as error:
        return CheckResult("", Verdict.ERROR, str(error))


def _tell(before: CheckResult, result: CheckResult) -> None:
    for line in changed(safe(before), safe(result)):
        click.echo(screen().shown(line))


def changed(before: CheckResult, result: CheckResult) -> list[str]:
    """The change of verdict, then what to know about the new state."""
    now = time.strftime("%H:%M:%S")
    verdict = screen().painted(str(result.verdict).upper(), str(result.verdict))
    was = "still" if before.verdict is result.verdict else f"{str(before.verdict).upper()} →"
    faults = [diagnosis.message for diagnosis in result.diagnosis]
    lines = [result.reason, *(fault for fault in faults if fault not in result.reason), result.remedy]
    return [f"{now}  {was} {verdict}{_counts(before, result)}", *(f"  {line}" for line in lines if line)]


def _counts(before: CheckResult, result: CheckResult) -> str:
    """How many entries were wrong and are."""
    was, now = (sum(array.wrong for array in r.arrays) for r in (before, result))
    return f"  wrong entries: {was:,} → {now:,}" if was != now and before.arrays and result.arrays else ""


def saves(place: Path, interval: float) -> Iterator[None]:
    """Now, and then each time that something under *place* has changed and come to rest. Raises UsageError."""
    if not place.exists():
        raise UsageError(f"There is no file {place}; name the one to watch.")
    seen = stamp(place)
    yield
    while True:
        time.sleep(interval)
        now = stamp(place)
        if now and now != seen:
            seen = _at_rest(place, now)
            yield


def _at_rest(place: Path, now: Stamp) -> Stamp:
    while True:
        time.sleep(QUIET)
        later = stamp(place)
        if later == now:
            return later
        now = later


def stamp(place: Path) -> Stamp:
    """Time and size of a file, or of every source in a folder; empty while it is away."""
    try:
        files = [place] if not place.is_dir() else [path for path in place.rglob("*") if path.suffix in ENDINGS]
        return {path: (state.st_mtime_ns, state.st_size) for path in files for state in [path.stat()]}
    except OSError:  # replaced at this moment
        return {}
