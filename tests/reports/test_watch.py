"""``gradcheck watch`` tells the change of verdict after each save, and nothing half-written ends it."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sample_results as results

from gradcheck.cli.check import command as check_command
from gradcheck.cli.watch import changed, saves, stamp, watch
from gradcheck.cli.watch import command as watch_command
from gradcheck.errors import UsageError
from gradcheck.results import CheckResult, Verdict

RIGHT = Path(__file__).parents[2] / "nets" / "specimens" / "network.py"


def test_a_change_of_verdict_is_told_with_the_number_of_wrong_entries():
    """From fail to pass, from many wrong entries to none, with the new reason."""
    fail, right = (
        results.missing_factor(),
        results.checked(results.gradient((784, 30, 10)), results.gradient((784, 30, 10))),
    )
    first, reason = changed(fail, right)
    assert first.endswith("FAIL → PASS  wrong entries: 23,550 → 0")
    assert reason == "  All entries are right."
    assert "still FAIL" in changed(fail, fail)[0]


def test_what_cannot_be_run_is_told_and_watching_goes_on(capsys):
    """A check that raises our errors is an error for now; the next save is checked as before."""
    answers = iter([results.missing_factor(), UsageError("net.py does not parse: line 3."), results.smallest()])

    def check():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    watch(check, iter(range(3)))
    said = capsys.readouterr().out
    assert said.startswith("FAIL  student.py")
    assert "FAIL → ERROR\n  net.py does not parse: line 3.\n" in said
    assert "ERROR → PASS\n  Right.\n" in said


def test_text_of_a_submission_reaches_the_screen_harmlessly(capsys):
    """A reason with terminal commands in it is cleaned here, too."""
    evil = CheckResult("x", Verdict.FAIL, results.HOSTILE)
    watch(lambda: evil, iter(range(2)))
    assert "\x1b" not in capsys.readouterr().out


def test_a_save_is_seen_in_a_file_and_in_a_folder(tmp_path):
    """Times and sizes are compared; other files of the folder are not looked at."""
    file = tmp_path / "net.py"
    file.write_text("a = 1", encoding="utf-8")
    before = stamp(file), stamp(tmp_path)
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    assert (stamp(file), stamp(tmp_path)) == before
    file.write_text("a = 12", encoding="utf-8")
    assert stamp(file) != before[0]
    assert stamp(tmp_path) != before[1]
    assert stamp(tmp_path / "none.py") == {}


def test_a_file_that_is_away_for_a_moment_is_waited_for(tmp_path):
    """An editor that replaces the file does not end the watch."""
    file = tmp_path / "net.py"
    file.write_text("a = 1", encoding="utf-8")
    moments = saves(file, 0.02)
    next(moments)
    file.unlink()
    threading.Timer(0.1, lambda: file.write_text("a = 22", encoding="utf-8")).start()
    next(moments)
    assert stamp(file)


def test_watching_nothing_is_refused(tmp_path):
    """There is nothing to wait for."""
    with pytest.raises(UsageError, match="There is no file"):
        next(saves(tmp_path / "none.py", 0.1))


def test_watching_takes_what_checking_takes():
    """Whatever may be said of a submission may be said here: no option of ``check`` is missing."""
    of_result = {"form", "output", "json_file", "figures", "verbose", "explain"}
    named = [{option.name for option in command.params} for command in (check_command, watch_command)]
    assert named[0] - of_result == named[1] - {"interval"}


def test_a_student_edits_breaks_and_mends_a_file(tmp_path):
    """The command: right at first, half-typed, then with a slip; it lives until it is interrupted."""
    file = tmp_path / "net.py"
    right = RIGHT.read_text(encoding="utf-8")
    file.write_text(right, encoding="utf-8")
    said = ["watch", "net.py", "--interval", "0.05", "--class", "Network", "--isolate", "off"]
    command = [sys.executable, "-u", "-m", "gradcheck", *said]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    running = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, encoding="utf-8", env=environment)
    limit = threading.Timer(40, running.kill)
    limit.start()
    try:
        assert until(running, "PASS  net.py")
        file.write_text("import numpy as np\nclass Netw(", encoding="utf-8")
        assert until(running, "PASS → ERROR")
        file.write_text(right.replace("* sigmoid_prime(zs[-l])", ""), encoding="utf-8")
        assert until(running, "ERROR → FAIL")
        assert running.poll() is None
    finally:
        limit.cancel()
        running.kill()
        running.wait()
        running.stdout.close()


def until(running, words):
    """Whether a line with those words comes before the output ends."""
    return any(words in line for line in iter(running.stdout.readline, ""))
