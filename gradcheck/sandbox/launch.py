"""Starting a worker process, and the one place that decides how strongly it is confined.

Imports neither NumPy nor the judge, so that a command can start its worker first and import the rest
while the worker imports its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from gradcheck.sandbox.limits import Limits

ROOT = Path(__file__).parents[2]
"""The folder that holds our packages."""

BOOT = (
    "import sys, types; package = types.ModuleType('gradcheck'); package.__path__ = [sys.argv[2] + '/gradcheck']; "
    "sys.modules['gradcheck'] = package; from gradcheck.sandbox.worker import main; main()"
)
"""The worker's first line: the package without its front door, whose judge a worker neither needs nor should hold."""

KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "LC_ALL", "LC_CTYPE", "LANG")
"""What a worker sees of our environment."""

ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "VECLIB_MAXIMUM_THREADS": "1",
    "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8:replace", "MPLBACKEND": "Agg",
}  # fmt: skip
"""One thread of BLAS, the same order in every set, output that can always be encoded, no window."""


@dataclass(frozen=True)
class Launched:
    """A worker that is starting: its process, its working folder and the name of what confines it."""

    process: subprocess.Popen[bytes]
    folder: tempfile.TemporaryDirectory[str]
    isolation: str


def launch(limits: Limits) -> Launched:
    """Start a worker in an empty folder of its own and in a process group of its own.

    Python is started without the user's packages and without the current folder on its path, so that
    no file called ``numpy.py`` or ``sitecustomize.py`` is taken for a module.
    """
    folder = tempfile.TemporaryDirectory(prefix="gradcheck-", ignore_cleanup_errors=True)
    command = [sys.executable, "-s", "-P", "-c", BOOT, json.dumps(asdict(limits)), str(ROOT)]
    environment = {name: os.environ[name] for name in KEPT if name in os.environ} | ENVIRONMENT
    process = subprocess.Popen(  # noqa: S603  our own interpreter with our own first line
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        cwd=folder.name,
        env=environment | {"HOME": folder.name},
        start_new_session=True,
    )
    return Launched(process, folder, "process")
