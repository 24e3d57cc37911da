"""What people call things: counted over public implementations, most frequent first."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gradcheck.submissions.loading.definitions import words

BACKWARD = (
    "backward", "backprop", "back_prop", "gradient", "gradients", "backward_pass", "backward_propagation",
    "backpropagation", "back_propagation", "backpropagate", "back_propagate", "bprop", "propagate_backward",
    "backwards", "backward_propagate", "backward_prop", "back_pass", "compute_gradient", "compute_gradients",
    "get_gradients", "get_gradient", "calc_gradient", "calculate_gradients", "grad", "grads", "back",
    "cost_function_prime", "costFunctionPrime", "backPropagation", "backProp", "backwardPass", "backpropagate_error",
    "retropropagacion", "retropropagation", "rueckwaerts", "nabla", "compute_grads", "derivatives",
)  # fmt: skip
FORWARD = (
    "forward", "predict", "feedforward", "feed_forward", "forward_pass", "forward_propagation", "forward_prop",
    "fprop", "feedForward", "forwardPass", "forwardPropagation", "forwardprop", "propagate_forward", "propagate",
    "forward_propagate", "output", "outputs", "predict_proba", "activate", "evaluate_network", "run", "query",
    "think", "infer", "inference", "compute", "feedforward_pass", "calculate_output", "call", "__call__",
    "propagacion", "vorwaerts",
)  # fmt: skip
COST = (
    "cost", "loss", "compute_cost", "compute_loss", "cost_function", "costFunction", "loss_function", "total_cost",
    "calc_loss", "calculate_loss", "calculate_cost", "get_cost", "get_loss", "cost_fn", "loss_fn", "error",
    "objective", "mse", "mse_loss", "mean_squared_error", "cross_entropy", "cross_entropy_loss",
)  # fmt: skip
LAMBDAS = words(
    "l2 reg lambd lmbda lamda lam lambda_ lmb regularization regularisation reg_lambda weight_decay l2_reg Lambda"
)
RATES = words("eta lr learning_rate alpha learningRate rate learn_rate step_size learning eta_ stepsize")
SIZES = words(
    "sizes layers layer_sizes layer_dims dims dimensions layers_dims topology structure architecture shape net_size "
    "neurons layer_dimensions units nodes layer_size layersizes num_neurons"
)  # fmt: skip
NO_COST = re.compile(r"deriv|prime|grad|delta|plot|history|backward|_d\b|^d_|name|type|print", re.IGNORECASE)


def plain(name: str) -> str:
    """A name without case and underscores, for comparison."""
    return name.replace("_", "").lower()


def ranked(names: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """Those of *names* that are in *wanted*, by its order; case and underscores do not count."""
    order = {plain(name): place for place, name in reversed(list(enumerate(wanted)))}
    known = [name for name in names if plain(name) in order]
    return sorted(known, key=lambda name: order[plain(name)])
