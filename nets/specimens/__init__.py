"""Submissions as students write them, right and wrong, and what is known about each.

The files are data: they are read, loaded and judged like anybody's, never imported from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ALL = ("w2", "b2", "w3", "b3", "w4", "b4")
HIDDEN = ALL[:4]


@dataclass(frozen=True)
class Specimen:
    """One file with a class that is built from layer sizes and returns its gradient.

    Attributes:
        file: the file's name in this folder.
        says: what is particular about it, or what is wrong.
        fault: the slip's id in ``nets.faults``, empty where there is none.
        layer: the chapter's number of the one layer with the slip in a network with two hidden layers (4 is the
            output), ``"hidden"`` for both hidden ones, None wherever it can sit.
        wrong: the arrays that come out wrong there, in our names.
        examples: how many columns its backprop has to be given for the slip to show.
        calls: which call is the first with a wrong answer.
        equal_layers: whether it raises unless all layers have the same size.
        python2: whether it has to be translated first.
        script: whether running it as it stands trains and plots.
    """

    file: str
    says: str
    fault: str = ""
    layer: int | str | None = None
    wrong: tuple[str, ...] = ()
    examples: int = 1
    calls: int = 1
    equal_layers: bool = False
    python2: bool = False
    script: bool = False

    @property
    def right(self) -> bool:
        """Whether its gradient is the cost's."""
        return not self.fault

    @property
    def path(self) -> Path:
        """Where the file is."""
        return Path(__file__).parent / self.file


RIGHT = (
    Specimen("network.py", "the chapter's class, one example at a time"),
    Specimen("matrix_based.py", "fully matrix-based, summed over the columns of a mini-batch"),
    Specimen("mean_gradient.py", "fully matrix-based, with the mean over the mini-batch in cost and gradient"),
    Specimen("stable.py", "cross-entropy from z, and a sigmoid that never overflows"),
    Specimen("own_names.py", "tanh, W and B, forward and backward, which returns (dW, dB)"),
    Specimen("loops.py", "no matrix product: every sum is a loop"),
    Specimen("python2.py", "written for Python 2", python2=True),
    Specimen("trains_at_import.py", "trains on XOR, prints and plots as soon as it is run", script=True),
)

WRONG = (
    Specimen("hidden_slope_missing.py", "σ′(z) is missing in the hidden layers", "slope_missing", "hidden", HIDDEN),
    Specimen("output_slope_missing.py", "σ′(z) is missing at the output, quadratic cost", "slope_missing", 4, ALL),
    Specimen("slope_of_activation.py", "σ′ is applied to a instead of z", "slope_of_activation", None, ALL),
    Specimen("sigmoid_slope_of_tanh.py", "tanh forwards, the sigmoid's slope backwards", "slope_of_sigmoid", None, ALL),
    Specimen("softmax_diagonal.py", "only the diagonal of the softmax's Jacobian", "softmax_diagonal", 4, ALL),
    Specimen("target_minus_output.py", "the sign: y − a for a − y", "target_reversed", 4, ALL),
    Specimen("factor_two.py", "twice the derivative of the cost, which has a ½", "twice", None, ALL),
    Specimen(
        "reshape_for_transpose.py", "w is reshaped where it should be transposed", "transpose_missing", None, HIDDEN
    ),
    Specimen(
        "weights_of_this_layer.py",
        "wˡ goes back where wˡ⁺¹ belongs",
        "weights_of_this_layer",
        None,
        HIDDEN,
        equal_layers=True,
    ),
    Specimen(
        "weights_left_out.py", "the errors of the layer above are only added up", "weights_left_out", None, HIDDEN
    ),
    Specimen(
        "activation_of_this_layer.py",
        "∂C/∂w is made with aˡ for aˡ⁻¹ and has the wrong shape",
        "activation_of_this_layer",
        "hidden",
        ("w2", "w3"),
    ),
    Specimen(
        "weighted_input_for_activation.py",
        "∂C/∂w is made with z for a",
        "weighted_input_for_activation",
        None,
        ("w3", "w4"),
    ),
    Specimen(
        "bias_one_number.py", "the bias gradient is one number per layer", "bias_one_number", None, ("b2", "b3", "b4")
    ),
    Specimen(
        "bias_before_slope.py", "ReLU; the bias gradient misses its mask", "bias_before_slope", None, ("b2", "b3")
    ),
    Specimen("first_layer_skipped.py", "the loop ends one layer early", "layer_left_out", 2, ("w2", "b2")),
    Specimen("last_example_only.py", "= for += over the mini-batch", "last_example_only", None, ALL, examples=2),
    Specimen("never_cleared.py", "sums are not cleared between two calls", "stale_accumulation", None, ALL, calls=2),
)

SPECIMENS = (*RIGHT, *WRONG)
