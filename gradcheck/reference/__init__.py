"""The one door to ``nets``: what network a forward pass computes, what cost it is trained on, and the exact gradient.

Everything here works on canonical named arrays: ``w2, b2, w3, b3, ...`` with w^l of shape
(n_out, n_in), b^l (n_out, 1) and one example per column.
"""

from gradcheck.reference.by_cost import recognise_by_cost
from gradcheck.reference.conventions import Penalty, Reduction
from gradcheck.reference.costs import CostRecognition, exact_gradient, recognise_cost
from gradcheck.reference.given_error import gradient_of_error
from gradcheck.reference.recognise import Recognition, recognise

__all__ = [
    "CostRecognition",
    "Penalty",
    "Recognition",
    "Reduction",
    "exact_gradient",
    "gradient_of_error",
    "recognise",
    "recognise_by_cost",
    "recognise_cost",
]
