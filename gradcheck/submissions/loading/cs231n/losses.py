"""Losses of scores, and of linear classifiers; labels are numbers of classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def softmax_loss(x: Array, y: Array) -> tuple[float, Array]:
    """Mean of −ln of the true class's softmax, and its gradient by the scores."""
    rows = np.arange(len(x))
    shifted = x - x.max(axis=1, keepdims=True)
    logarithm = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dx = np.exp(logarithm)
    dx[rows, y] -= 1
    return float(-logarithm[rows, y].mean()), dx / len(x)


def svm_loss(x: Array, y: Array) -> tuple[float, Array]:
    """Mean of Σ max(0, 1 + score − true score), and its gradient by the scores."""
    rows = np.arange(len(x))
    margins = np.maximum(0, x - x[rows, y][:, None] + 1)
    margins[rows, y] = 0
    dx = (margins > 0).astype(x.dtype)
    dx[rows, y] = -dx.sum(axis=1)
    return float(margins.sum() / len(x)), dx / len(x)


def _linear(loss: Any, W: Array, X: Array, y: Array, reg: float) -> tuple[float, Array]:
    value, dscores = loss(X @ W, y)
    return value + reg * float(np.sum(W * W)), X.T @ dscores + 2 * reg * W


def svm_loss_naive(W: Array, X: Array, y: Array, reg: float) -> tuple[float, Array]:
    """The SVM loss of a linear classifier with λ Σ w², and its gradient by W."""
    return _linear(svm_loss, W, X, y, reg)


def svm_loss_vectorized(W: Array, X: Array, y: Array, reg: float) -> tuple[float, Array]:
    """The same."""
    return _linear(svm_loss, W, X, y, reg)


def softmax_loss_naive(W: Array, X: Array, y: Array, reg: float) -> tuple[float, Array]:
    """The softmax loss of a linear classifier with λ Σ w², and its gradient by W."""
    return _linear(softmax_loss, W, X, y, reg)


def softmax_loss_vectorized(W: Array, X: Array, y: Array, reg: float) -> tuple[float, Array]:
    """The same."""
    return _linear(softmax_loss, W, X, y, reg)
