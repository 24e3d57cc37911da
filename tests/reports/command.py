"""The command line in this process: what a subprocess would show, without a start of Python for each call."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from unittest.mock import patch

from gradcheck.cli import main


def gradcheck(*arguments):
    """Status, standard output and standard error of ``gradcheck ARGUMENTS`` in a UTF-8 pipe."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    status = 0
    with patch.object(sys, "argv", ["gradcheck", *map(str, arguments)]), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            status = end.code or 0
    return status, *(stream.buffer.getvalue().decode() for stream in (out, err))
