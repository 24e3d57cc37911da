"""Every format says what was found, and nothing that a submission wrote can break one."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import sample_results as results
from command import gradcheck

from gradcheck.compare import compare
from gradcheck.results import CheckResult, Finding, Verdict
from reports.output import render
from reports.screen import Screen
from reports.text import text

FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\uffff]")


@pytest.fixture(scope="module")
def hostile():
    """A result whose every text is hostile."""
    return results.hostile()


def test_text_of_a_check_names_the_verdict_fault_arrays_and_worst_entries():
    """A person reads the verdict first, then what was understood, the named fault, the figures and the next step."""
    shown = text(results.missing_factor())
    lines = shown.splitlines()
    assert lines[0] == "FAIL  student.py"
    assert "network    784-30-10, sigmoid, quadratic cost" in lines
    assert "  w2, b2: δ² lacks the factor σ′(z²) (BP2); everything else is right. This explains 100 % of the" in lines
    assert "w2     f64[30,784]  23,520 of 23,520             0      0          0.89                 4.5e-08" in lines
    assert "w2[29, 359]  -0.307805   -0.0342006 ± 3e-14        0.27      0.89  3.4e-08  wrong" in lines
    assert "values  fail          Entries of w2 and b2 are wrong. [Eq. 46]" in lines
    assert "forward" not in shown
    assert "w2 f64[30,784], each character the worst of 2 × 13 entries: ▓ everywhere" in lines
    assert lines[-5:-4] == ["  Begin with w2."]
    assert lines[-1] == "gradcheck 0.1.0, numpy 2.4.0, python 3.11.2, seed 0"


def test_one_wrong_weight_in_a_million_is_named_in_the_text_and_seen_in_its_map():
    """The entry is the first of the worst, and its character is the only one of its kind."""
    shown = text(results.one_wrong_weight())
    assert "w2     f64[1258,784]  1 of 986,272" in shown
    assert re.search(r"w2\[700, 301\] .* wrong", shown)
    drawn = [line for line in shown.splitlines() if set(line) <= set("·░▒▓█") and line]
    assert "".join(drawn).count("▓") == 1
    assert drawn[700 * len(drawn) // 1260][301 * len(drawn[0]) // 793] == "▓"


def test_text_of_a_scaling_study_marks_what_was_extrapolated():
    """Seconds computed from a sample of the passes carry a star, and the star is explained."""
    shown = text(results.scaling())
    assert "21.0 min*" in shown
    assert "* extrapolated from 64 measured passes." in shown
    assert re.search(r"A million weights need .* no$", shown, re.MULTILINE)
    assert "1 of 2 claims did not hold; measured on 3 networks, the largest of 1,000,120 parameters." in shown
    assert re.search(r"1e-08 .* 7e-08", shown)


def test_text_of_a_suite_has_totals_checks_families_and_rules():
    """All shares stand beside their counts, and 99.7 % is not rounded to all."""
    shown = text(results.suite())
    assert "faults caught  99.7 % (299 of 300)" in shown
    assert re.search(r"faults +fail +One planted fault was missed\.", shown)
    assert re.search(r"relu, cross-entropy +100 +99 +90 +99 +500 +0 +2 +3 \(12\)", shown)
    assert re.search(r"allclose, rtol 1e-5 +300 +40 +1,000 +12 +2", shown)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
@pytest.mark.parametrize("make", [results.missing_factor, results.scaling, results.suite])
def test_no_line_is_wider_than_the_screen(make, width):
    """Tables wrap, then turn into labels and values, before they overflow."""
    assert max(map(len, text(make(), Screen(width=width)).splitlines())) <= width


def test_ascii_stands_in_where_unicode_cannot_be_shown():
    """The chapter's signs are spelled out, and nothing is lost by an encoding error."""
    shown = text(results.missing_factor(), Screen(unicode=False))
    assert shown.isascii()
    assert "delta^2 lacks the factor sigma'(z^2) (BP2)" in shown
    assert "+/- 3e-14" in shown


