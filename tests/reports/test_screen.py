"""A result goes to whatever screen there is: a terminal or a pipe, with or without colour and Unicode."""

import os
import subprocess
import sys

import pytest
import sample_results as results

from gradcheck.cli import deliver
from gradcheck.errors import UsageError
from reports.output import render

COMMAND = [sys.executable, "-m", "gradcheck", "report", "result.json"]


@pytest.fixture
def stored(tmp_path):
    """A folder with a stored result."""
    (tmp_path / "result.json").write_text(results.missing_factor().to_json(), encoding="utf-8")
    return tmp_path


def said(folder, *arguments, **environment):
    """What the command writes into a pipe."""
    more = {**os.environ, **environment}
    return subprocess.run([*COMMAND, *arguments], cwd=folder, env=more, capture_output=True, check=True).stdout


def test_a_pipe_gets_plain_text(stored):
    """No colour, a fixed width, and the same text as a file."""
    assert said(stored, PYTHONIOENCODING="utf-8").decode() == render(results.missing_factor(), "text")


def test_a_pipe_without_unicode_gets_ascii(stored):
    """The chapter's signs are spelled out; other formats escape what cannot be written."""
    assert b"delta^2 lacks the factor sigma'(z^2)" in said(stored, PYTHONIOENCODING="ascii")
    assert b"&#963;" in said(stored, "--format", "junit", PYTHONIOENCODING="ascii")


@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_a_terminal_gets_colour_unless_told_otherwise(monkeypatch, environment, coloured):
    """NO_COLOR and a dumb terminal are respected."""
    monkeypatch.setattr("sys.stdout", type("Terminal", (), {"isatty": lambda self: True, "encoding": "utf-8"})())
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "72")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert deliver.screen().colour is coloured
    assert deliver.screen().width == 72


def test_a_missing_extra_is_named_with_the_command_that_installs_it(monkeypatch):
    """A page without Jinja2 is one sentence, not a traceback."""
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.delitem(sys.modules, "reports.page.page", raising=False)
    with pytest.raises(UsageError, match=r"without jinja2; run: python -m pip install 'gradcheck\[html\]'"):
        deliver.show(results.suite(), "html")


def test_a_file_that_cannot_be_written_is_named(stored):
    """One sentence, and nothing half-written is left beside it."""
    with pytest.raises(UsageError, match="cannot be written"):
        deliver.Delivery(output=str(stored / "none" / "report.txt")).deliver(results.suite())
    deliver.Delivery(output=str(stored / "report.txt"), json_file=str(stored / "again.json")).deliver(results.suite())
    assert sorted(path.name for path in stored.iterdir()) == ["again.json", "report.txt", "result.json"]


def test_a_notebook_shows_hostile_text_harmlessly():
    """A result in a cell is small HTML with a submission's text escaped and cut."""
    shown = results.hostile()._repr_html_()
    assert "<script" not in shown
    assert not any(letter in shown for letter in "\x1b\x00\u202e\ud800")
    assert len(shown) < 20_000


def test_a_notebook_shows_what_is_wrong_and_nothing_of_what_is_right():
    """The wrong arrays and entries of a check; one line for a right one; claims and failed checks of the others."""
    wrong = results.missing_factor()._repr_html_()
    assert '<b style="color: #d2500f">✗ fail</b>: Some entries are wrong.' in wrong
    assert "<td>23,520</td>" in wrong
    assert "w2[29, 359]" in wrong
    assert "w3" not in wrong
    assert "<table" not in results.smallest()._repr_html_()
    assert "A million weights need a million and one passes" in results.scaling()._repr_html_()
    assert "One planted fault was missed." in results.suite()._repr_html_()
    assert "engine-paths" not in results.suite()._repr_html_()
