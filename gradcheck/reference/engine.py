"""The engine itself, for what measures it and what verifies the checker with it."""

from nets.backprop import Workspace, backprop, backprop_by_example, errors, forward
from nets.network import Network
from nets.paths import path_sum
from nets.perturbation import Block, Literal, Perturbation, perturbation, perturbation_blocks

__all__ = [
    "Block",
    "Literal",
    "Network",
    "Perturbation",
    "Workspace",
    "backprop",
    "backprop_by_example",
    "errors",
    "forward",
    "path_sum",
    "perturbation",
    "perturbation_blocks",
]
