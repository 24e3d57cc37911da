"""Which kind of result is which kind of document."""

from __future__ import annotations

from gradcheck.results import CheckResult, PathSum, ScalingResult, SuiteResult
from reports.document import Document
from reports.kinds import Result
from reports.rows.check import check_document
from reports.rows.paths import paths_document
from reports.rows.scaling import scaling_document
from reports.rows.suite import suite_document


def document(result: Result, *, whole: bool = True) -> Document:
    """The report of *result*, whose texts are taken to be safe; without *whole*, what a reader of a terminal needs."""
    match result:
        case CheckResult():
            return check_document(result, whole=whole)
        case ScalingResult():
            return scaling_document(result)
        case SuiteResult():
            return suite_document(result)
        case PathSum():
            return paths_document(result)
