"""Makes every sample in this folder anew, by the commands that a user would give.

Run from the repository's root: ``python reports/samples/make.py``, on a machine that does nothing else:
the study measures seconds. Pages are left out of the repository: the library of their charts takes 2 MB
of each, packed as it is. ``gradcheck check nets/specimens/hidden_slope_missing.py --format html --output
report.html`` makes one.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
WRONG = "nets/specimens/hidden_slope_missing.py"
FIGURES = ("heat-00-weights-0.png", "histogram.png", "scatter.png", "growth.png", "v-curve.png", "paths.png")
FORMATS = {"text": "check.txt", "markdown": "check.md", "latex": "check.tex", "junit": "check.xml"}
FAIL = 1


def gradcheck(*arguments: str, where: Path = ROOT, expect: tuple[int, ...] = (0,)) -> None:
    """Run one command. Raises RuntimeError where it ends otherwise than expected."""
    command = [sys.executable, "-m", "gradcheck", *arguments]
    status = subprocess.run(command, cwd=where, check=False).returncode  # noqa: S603 - our own command
    if status not in expect:
        raise RuntimeError(f"{' '.join(command)} ended with status {status}.")


def make(folder: Path = HERE) -> None:
    """A wrong submission in every format, its figures, and the chapter's claims measured."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        gradcheck("check", WRONG, "--json", str(place / "check.json"), "--output", str(place / "said"), expect=(FAIL,))
        for form, name in FORMATS.items():
            gradcheck("report", str(place / "check.json"), "--format", form, "--output", str(folder / name))
        scaling = ("scaling", "--json", "scaling.json", "--output", "said")
        gradcheck(*scaling, where=place, expect=(0, FAIL))  # the report says its command: no path of this machine
        gradcheck("report", str(place / "scaling.json"), "--format", "markdown", "--output", str(folder / "scaling.md"))
        for result in ("check.json", "scaling.json"):
            gradcheck("report", result, "--figures", "figures", "--output", "said", where=place)
        gradcheck("paths", "--net", "2-3-2", "--figures", "figures", "--output", "said", where=place)
        for name in FIGURES:
            (folder / name).write_bytes((place / "figures" / name).read_bytes())


if __name__ == "__main__":
    make()
