"""Layers in less usual forms: functions with a context, recurrent cells, clipped gradients, one size for all."""

from gradcheck.submissions.adapters import layers

CONTEXT = """
import numpy as np
class Function:
    pass
class Multiply(Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * y
    @staticmethod
    def backward(ctx, grad_output):
        x, y = ctx.saved_tensors
        return y * grad_output, x * grad_output
class Dot(Function):
    @staticmethod
    def forward(ctx, input, weight):
        ctx.input, ctx.weight = input, weight
        return input @ weight.T
    @staticmethod
    def backward(ctx, grad_output):
        return grad_output @ ctx.weight, grad_output.T @ ctx.input
"""
CELL = """
import numpy as np
class RNNCell:
    def __init__(self, input_size, hidden_size):
        self.W_ih = np.random.randn(hidden_size, input_size)
        self.W_hh = np.random.randn(hidden_size, hidden_size)
        self.b = np.zeros(hidden_size)
    def forward(self, x, h_prev):
        self.x, self.h_prev = x, h_prev
        self.h = np.tanh(x @ self.W_ih.T + h_prev @ self.W_hh.T + self.b)
        return self.h
    def backward(self, dh):
        dz = dh * (1 - self.h ** 2)
        self.dW_ih = dz.T @ self.x
        self.dW_hh = dz.T @ self.h_prev
        self.db = dz.sum(axis=0)
        return dz @ self.W_ih, dz @ self.W_hh
"""
GIVEN = """
import numpy as np
class Gates:
    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(Wx), np.zeros_like(Wh), np.zeros_like(b)]
    def forward(self, x, h_prev, c_prev):
        Wx, Wh, b = self.params
        z = x @ Wx + h_prev @ Wh + b
        c_next = np.tanh(z) + 0.5 * c_prev
        self.cache = (x, h_prev, z, c_next)
        return np.tanh(c_next), c_next
    def backward(self, dh_next, dc_next):
        Wx, Wh, b = self.params
        x, h_prev, z, c_next = self.cache
        dc = dc_next + dh_next * (1 - np.tanh(c_next) ** 2)
        dz = dc * (1 - np.tanh(z) ** 2)
        self.grads[0][...] = x.T @ dz
        self.grads[1][...] = h_prev.T @ dz
        self.grads[2][...] = dz.sum(axis=0)
        return dz @ Wx.T, dz @ Wh.T, 0.5 * dc
"""
SCALES = """
import numpy as np
class Scaling:
    def __init__(self, n_out):
        self.gamma, self.beta = np.ones(n_out), np.zeros(n_out)
    def forward(self, x):
        self.x = x
        return x * self.gamma + self.beta
    def backward(self, grad):
        self.gamma_grad = np.sum(grad * self.x, axis=0)
        self.beta_grad = np.sum(grad, axis=0)
        return grad * self.gamma
"""
CLIPPED = """
import numpy as np
class Recurrent:
    def __init__(self, input_size, output_size, hidden_size=64):
        self.Whh = np.random.randn(hidden_size, hidden_size) / 1000
        self.Wxh = np.random.randn(hidden_size, input_size) / 1000
        self.Why = np.random.randn(output_size, hidden_size) / 1000
        self.bh, self.by = np.zeros((hidden_size, 1)), np.zeros((output_size, 1))
    def forward(self, inputs):
        h = np.zeros((self.Whh.shape[0], 1))
        self.inputs, self.hs = inputs, {0: h}
        for i, x in enumerate(inputs):
            h = np.tanh(self.Wxh @ x + self.Whh @ h + self.bh)
            self.hs[i + 1] = h
        return self.Why @ h + self.by, h
    def backprop(self, d_y, learn_rate=2e-2):
        n = len(self.inputs)
        dWhy, dby = d_y @ self.hs[n].T, d_y
        dWhh, dWxh, dbh = np.zeros(self.Whh.shape), np.zeros(self.Wxh.shape), np.zeros(self.bh.shape)
        dh = self.Why.T @ d_y
        for t in reversed(range(n)):
            dz = (1 - self.hs[t + 1] ** 2) * dh
            dbh += dz
            dWhh += dz @ self.hs[t].T
            dWxh += dz @ self.inputs[t].T
            dh = self.Whh.T @ dz
        for d in [dWxh, dWhh, dWhy, dbh, dby]:
            np.clip(d, -1, 1, out=d)
        self.Whh -= learn_rate * dWhh
        self.Wxh -= learn_rate * dWxh
        self.Why -= learn_rate * dWhy
        self.bh -= learn_rate * dbh
        self.by -= learn_rate * dby
"""


