"""Submissions written by a program: many styles of the same backward pass, right or with one slip of the catalogue."""

from gradcheck.suite.sources.styles import STYLES
from gradcheck.suite.sources.written import Source, sources

__all__ = ["STYLES", "Source", "sources"]
