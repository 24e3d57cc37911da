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

OF_FAMILIES = (
    Specimen("coursera/deep.py", "L layers in functions, with tuples as caches"),
    Specimen("coursera/gated_cell.py", "one step of a gated cell, functions on a dictionary"),
    Specimen("coursera/global_count.py", "the number of examples is a global name"),
    Specimen("coursera/gradient_checking.py", "three layers, two planted mistakes", "twice"),
    Specimen("coursera/logistic.py", "one neuron, cost and gradient in one function"),
    Specimen("coursera/planar.py", "one hidden layer of tanh"),
    Specimen("coursera/planar_slope.py", "1 − a for 1 − a²", "slope_one_minus"),
    Specimen("coursera/regularisation.py", "dropout that is not undone on the way back", "factor"),
    Specimen("coursera/separate_arrays.py", "arrays one by one, rows as examples, softmax"),
    Specimen("cs231n/fc_net.py", "a class on the layers beside it"),
    Specimen("cs231n/layer_utils.py", "layers put together from others"),
    Specimen("cs231n/layers.py", "pairs of functions with a cache"),
    Specimen("cs231n/linear_classifier.py", "half of the regularisation in one of the losses", "l2_half"),
    Specimen("cs231n/rnn_layers.py", "the sequence forgets what comes from later steps", "recurrent_term_left_out"),
    Specimen("cs231n/two_layer_net.py", "half of the regularisation", "l2_half"),
    Specimen("engine/overwritten.py", "= for += in a product", "overwritten"),
    Specimen("engine/scalar.py", "numbers"),
    Specimen("engine/tensor.py", "arrays; a row that was broadcast keeps its wide gradient", "broadcast"),
    Specimen("flat/bias_regularised.py", "the bias is regularised, but not in the cost", "l2_on_biases"),
    Specimen("flat/global_data.py", "the data are global names"),
    Specimen("flat/matrix_classes.py", "np.matrix"),
    Specimen("flat/neural_network.py", "two weight matrices in one vector"),
    Specimen("flat/slope_of_activation.py", "σ′ is applied to a instead of z", "slope_of_activation"),
    Specimen("flat/two_thetas.py", "two weight matrices, one after the other"),
    Specimen("layers/bias_one_number.py", "the bias gradient is one number", "bias_one_number"),
    Specimen("layers/mnist_layers.py", "modules, a container and a loss"),
    Specimen("layers/updated_too_early.py", "weights are updated before they are used", "weights_updated_before_use"),
    Specimen("plain/log_softmax.py", "the target is taken off twice", "entry_off"),
    Specimen("plain/quadratic.py", "a function and its slope"),
    Specimen("plain/rosenbrock.py", "a function and its slope by name"),
    Specimen("plain/two_arrays.py", "at a dictionary of arrays"),
    Specimen("train/bias_row.py", "the bias is a row of the weights"),
    Specimen("train/index_of_flat_weights.py", "an index goes over the wrong side of the weights", "unnamed"),
    Specimen("train/logistic_fit.py", "one neuron that learns"),
    Specimen("train/neurons_half_a_slope.py", "1 − a for a (1 − a)", "slope_one_minus"),
    Specimen("train/neurons_in_dictionaries.py", "neurons as dictionaries, no arrays at all"),
    Specimen("train/xor_script.py", "a script without a function", script=True),
    Specimen("train/xor_updated_too_early.py", "weights are updated before they are used", "weights_updated_first",
             script=True),
)  # fmt: skip
"""One or more of every other interface, in folders of their own; only ``file``, ``says`` and ``fault`` are said."""
