"""Which kind of result is which kind of document."""

from __future__ import annotations

from gradcheck.results import CheckResult, ScalingResult, SuiteResult
from reports.document import Document
from reports.rows.check import check_document
from reports.rows.scaling import scaling_document
from reports.rows.suite import suite_document


def document(result: CheckResult | ScalingResult | SuiteResult) -> Document:
    """The report of *result*, whose texts are taken to be safe."""
    match result:
        case CheckResult():
            return check_document(result)
        case ScalingResult():
            return scaling_document(result)
        case SuiteResult():
            return suite_document(result)
