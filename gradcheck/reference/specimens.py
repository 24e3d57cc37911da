"""The door to the specimens: submissions in students' styles, and what is known about each."""

from nets.specimens import OF_FAMILIES, SPECIMENS, Specimen

__all__ = ["OF_FAMILIES", "SPECIMENS", "Specimen"]
