"""The kinds of results that there are reports of."""

from gradcheck.results import CheckResult, PathSum, ScalingResult, SuiteResult

Result = CheckResult | ScalingResult | SuiteResult | PathSum
