"""Check hand-written gradients: every numeric derivative has an error bar, and the error bar decides."""

from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from gradcheck.submissions.check import check_file

__all__ = [
    "CheckResult",
    "Tolerance",
    "Verdict",
    "assert_gradient",
    "central",
    "check_direction",
    "check_file",
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


def __getattr__(name: str) -> Any:
    """``check_file`` when it is asked for: what judges two callables need not load what reads other people's files."""
    if name != "check_file":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from gradcheck.submissions.check import check_file

    return check_file
