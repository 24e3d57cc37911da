"""Check hand-written gradients: every numeric derivative has an error bar, and the error bar decides."""

from gradcheck.checks.assertion import assert_gradient
from gradcheck.checks.direction import check_direction
from gradcheck.checks.gradient import check_gradient
from gradcheck.checks.hessian import check_hessian_vector
from gradcheck.checks.layer import check_layer
from gradcheck.checks.taylor import check_taylor
from gradcheck.compare import Tolerance
from gradcheck.differences import central, complex_step, forward, richardson
from gradcheck.estimate import numerical_gradient
from gradcheck.locate import locate
from gradcheck.results import CheckResult, Verdict

__all__ = [
    "CheckResult",
    "Tolerance",
    "Verdict",
    "assert_gradient",
    "central",
    "check_direction",
    "check_gradient",
    "check_hessian_vector",
    "check_layer",
    "check_taylor",
    "complex_step",
    "forward",
    "locate",
    "numerical_gradient",
    "richardson",
]
