"""One line in a test: the check as an assertion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcheck.arrays import entry
from gradcheck.checks.gradient import check_gradient
from gradcheck.results import CheckResult


def assert_gradient(cost: Callable[..., Any], gradient: Any, at: Any, **options: Any) -> CheckResult:
    """``check_gradient`` for tests: the result of a pass, and an AssertionError with the findings of anything else.

    An inconclusive check fails the test too: nothing was shown. Options are those of ``check_gradient``.
    """
    result = check_gradient(cost, gradient, at, **options)
    if not result:
        raise AssertionError(_message(result))
    return result


def _message(result: CheckResult) -> str:
    lines = [f"gradient {result.verdict}: {result.reason}"]
    lines += [f"  {finding.message}" for finding in result.checks if finding.message != result.reason]
    lines += [
        f"  {entry(d.name, d.index)}: analytic {d.analytic:.9g}, "
        f"numeric {d.numeric:.9g} ± {d.error_bar:.1g} ({d.verdict})"
        for d in result.worst[:5]
    ]
    return "\n".join([*lines, f"  {result.remedy}"] if result.remedy else lines)
