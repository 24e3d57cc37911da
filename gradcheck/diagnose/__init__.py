"""Which fault explains a wrong gradient, where it sits, and how much of the discrepancy it accounts for."""

from gradcheck.diagnose.arrays import diagnose_arrays
from gradcheck.diagnose.derivations import derivation
from gradcheck.diagnose.diagnosis import diagnose
from gradcheck.diagnose.layer import diagnose_layer, misshapen_array
from gradcheck.diagnose.recurrent import diagnose_through_time

__all__ = ["derivation", "diagnose", "diagnose_arrays", "diagnose_layer", "diagnose_through_time", "misshapen_array"]
