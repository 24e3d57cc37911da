"""Which fault explains a wrong gradient, where it sits, and how much of the discrepancy it accounts for."""

from gradcheck.diagnose.diagnosis import diagnose

__all__ = ["diagnose"]