def test_colour_marks_verdicts_on_a_terminal_only():
    """Without a terminal there is no escape sequence; with one the words stay the same."""
    plain, coloured = (text(results.missing_factor(), Screen(colour=colour)) for colour in (False, True))
    assert "\x1b" not in plain
    assert "\x1b[31mwrong\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_text_shows_hostile_text_harmlessly(hostile):
    """No control, terminal or bidirectional character reaches the screen, and ten megabytes become a few kilobytes."""
    shown = text(hostile, Screen(colour=False))
    assert not FORBIDDEN.search(shown)
    assert len(shown) < 100_000
    assert "characters more)" in shown


def test_markdown_shows_hostile_text_harmlessly(hostile):
    """No tag, link, table border or emphasis of a submission's is taken for markup."""
    shown = render(hostile, "markdown")
    assert not FORBIDDEN.search(shown)
    assert len(shown) < 100_000
    assert "<script" not in shown.replace("\\<script", "")
    assert not re.search(r"(?<!\\)`", shown)


def test_latex_shows_hostile_text_harmlessly(hostile):
    """No command, group or mathematics of a submission's is taken for LaTeX."""
    shown = render(hostile, "latex")
    assert not FORBIDDEN.search(shown)
    assert len(shown) < 100_000
    assert r"\input" not in shown
    assert r"\$\textbackslash{}input\{a\}\_\&" in shown
    assert shown.isascii()


def test_json_shows_hostile_text_harmlessly(hostile):
    """The file is ASCII, short, standard JSON, and is read again."""
    shown = render(hostile, "json")
    assert shown.isascii()
    assert len(shown) < 100_000
    json.loads(shown, parse_constant=pytest.fail)
    again = CheckResult.from_json(shown)
    assert again.verdict is Verdict.FAIL
    assert not FORBIDDEN.search(again.reason)


def test_junit_shows_hostile_text_harmlessly(hostile):
    """The file is XML 1.0: nothing that it forbids is in it, and the tags of a submission are text."""
    shown = render(hostile, "junit")
    assert not FORBIDDEN.search(shown)
    assert len(shown) < 100_000
    assert "<script" not in shown
    assert ET.fromstring(shown).find(".//failure") is not None  # noqa: S314 - our own output


@pytest.mark.parametrize(("verdict", "outcome"), [("fail", "failure"), ("error", "error"), ("inconclusive", "skipped")])
def test_junit_tells_failure_from_error_from_doubt(verdict, outcome):
    """A wrong gradient fails, what could not be run is an error, doubt is skipped; each with the reason."""
    result = CheckResult("student.py", Verdict(verdict), "Because of this.")
    suite = ET.fromstring(render(result, "junit"))[0]  # noqa: S314 - our own output
    assert suite.find(f"testcase/{outcome}").get("message") == "Because of this."
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    plural = {"failure": "failures", "error": "errors", "skipped": "skipped"}[outcome]
    assert counts == {"tests": "1", "failures": "0", "errors": "0", "skipped": "0"} | {plural: "1"}


def test_junit_has_a_case_for_every_array_and_check():
    """A build server lists what was wrong and what was right."""
    suite = ET.fromstring(render(results.missing_factor(), "junit"))[0]  # noqa: S314 - our own output
    failed = {case.get("name") for case in suite if case.find("failure") is not None}
    assert failed == {"verdict", "values", "w2", "b2"}
    assert {case.get("name") for case in suite} == failed | {"forward", "growth", "w3", "b3"}
    assert "w2[29, 359]" in suite.find("testcase[@name='w2']/failure").text