def verdicts(results):
    """The verdict of every case in a word."""
    return {case: result.verdict.value for case, result in results.items()}


def test_functions_with_a_context(understood, cases_judged):
    """``forward(ctx, ...)`` and ``backward(ctx, ...)`` are called with a stand-in; each operand has a gradient."""
    assert verdicts(cases_judged(understood(layers, CONTEXT))) == {"Multiply.backward": "pass", "Dot.backward": "pass"}
    wrong = cases_judged(understood(layers, CONTEXT.replace("y * grad_output, x", "x * grad_output, x")))
    assert verdicts(wrong) == {"Multiply.backward": "fail", "Dot.backward": "pass"}
    assert "in x; y is right" in wrong["Multiply.backward"].reason


def test_a_recurrent_cell(understood, cases_judged):
    """The state before is an argument like the input; a recurrent weight taken for its transpose is found."""
    right = cases_judged(understood(layers, CELL))["RNNCell.backward"]
    assert [array.name for array in right.arrays] == ["x", "h_prev", "W_ih", "W_hh", "b"]
    assert right.verdict.value == "pass"
    wrong = cases_judged(understood(layers, CELL.replace("dz @ self.W_hh\n", "dz @ self.W_hh.T\n")))
    assert "in h_prev; x, W_ih, W_hh, b are right" in wrong["RNNCell.backward"].reason


def test_a_cell_with_two_states_that_is_given_its_weights(understood, cases_judged):
    """Two outputs have an upstream gradient each; weights come as arguments; a lost term is found."""
    assert verdicts(cases_judged(understood(layers, GIVEN))) == {"Gates.backward": "pass"}
    wrong = cases_judged(understood(layers, GIVEN.replace("dc = dc_next + dh_next", "dc = dh_next")))
    assert verdicts(wrong) == {"Gates.backward": "fail"}


def test_one_size_is_that_of_inputs_and_outputs(understood, cases_judged):
    """A layer that scales each input is built for the width of its input."""
    assert verdicts(cases_judged(understood(layers, SCALES))) == {"Scaling.backward": "pass"}
    wrong = cases_judged(understood(layers, SCALES.replace("np.sum(grad, axis=0)", "np.sum(grad)")))
    assert "The gradient of beta is f64[], the parameter f64[5]: it has been summed" in wrong["Scaling.backward"].reason


def test_a_clipped_gradient_is_checked_where_it_is_not_clipped(understood, cases_judged):
    """Clipping is by design, and said; a loop through time with the weights the wrong way round is not."""
    found = understood(layers, CLIPPED)
    assert verdicts(cases_judged(found)) == {"Recurrent.backprop": "pass"}
    assert any("clipped where it is large" in note for note in found.cases[0].info.notes)
    wrong = cases_judged(understood(layers, CLIPPED.replace("dh = self.Whh.T @ dz", "dh = self.Whh @ dz")))
    assert "in Whh, Wxh, bh; Why, by are right" in wrong["Recurrent.backprop"].reason


REMEMBERING = """
import numpy as np
class Cell:
    def __init__(self, n_out):
        self.n_out, self.W, self.U, self.h = n_out, None, None, None
    def forward(self, X):
        if self.W is None:
            self.W, self.U = np.random.randn(X.shape[1], self.n_out), np.random.randn(self.n_out, self.n_out)
            self.h = np.zeros((len(X), self.n_out))
        self.X, self.last = X, self.h
        self.h = np.tanh(X @ self.W + self.h @ self.U)
        return self.h
    def backward(self, grad):
        dz = grad * (1 - self.h ** 2)
        self.dW, self.dU = self.X.T @ dz, self.last.T @ dz
        return dz @ self.W.T
"""


def test_what_a_layer_remembers_of_the_pass_that_made_its_weights_is_constant(understood, cases_judged):
    """A cell that keeps its state is right, though the state comes from an input too."""
    assert verdicts(cases_judged(understood(layers, REMEMBERING))) == {"Cell.backward": "pass"}
    wrong = cases_judged(understood(layers, REMEMBERING.replace("dz @ self.W.T", "grad @ self.W.T")))
    assert verdicts(wrong) == {"Cell.backward": "fail"}
