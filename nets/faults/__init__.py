"""The catalogue: what each classic slip in BP1-BP4 does to a gradient, by name."""

from nets.faults.catalogue import CATALOGUE, faulty_gradient
from nets.faults.fault import Fault, Position

__all__ = ["CATALOGUE", "Fault", "Position", "faulty_gradient"]
