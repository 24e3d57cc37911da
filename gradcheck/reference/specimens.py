"""The door to the specimens: submissions in students' styles, and what is known about each."""

from nets.specimens import SPECIMENS, Specimen

__all__ = ["SPECIMENS", "Specimen"]