@pytest.mark.parametrize("form", ["text", "markdown", "latex", "json", "junit"])
@pytest.mark.parametrize("make", [results.missing_factor, results.scaling, results.suite, results.path_sum])
def test_report_renders_every_stored_result_in_every_format(tmp_path, make, form):
    """``gradcheck report`` gives what the check itself would have given."""
    stored, output = tmp_path / "result.json", tmp_path / "report"
    stored.write_text(make().to_json(), encoding="utf-8")
    assert gradcheck("report", stored, "--format", form, "--output", output) == (0, "", "")
    assert output.read_text(encoding="utf-8") == render(make(), form)


def test_an_exact_reference_is_called_exact():
    """Without error bars the derivatives beside the analytic ones are not called numeric, in any format."""
    exact = results.gradient((5, 4, 3))
    wrong = {**exact, "w2": exact["w2"] * 2}
    result = results.of_comparison(compare(wrong, exact))
    for form in ("text", "markdown", "latex"):
        shown = render(result, form)
        assert "exact" in shown
        assert "error bar" not in shown
    assert "<th>exact</th>" in result._repr_html_()
    assert "numeric ± error bar" in text(results.missing_factor())


def test_many_right_arrays_are_one_line_and_the_wrong_ones_come_first():
    """A reader of forty arrays sees the wrong one; --verbose, Markdown and JSON keep all."""
    exact = {f"class Value, step {i}: a": np.array([float(i + 1)]) for i in range(40)}
    wrong = {**exact, "class Value, step 33: a": np.array([7.0])}
    result = results.of_comparison(compare(wrong, exact))
    lines = text(result).splitlines()
    first = lines.index("Arrays: class Value")
    assert lines[first + 3].startswith("step 33: a ")
    assert re.match(r"39 right ones +39 entries +0 ", lines[first + 4])
    assert "step 5: a" not in text(result)
    assert "step 5: a" in text(result, whole=True)
    assert "step 5: a" in render(result, "markdown")


def test_failed_checks_of_one_kind_are_told_once():
    """Seven situations with the same fault are one row that names them; a repeated sentence is left out."""
    names = ("typical", "square", "deep")
    checks = [Finding(f"values/{name}", Verdict.FAIL, f"{name}: w2 is wrong") for name in names]
    checks += [Finding("Dense: Dense", Verdict.FAIL, "Dense: b is one number."),
               Finding("Dense: shape", Verdict.FAIL, "b is one number.")]  # fmt: skip
    result = CheckResult("student.py", Verdict.FAIL, "Wrong.", checks=tuple(checks))
    shown = text(result)
    assert "values/typical  fail     typical: w2 is wrong; likewise in square, deep." in shown
    assert shown.count("b is one number.") == 1
    assert "values/deep" in text(result, whole=True)


@pytest.mark.parametrize("width", [60, 80, 100, 200])
@pytest.mark.parametrize("make", [results.missing_factor, results.long_names, results.scaling, results.suite])
def test_every_line_fits_the_screen_and_no_name_is_broken(make, width):
    """Names are shortened in the middle, never wrapped: the array and its index stay in one piece."""
    shown = text(make(), Screen(width))
    assert max(map(len, shown.splitlines())) <= width
    if make is results.long_names and width >= 80:
        assert re.search(r"^\S.*\[:, :5\]\[\d, \d\] ", shown, re.MULTILINE)


def test_what_was_understood_says_how_to_correct_it():
    """The way to say otherwise stands beside what was understood, in text and on the page."""
    result = replace(results.missing_factor(), otherwise="say so with --cost")
    assert "if not so  say so with --cost" in text(result).splitlines()


def test_a_fault_that_is_the_reason_is_told_once():
    """The first lines say it; the diagnosis adds what it explains. Other formats, read in parts, repeat it."""
    result = results.missing_factor()
    result = replace(result, reason=result.diagnosis[0].message)
    assert text(result).count("lacks the factor") == 1
    assert "\nDiagnosis\n  This explains 100 % of the discrepancy.\n" in text(result)
    assert text(result, whole=True).count("lacks the factor") == 2
