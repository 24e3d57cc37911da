"""Layer objects and scripts: programs whose backward pass is spread over classes, or over no class at all."""

from __future__ import annotations

from gradcheck.suite.sources.skeletons import cost_of, forward_lines, helpers, indented, places
from gradcheck.suite.sources.steps import Steps


def layer_objects(s: Steps) -> str:
    """A class for each layer with ``forward`` and ``backward``, which keeps its gradients, and one for the cost."""
    layers = "\n\n".join(_layer(s, k) for k in places(s))
    w = s.writing
    out = w.act(s.last)
    return f"""{helpers(w)}

{layers}

class Cost:
    def forward(self, output, target):
        {w.x} = {out} = output
        {w.y} = target
        return {cost_of(w, out)}

    def backward(self):
        return {s.back[s.last]}
"""


def _layer(s: Steps, k: int) -> str:
    w = s.writing
    arriving = w.x if k == 1 else f"{w.act(k - 1)} = {w.x}"
    passed = s.back[k - 1] if k > 1 else f"np.dot({w.d.format(k=1)}, {w.w.format(k=1)}.T)"
    error = f"grad * {s.slope[k]}" if s.slope[k] else "grad"
    backward = [
        f"{w.d.format(k=k)} = {error}",
        f"{w.dw.format(k=k)} = {s.weights[k].replace(s.back[k], 'grad')}",
        f"{w.db.format(k=k)} = {s.biases[k].replace(s.back[k], 'grad')}",
        *s.after.get(k, []),
    ]
    return f"""
class Layer{k}:
    def __init__(self, n_in, n_out):
        {w.w.format(k=k)} = np.random.randn(n_in, n_out) * 0.3
        {w.b.format(k=k)} = np.zeros((1, n_out))

    def forward(self, inputs):
        {arriving} = inputs
{indented(w.forward(k, s.last), 8)}
        return {w.act(k)}

    def backward(self, grad):
{indented(backward, 8)}
        return {passed}
"""


def training_script(s: Steps) -> str:
    """No class and no function but the slope: weights in global names and a loop that trains them."""
    w = s.writing
    sizes = (3, 5, 2) if s.last == 2 else (3, 6, 5, 2)
    made = [f"{w.w.format(k=k)} = 0.5 * np.random.randn({sizes[k - 1]}, {sizes[k]})" for k in places(s)]
    made += [f"{w.b.format(k=k)} = np.zeros((1, {sizes[k]}))" for k in places(s)]
    update = [f"{w.w.format(k=k)} -= lr * {w.dw.format(k=k)}" for k in places(s)]
    update += [f"{w.b.format(k=k)} -= lr * {w.db.format(k=k)}" for k in places(s)]
    return f"""{helpers(w)}

np.random.seed(1)
{w.x} = np.random.randn(7, {sizes[0]})
{w.y} = (np.random.rand(7, {sizes[-1]}) > 0.5) * 1.0
lr = 0.05
{indented(made, 0)}

for epoch in range(3000):
{indented(forward_lines(s), 4)}
{indented(s.lines(), 4)}
{indented(update, 4)}
    if epoch % 500 == 0:
        print(epoch, np.mean(np.abs({w.y} - {w.act(s.last)})))
"""


def training_function(s: Steps) -> str:
    """One function that makes the weights, trains and returns them."""
    w = s.writing
    sizes = ["X.shape[1]", *[f"n_hidden_{k}" for k in range(1, s.last)], "Y.shape[1]"]
    made = [f"{w.w.format(k=k)} = 0.5 * np.random.randn({sizes[k - 1]}, {sizes[k]})" for k in places(s)]
    made += [f"{w.b.format(k=k)} = np.zeros((1, {sizes[k]}))" for k in places(s)]
    update = [f"{w.w.format(k=k)} = {w.w.format(k=k)} - learning_rate * {w.dw.format(k=k)}" for k in places(s)]
    update += [f"{w.b.format(k=k)} = {w.b.format(k=k)} - learning_rate * {w.db.format(k=k)}" for k in places(s)]
    arrays = ", ".join(f"{w.w.format(k=k)}, {w.b.format(k=k)}" for k in places(s))
    return f"""{helpers(w)}

def forward({w.x}, {arrays}):
{indented(forward_lines(s), 4)}
    return {w.act(s.last)}


def train({w.x}, {w.y}, {", ".join(f"{size}=4" for size in sizes[1:-1])}, epochs=1000, learning_rate=0.1):
{indented(made, 4)}
    for epoch in range(epochs):
{indented(forward_lines(s), 8)}
{indented(s.lines(), 8)}
{indented(update, 8)}
    return {arrays}
"""


def cost_and_gradient(s: Steps) -> str:
    """Two functions of a dictionary of arrays, with the data as constants of the file."""
    w = s.writing
    sizes = (3, 5, 2) if s.last == 2 else (3, 6, 5, 2)
    made = [f"'W{k}': 0.5 * rng.normal(size=({sizes[k]}, {sizes[k - 1]}))" for k in places(s)]
    made += [f"'b{k}': 0.1 * rng.normal(size=({sizes[k]}, 1))" for k in places(s)]
    take = [f"{w.w.format(k=k)}, {w.b.format(k=k)} = p['W{k}'], p['b{k}']" for k in places(s)]
    grads = ", ".join(f"'W{k}': {w.dw.format(k=k)}, 'b{k}': {w.db.format(k=k)}" for k in places(s))
    return f"""{helpers(w)}
rng = np.random.default_rng(3)
{w.x} = rng.normal(size=({sizes[0]}, 7))
{w.y} = (rng.random(({sizes[-1]}, 7)) > 0.5) * 1.0
at = {{{", ".join(made)}}}


def cost(p):
{indented(take, 4)}
{indented(forward_lines(s), 4)}
    return {cost_of(w, w.act(s.last))}


def gradient(p):
{indented(take, 4)}
{indented(forward_lines(s), 4)}
{indented(s.lines(), 4)}
    return {{{grads}}}
"""
