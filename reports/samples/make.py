"""Makes every sample in this folder anew, by the commands that a user would give.

Run from the repository's root: ``python reports/samples/make.py``. The page is left out of the
repository for its size; ``gradcheck check nets/specimens/hidden_slope_missing.py --format html
--output report.html`` makes it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WRONG = "nets/specimens/hidden_slope_missing.py"
FIGURES = ("heat-00-weights-0.png", "histogram.png", "scatter.png")
FORMATS = {"text": "check.txt", "markdown": "check.md", "latex": "check.tex", "junit": "check.xml"}
FAIL = 1


def gradcheck(*arguments: str, expect: tuple[int, ...] = (0,)) -> None:
    """Run one command. Raises RuntimeError where it ends otherwise than expected."""
    command = [sys.executable, "-m", "gradcheck", *arguments]
    status = subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603 - our own command
    if status not in expect:
        raise RuntimeError(f"{' '.join(command)} ended with status {status}.")


def make(folder: Path = HERE) -> None:
    """A wrong submission in every format, its figures, and the chapter's network measured."""
    with tempfile.TemporaryDirectory() as scratch:
        result, drawn = f"{scratch}/check.json", Path(scratch, "figures")
        gradcheck("check", WRONG, "--json", result, "--output", f"{scratch}/check.txt", expect=(FAIL,))
        for form, name in FORMATS.items():
            gradcheck("report", result, "--format", form, "--output", str(folder / name), "--figures", str(drawn))
        measured = f"{scratch}/scaling.json"
        gradcheck("scaling", "--json", measured, "--format", "markdown", "--output", str(folder / "scaling.md"),
                  expect=(0, FAIL))  # fmt: skip
        gradcheck("report", measured, "--figures", str(drawn), "--output", f"{scratch}/scaling.txt")
        for name in (*FIGURES, "growth.png", "v-curve.png"):
            (folder / name).write_bytes((drawn / name).read_bytes())


if __name__ == "__main__":
    make()
