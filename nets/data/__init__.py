"""Handwritten digits: those that ship with the package, and MNIST from files on disk."""

from nets.data.examples import Examples
from nets.data.idx import DataError, mnist, read_idx
from nets.data.uci import digits

__all__ = ["DataError", "Examples", "digits", "mnist", "read_idx"]
