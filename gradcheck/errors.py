"""Errors that a person is told about in one sentence: what happened, where, and what to do."""

from __future__ import annotations


class GradcheckError(Exception):
    """Something that ends a command; its text is the whole message."""

    exit_status = 3


class UsageError(GradcheckError):
    """The request itself is wrong: an option, a file that does not exist, an impossible combination."""

    exit_status = 2


class CouldNotRunError(GradcheckError):
    """The request is right, but what it names cannot be loaded or run."""
