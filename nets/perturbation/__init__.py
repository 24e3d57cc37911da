"""Eq. 46 over every weight and bias: N + 1 costs literally, incrementally, or with the change itself carried.

The chapter rejects Eq. 46 because a million weights need a million and one passes. Four ways to the same
differences stand here: ``literal`` knows nothing; ``incremental`` starts each pass where its change starts;
``propagated`` makes Eqs. 47-52 an algorithm and loses no digits; ``node`` takes z as the intermediate variable.
"""

from nets.perturbation.blocks import Block, Perturbation
from nets.perturbation.literal import Literal
from nets.perturbation.modes import MODES, perturbation, perturbation_blocks

__all__ = ["MODES", "Block", "Literal", "Perturbation", "perturbation", "perturbation_blocks"]
