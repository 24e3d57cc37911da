"""JUnit XML in the shape that pytest calls xunit2: what build servers read.

A failure is the submission's, an error is something that could not be run, and what was
inconclusive is skipped with the reason: the command's exit status still tells it from a pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from gradcheck.results import ArraySummary, CheckResult, Claim, Finding, PathSum, ScalingResult, SuiteResult, Verdict
from reports import numbers
from reports.kinds import Result
from reports.rows import document
from reports.rows.check import worst_table
from reports.safety import safe
from reports.screen import Screen
from reports.text import table_text

Case = tuple[str, str, Verdict, str, str]  # class, name, verdict, message, details
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
OUTCOME = {
    Verdict.FAIL: "failure",
    Verdict.ERROR: "error",
    Verdict.TIMEOUT: "error",
    Verdict.INCONCLUSIVE: "skipped",
}


def junit(result: Result) -> str:
    """*result* as one test suite with a case for every check, array or claim."""
    result = safe(result)
    cases = list(_cases(result))
    suite = Element("testsuite", name=_allowed(_subject(result)), time=f"{_seconds(result):.3f}")
    outcomes = [OUTCOME.get(verdict) for _, _, verdict, _, _ in cases]
    for attribute, outcome in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(outcomes.count(outcome)))
    suite.set("tests", str(len(cases)))
    suite.extend([_element(case) for case in cases])
    root = Element("testsuites", name="gradcheck")
    root.append(suite)
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, "unicode")}\n'


def _subject(result: Result) -> str:
    return result.target if isinstance(result, CheckResult) else f"gradcheck: {document(result).subject}"


def _seconds(result: Result) -> float:
    return 0.0 if isinstance(result, PathSum) else result.seconds


def _element(case: Case) -> Element:
    group, name, verdict, message, details = map(_allowed, case)
    element = Element("testcase", classname=group, name=name, time="0.000")
    outcome = OUTCOME.get(Verdict(verdict))
    if outcome:
        SubElement(element, outcome, message=message, type=str(verdict)).text = details or message
    return element


def _allowed(text: str) -> str:
    """Without the characters that XML 1.0 has no way to write; escaping is the library's."""
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", str(text))


def _cases(result: Result) -> Iterator[Case]:
    match result:
        case CheckResult():
            yield from _check_cases(result)
        case SuiteResult():
            yield from (_finding("gradcheck.suite", finding) for finding in result.checks)
            yield "gradcheck.suite", "verdict", result.verdict, result.reason, ""
        case ScalingResult():
            yield from map(_claim, result.claims)
        case PathSum():
            yield "gradcheck.paths", "sum", Verdict.PASS, document(result).sentence, ""


def _claim(claim: Claim) -> Case:
    verdict = Verdict.PASS if claim.holds else Verdict.FAIL
    return "gradcheck.scaling", claim.id, verdict, f"{claim.claim}: measured {claim.measured}", claim.condition


def _finding(group: str, finding: Finding) -> Case:
    return group, finding.id, finding.verdict, finding.message, ""


def _check_cases(result: CheckResult) -> Iterator[Case]:
    """The verdict first, so that a result of no array and no finding still has a case."""
    details = "\n".join((result.reason, *(d.message for d in result.diagnosis), result.remedy)).strip()
    yield "gradcheck.check", "verdict", result.verdict, result.reason, details
    yield from (_finding("gradcheck.check", finding) for finding in result.checks)
    yield from (_array(array, result) for array in result.arrays)


def _array(array: ArraySummary, result: CheckResult) -> Case:
    verdict = Verdict.FAIL if array.wrong else Verdict.INCONCLUSIVE if array.inconclusive else Verdict.PASS
    wrong = f"{array.wrong:,} of {numbers.counted(array.entries, 'entry', 'entries')} wrong"
    doubtful = f"{array.inconclusive:,} inconclusive"
    worst = tuple(d for d in result.worst if d.name == array.name) or ((array.worst,) if array.worst else ())
    return "gradcheck.arrays", array.name, verdict, f"{wrong}, {doubtful}", table_text(worst_table(worst), Screen())
