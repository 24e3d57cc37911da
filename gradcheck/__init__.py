"""Checks hand-written gradients: every numeric derivative has an error bar, and the error bar decides."""

from gradcheck.results import CheckResult, Verdict

__all__ = ["CheckResult", "Verdict"]
