"""Eq. 46 for every weight, by three programs on one network in one run: ratios of their seconds.

Run as ``python tests/benchmarks/perturbation.py``; scipy's and PyTorch's rows appear where they are installed. One
thread each, processor time. What would take longer than the budget is measured on a part of the weights and
scaled up: the table says from how many.
"""

import argparse
import contextlib
import importlib.util
import time

import numpy as np
from tabulate import tabulate
from threadpoolctl import threadpool_limits

from nets import Network, perturbation
from nets.perturbation import Literal

CLOCK = time.process_time


def main():
    """Measure each network and print its table."""
    options = parsed()
    with threadpool_limits(1):
        for net in options.net:
            network = Network([int(n) for n in net.split("-")], seed=0, initialisation="scaled")
            rng = np.random.default_rng(1)
            x, y = rng.random((network.sizes[0], 1)), np.eye(network.sizes[-1])[:, :1]
            print(f"\n{net}: {network.parameter_count:,} parameters")
            print(tabulate(table(network, x, y, options.seconds), headers="keys", floatfmt=".3g"))


def parsed():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--net", nargs="+", default=["784-30-10", "784-1258-10"], help="layer sizes, like 784-30-10")
    parser.add_argument("--seconds", type=float, default=10.0, help="budget of each row")
    return parser.parse_args()


def table(network, x, y, seconds):
    """Rows: who, seconds for all parameters, how many times ours, and from how many parameters that was measured."""
    rows = [ours(network, x, y, seconds), literal(network, x, y, seconds)]
    if importlib.util.find_spec("scipy"):
        rows.append(scipy_forward(network, x, y, seconds))
    if importlib.util.find_spec("torch"):
        rows += torch_gradcheck(network, x, y, seconds)
    own = rows[0]["seconds"]
    return [{**row, "times ours": row["seconds"] / own} for row in rows]


def best(work, seconds):
    """The fastest repeat within the budget; at least one."""
    fastest, begun = float("inf"), time.perf_counter()
    while fastest == float("inf") or time.perf_counter() - begun < seconds / 4:
        start = CLOCK()
        work()
        fastest = min(fastest, CLOCK() - start)
    return fastest


def ours(network, x, y, seconds):
    """``perturbation`` in its propagated form."""
    took = best(lambda: perturbation(network, x, y, 1e-20), seconds)
    return {"what": "gradcheck, propagated", "seconds": took, "measured on": network.parameter_count}


def literal(network, x, y, seconds):
    """Eq. 46 as the chapter writes it, entry by entry."""
    passes, done = Literal(network, x, y), 0
    start, end = CLOCK(), time.perf_counter() + seconds
    for name, array in network.parameters.items():
        for index in np.ndindex(array.shape):
            if time.perf_counter() > end:
                break
            passes.derivative(name, index)
            done += 1
    each = (CLOCK() - start) / done
    return {"what": "literal passes", "seconds": each * network.parameter_count, "measured on": done}


class EnoughError(Exception):
    """The budget is used up."""


def scipy_forward(network, x, y, seconds):
    """``scipy.optimize.approx_fprime`` of the cost over the vector of all parameters, ended when the budget is."""
    from scipy.optimize import approx_fprime

    full = np.concatenate([array.ravel() for array in network.parameters.values()])
    evaluations, start, end = [], CLOCK(), time.perf_counter() + seconds

    def cost(vector):
        """C at the parameters in *vector*."""
        if time.perf_counter() > end:
            raise EnoughError
        evaluations.append(CLOCK())
        return float(network.cost_at(unflattened(network, vector), x, y))

    with contextlib.suppress(EnoughError):
        approx_fprime(full, cost)
    each = (evaluations[-1] - start) / (len(evaluations) - 1)
    return {"what": "scipy approx_fprime", "seconds": each * full.size, "measured on": len(evaluations) - 1}


def unflattened(network, vector):
    """Views of a vector as the network's arrays."""
    arrays, start = {}, 0
    for name, array in network.parameters.items():
        arrays[name] = vector[start : start + array.size].reshape(array.shape)
        start += array.size
    return arrays


def torch_gradcheck(network, x, y, seconds):
    """``torch.autograd.gradcheck``, slow over a part of the first layer's rows, and fast over everything."""
    import torch

    torch.set_num_threads(1)
    tensors = [torch.tensor(array) for array in network.parameters.values()]
    inputs, target = torch.tensor(x), torch.tensor(y)

    def cost(*parameters):
        """The quadratic cost of a sigmoid network."""
        a = inputs
        for w, b in zip(parameters[::2], parameters[1::2], strict=True):
            a = torch.sigmoid(w @ a + b)
        return ((a - target) ** 2).sum() / 2

    def part(rows):
        """The cost as a function of the first layer's first rows alone."""
        rest = tensors[0][rows.shape[0] :]
        return cost(torch.cat([rows, rest]), *tensors[1:])

    def once(count):
        """Slow gradcheck over that many rows: two evaluations for each of their weights."""
        start = CLOCK()
        torch.autograd.gradcheck(part, (tensors[0][:count].clone().requires_grad_(),), atol=1e-4, rtol=1e-2)
        return CLOCK() - start

    rows = int(min(tensors[0].shape[0], max(1, seconds / once(1))))
    slow = once(rows) / (rows * tensors[0].shape[1]) * network.parameter_count
    everything = tuple(tensor.clone().requires_grad_() for tensor in tensors)
    fast = best(lambda: torch.autograd.gradcheck(cost, everything, fast_mode=True, atol=1e-4, rtol=1e-2), seconds)
    return [
        {"what": "torch gradcheck, slow", "seconds": slow, "measured on": rows * tensors[0].shape[1]},
        {"what": "torch gradcheck, fast (one projection)", "seconds": fast, "measured on": network.parameter_count},
    ]


if __name__ == "__main__":
    main()
