"""Families of networks on which every fault of the catalogue is planted."""

from dataclasses import dataclass

import numpy as np
import pytest

from nets import Network


@dataclass(frozen=True)
class Family:
    """Networks of one shape, activation and cost, and mini-batches for them."""

    name: str
    sizes: tuple[int, ...]
    activation: object
    cost: str
    l2: float
    m: int

    def network(self, seed=0):
        """A network with weights N(0, 1/n_in)."""
        return Network(
            self.sizes,
            activation=self.activation,
            cost=self.cost,
            l2=self.l2,
            seed=seed,
            initialisation="scaled",
        )

    def examples(self, seed=0):
        """Inputs, and one-hot targets of different classes."""
        rng = np.random.default_rng(seed)
        classes = np.resize(rng.permutation(self.sizes[-1]), self.m)
        return rng.standard_normal((self.sizes[0], self.m)) * 1.5, np.eye(self.sizes[-1])[:, classes]


FAMILIES = (
    Family("sigmoid, quadratic", (5, 4, 3), "sigmoid", "quadratic", 0.0, 3),
    Family("square, one hidden layer, L2", (4, 4, 4), "sigmoid", "quadratic", 0.1, 5),
    Family("tanh, cross-entropy", (5, 7, 4, 3), ("tanh", "tanh", "sigmoid"), "cross_entropy", 0.0, 4),
    Family("ReLU, softmax, L2", (6, 5, 7, 3), ("relu", "leaky_relu", "softmax"), "log_likelihood", 0.2, 4),
    Family("softmax, quadratic", (3, 5, 4), ("softplus", "softmax"), "quadratic", 0.0, 3),
    Family("square, deep, L2", (4, 4, 4, 4), ("sigmoid", "tanh", "gelu"), "quadratic", 0.05, 3),
    Family("linear output", (5, 6, 4, 2), ("tanh", "sigmoid", "identity"), "quadratic", 0.0, 5),
    Family("one example, L2", (6, 5, 4, 3), "sigmoid", "cross_entropy", 0.1, 1),
    Family("no hidden layer", (5, 3), "sigmoid", "quadratic", 0.1, 4),
)


@pytest.fixture(params=FAMILIES, ids=lambda family: family.name)
def family(request):
    """Each family in turn."""
    return request.param
