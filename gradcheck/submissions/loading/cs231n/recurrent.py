"""Recurrent layers: (N, D) a step, (N, T, D) a sequence; h is (N, H)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.loading.cs231n.losses import softmax_loss

Array = NDArray[Any]


def sigmoid(x: Array) -> Array:
    """The logistic function, without overflow."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small)


def rnn_step_forward(x: Array, prev_h: Array, Wx: Array, Wh: Array, b: Array) -> tuple[Array, Any]:
    """tanh(x Wx + h Wh + b)."""
    h = np.tanh(x @ Wx + prev_h @ Wh + b)
    return h, (x, prev_h, Wx, Wh, h)


def rnn_step_backward(dnext_h: Array, cache: Any) -> tuple[Array, ...]:
    """∂C/∂x, ∂C/∂h, ∂C/∂Wx, ∂C/∂Wh, ∂C/∂b."""
    x, prev_h, Wx, Wh, h = cache
    return _through((x, prev_h, Wx, Wh), dnext_h * (1 - h**2))


def _through(step: Any, dz: Array) -> tuple[Array, ...]:
    """Through z = x Wx + h Wh + b."""
    x, prev_h, Wx, Wh = step
    return dz @ Wx.T, dz @ Wh.T, x.T @ dz, prev_h.T @ dz, dz.sum(axis=0)


def rnn_forward(x: Array, h0: Array, Wx: Array, Wh: Array, b: Array) -> tuple[Array, Any]:
    """Every step of a sequence."""
    h, steps, states = h0, [], []
    for t in range(x.shape[1]):
        h, step = rnn_step_forward(x[:, t], h, Wx, Wh, b)
        steps.append(step)
        states.append(h)
    return np.stack(states, axis=1), steps


def rnn_backward(dh: Array, cache: Any) -> tuple[Array, ...]:
    """∂C/∂x, ∂C/∂h₀, ∂C/∂Wx, ∂C/∂Wh, ∂C/∂b."""
    carried, dx, shared = np.zeros_like(dh[:, 0]), list[Array](), []
    for t in reversed(range(dh.shape[1])):
        step_dx, carried, *rest = rnn_step_backward(dh[:, t] + carried, cache[t])
        dx.insert(0, step_dx)
        shared.append(rest)
    return (np.stack(dx, axis=1), carried, *(sum(parts) for parts in zip(*shared, strict=True)))


def lstm_step_forward(  # noqa: PLR0917  the course's signature
    x: Array, prev_h: Array, prev_c: Array, Wx: Array, Wh: Array, b: Array
) -> tuple[Array, Array, Any]:
    """One step of an LSTM; the gates lie side by side as i, f, o, g."""
    z = x @ Wx + prev_h @ Wh + b
    width = prev_h.shape[1]
    i, f, o = (sigmoid(z[:, k * width : (k + 1) * width]) for k in range(3))
    g = np.tanh(z[:, 3 * width :])
    c = f * prev_c + i * g
    return o * np.tanh(c), c, ((x, prev_h, Wx, Wh), (i, f, o, g), prev_c, np.tanh(c))


def lstm_step_backward(dnext_h: Array, dnext_c: Array, cache: Any) -> tuple[Array, ...]:
    """∂C/∂x, ∂C/∂h, ∂C/∂c, ∂C/∂Wx, ∂C/∂Wh, ∂C/∂b."""
    step, (i, f, o, g), prev_c, tanh_c = cache
    dc = dnext_c + dnext_h * o * (1 - tanh_c**2)
    gates = (dc * g * i * (1 - i), dc * prev_c * f * (1 - f), dnext_h * tanh_c * o * (1 - o), dc * i * (1 - g**2))
    dx, dh, *rest = _through(step, np.hstack(gates))
    return (dx, dh, dc * f, *rest)


def lstm_forward(x: Array, h0: Array, Wx: Array, Wh: Array, b: Array) -> tuple[Array, Any]:
    """Every step of a sequence, from a cell of zeros."""
    h, c, steps, states = h0, np.zeros_like(h0), [], []
    for t in range(x.shape[1]):
        h, c, step = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)
        steps.append(step)
        states.append(h)
    return np.stack(states, axis=1), steps


def lstm_backward(dh: Array, cache: Any) -> tuple[Array, ...]:
    """∂C/∂x, ∂C/∂h₀, ∂C/∂Wx, ∂C/∂Wh, ∂C/∂b."""
    carried, cell = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    dx, shared = list[Array](), []
    for t in reversed(range(dh.shape[1])):
        step_dx, carried, cell, *rest = lstm_step_backward(dh[:, t] + carried, cell, cache[t])
        dx.insert(0, step_dx)
        shared.append(rest)
    return (np.stack(dx, axis=1), carried, *(sum(parts) for parts in zip(*shared, strict=True)))


def word_embedding_forward(x: Array, W: Array) -> tuple[Array, Any]:
    """The vectors of words."""
    return W[x], (x, W.shape)


def word_embedding_backward(dout: Array, cache: Any) -> Array:
    """A word that occurs twice is added twice."""
    x, shape = cache
    dW = np.zeros(shape, dtype=dout.dtype)
    np.add.at(dW, x, dout)
    return dW


def temporal_affine_forward(x: Array, w: Array, b: Array) -> tuple[Array, Any]:
    """x w + b at every step."""
    return x @ w + b, (x, w)


def temporal_affine_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """∂C/∂x, ∂C/∂w, ∂C/∂b."""
    x, w = cache
    flat = dout.reshape(-1, dout.shape[-1])
    return dout @ w.T, x.reshape(-1, x.shape[-1]).T @ flat, flat.sum(axis=0)


def temporal_softmax_loss(x: Array, y: Array, mask: Array, verbose: bool = False) -> tuple[float, Array]:
    """The softmax loss summed over the steps that *mask* keeps, divided by the number of sequences."""
    count = len(x)
    kept = np.asarray(mask).reshape(-1).astype(bool)
    dx = np.zeros_like(x).reshape(-1, x.shape[-1])
    scores = x.reshape(dx.shape)[kept]
    loss, dscores = softmax_loss(scores, np.reshape(y, -1)[kept])
    dx[kept] = dscores * (len(scores) / count)
    return loss * len(scores) / count, dx.reshape(x.shape)
