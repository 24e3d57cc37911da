"""The chapter as code: feedforward networks and the ways to their gradient."""

from nets.backprop import Workspace, backprop
from nets.network import Network
from nets.paths import enumerate_paths, path_sum
from nets.perturbation import perturbation, perturbation_blocks
from nets.sgd import sgd

__all__ = [
    "Network",
    "Workspace",
    "backprop",
    "enumerate_paths",
    "path_sum",
    "perturbation",
    "perturbation_blocks",
    "sgd",
]
