"""What a backward pass costs: ratios measured in one run, beside the count of operations.

Run as ``python tests/benchmarks/backprop.py``; the columns for PyTorch appear where torch is installed, and
OMP_NUM_THREADS sets the threads of both. Each function is called in bursts, in turn, and its fastest call counts:
other work on the machine only ever adds time, and a thread pool that still spins does not meet the next function.
On one thread it is processor time that counts, which leaves out the moments when others have the processor.
"""

import argparse
import os
import time

import numpy as np
from tabulate import tabulate

from nets import Network, Workspace, backprop
from nets.backprop import backprop_by_example, forward

THREADS = int(os.environ.get("OMP_NUM_THREADS", os.cpu_count()))
CLOCK = time.process_time if THREADS == 1 else time.perf_counter
NETS = ("784-30-10", "784-1258-10", "500-500-500-500-10")


def main():
    """Measure each network and print one table."""
    options = parsed()
    rows = [row for net in options.net for row in measured(net, options)]
    print(f"{THREADS} threads, NumPy {np.__version__}, {torch_version()}, float{options.bits}, times in ms")
    print(tabulate(rows, headers="keys", floatfmt=".3g", missingval=""))


def parsed():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--net", nargs="+", default=NETS, help="layer sizes, like 784-30-10")
    parser.add_argument("--examples", nargs="+", type=int, default=[1, 128], help="mini-batch sizes m")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long to repeat each comparison")
    parser.add_argument("--bits", type=int, choices=(32, 64), default=64, help="of a float")
    return parser.parse_args()


def measured(net, options):
    """One row for each mini-batch size."""
    sizes = [int(n) for n in net.split("-")]
    for examples in options.examples:
        network = Network(sizes, seed=0, initialisation="scaled", dtype=f"float{options.bits}")
        rng = np.random.default_rng(1)
        x = rng.random((sizes[0], examples)).astype(network.dtype)
        y = np.eye(sizes[-1], dtype=network.dtype)[:, rng.integers(0, sizes[-1], examples)]
        times = interleaved(candidates(network, x, y), options.seconds)
        yield row(net, network, examples, times)


def candidates(network, x, y):
    """What is timed, by name."""
    space = Workspace.of(network, x.shape[1])
    found = {"forward": lambda: forward(network, x, space), "both": lambda: backprop(network, x, y, space)}
    if x.shape[1] > 1:
        found["by example"] = lambda: backprop_by_example(network, x, y)
    return found | torch_candidate(network, x, y)


def interleaved(functions, seconds):
    """The fastest call of each function, in bursts that take turns until the time is over."""
    fastest = dict.fromkeys(functions, float("inf"))
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for name, function in functions.items():
            fastest[name] = min(fastest[name], *burst(function, seconds / 20))
    return fastest


def burst(function, seconds):
    """The times of at least three calls in a row, after one that is not counted."""
    function()
    times, end = [], time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        start = CLOCK()
        function()
        times.append(CLOCK() - start)
    return times


def row(net, network, examples, times):
    """The figures of one network and mini-batch size."""
    both = times["both"]
    return {
        "network": net,
        "parameters": network.parameter_count,
        "m": examples,
        "forward": 1e3 * times["forward"],
        "forward + backward": 1e3 * both,
        "ratio": both / times["forward"],
        "by operations": operations_ratio(network.sizes),
        "by example": 1e3 * times["by example"] if "by example" in times else None,
        "times slower": times["by example"] / both if "by example" in times else None,
        "torch": 1e3 * times["torch"] if "torch" in times else None,
        "ours / torch": both / times["torch"] if "torch" in times else None,
    }


def operations_ratio(sizes):
    """Forward and backward over forward by multiplications: (2S + S − S₁) / S, with S = Σ n_l n_{l−1}."""
    products = [n * n_in for n, n_in in zip(sizes[1:], sizes, strict=False)]
    return (3 * sum(products) - products[0]) / sum(products)


def torch_version():
    """Of the installed PyTorch, if there is one."""
    try:
        import torch
    except ModuleNotFoundError:
        return "no torch"
    return f"torch {torch.__version__} ({torch.get_num_threads()} threads)"


def torch_candidate(network, x, y):
    """The same gradient by PyTorch's autograd, checked against ours; nothing where torch is not installed."""
    try:
        import torch
    except ModuleNotFoundError:
        return {}
    weights = [torch.tensor(w, requires_grad=True) for w in network.weights]
    biases = [torch.tensor(b[:, 0], requires_grad=True) for b in network.biases]
    inputs, targets = torch.tensor(x.T.copy()), torch.tensor(y.T.copy())

    def gradient():
        a = inputs
        for w, b in zip(weights, biases, strict=True):
            a = torch.sigmoid(torch.nn.functional.linear(a, w, b))
        cost = ((a - targets) ** 2).sum() / (2 * len(inputs))
        return torch.autograd.grad(cost, [*weights, *biases])

    np.testing.assert_allclose(gradient()[0].numpy(), backprop(network, x, y)["w2"], rtol=1e-3, atol=1e-6)
    return {"torch": gradient}


if __name__ == "__main__":
    main()
