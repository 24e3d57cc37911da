"""The verification suite passes, says what it counted, and fails when the judge is sabotaged."""

import json
import subprocess
import sys

import pytest

from gradcheck import Verdict
from gradcheck.suite import catalogue, run
from gradcheck.suite.catalogue import FAMILIES
from gradcheck.suite.sources import sources
from gradcheck.suite.submissions import of_families, written


def test_the_command_passes_and_writes_what_others_read(tmp_path):
    """A quick run ends with a pass, and its JSON has the counts by family."""
    file = tmp_path / "suite.json"
    command = [sys.executable, "-m", "gradcheck", "suite", "--seed", "1", "--json", str(file)]
    done = subprocess.run(command, capture_output=True, check=False, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout[:2000] + done.stderr
    assert done.stdout.startswith("PASS")
    data = json.loads(file.read_text(encoding="utf-8"))
    assert data["verdict"] == "pass"
    assert {"total", "caught", "named", "located"} <= data["faults"].keys()
    assert {"total", "wrong", "inconclusive"} <= data["correct"].keys()
    assert data["faults"]["caught"] == data["faults"]["total"] > 2000
    assert data["correct"]["wrong"] == 0
    assert next(check["id"] for check in data["checks"]) == "engine/complex-step"
    assert len(data["families"]) > len(FAMILIES)


@pytest.fixture
def small(monkeypatch):
    """A suite of one family and a handful of programs."""
    monkeypatch.setattr(catalogue, "FAMILIES", FAMILIES[:1])
    monkeypatch.setattr(run, "QUICK", 0.01)
    monkeypatch.setattr(run, "QUICK_BOXES", 0)
    monkeypatch.setattr(run, "specimens", lambda say: ([], run.Finding("none", Verdict.PASS, "")))


def test_a_judge_that_passes_everything_is_found_out(small, monkeypatch):
    """With a tolerance that allows anything, planted faults are missed, and the suite says which."""
    from gradcheck.compare import Tolerance, compare

    monkeypatch.setattr(catalogue, "compare", lambda a, n: compare(a, n, tolerance=Tolerance(block=1e12)))
    result = run.run_suite()
    assert result.verdict is Verdict.FAIL
    assert "faults/catalogue" in result.reason
    assert result.faults.caught < result.faults.total
    assert any("missed: " in check.message for check in result.checks)


def test_a_judge_that_blames_everything_is_found_out(small, monkeypatch):
    """With no tolerance at all and a shifted reference, correct gradients are called wrong, and counted."""
    from gradcheck.compare import compare

    monkeypatch.setattr(catalogue, "compare", lambda a, n: compare(a, {name: array + 1 for name, array in n.items()}))
    result = run.run_suite()
    assert result.verdict is Verdict.FAIL
    assert result.correct.wrong > 0
    assert any("blamed: " in check.message for check in result.checks)


def test_every_program_that_is_written_is_python_and_each_slip_changes_it():
    """No two of the hundreds of programs are the same, and each compiles."""
    texts = [source.text for source in sources()]
    assert len(texts) == len(set(texts)) > 400
    for text in texts:
        compile(text, "submission.py", "exec")


def test_every_author_is_right_in_other_habits_too():
    """There are many right variants, of every family."""
    variants = [source for source in sources() if source.variant]
    assert len(variants) > 120
    assert {source.family for source in variants} >= {
        "chapter",
        "coursera",
        "cs231n",
        "flat",
        "layers",
        "plain",
        "train",
    }


def test_specimens_of_other_interfaces_are_caught_and_not_blamed():
    """A third of them, whichever the seed draws."""
    (tally,), found = of_families(2, 0.3, lambda _: None)
    assert found.verdict is Verdict.PASS, found.message
    assert tally.faults >= 2
    assert tally.correct >= 2


def test_a_sample_of_the_programs_is_drawn_by_the_seed():
    """The same seed judges the same programs."""
    said = []
    written(3, 0.005, said.append)
    again = []
    written(3, 0.005, again.append)
    assert said == again
    assert 8 <= len(said) < 40
