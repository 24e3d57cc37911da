"""Fully connected layers, activations, normalisation and dropout; rows are examples."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Options = MutableMapping[str, Any]


def affine_forward(x: Array, w: Array, b: Array) -> tuple[Array, Any]:
    """x w + b, each example flattened."""
    return x.reshape(len(x), -1) @ w + b, (x, w)


def affine_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """∂C/∂x, ∂C/∂w, ∂C/∂b."""
    x, w = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


def relu_forward(x: Array) -> tuple[Array, Array]:
    """max(0, x)."""
    return np.maximum(x, 0), x


def relu_backward(dout: Array, cache: Array) -> Array:
    """The slope is 1 where x is positive."""
    return dout * (cache > 0)


def batchnorm_forward(x: Array, gamma: Array, beta: Array, bn_param: Options) -> tuple[Array, Any]:
    """Each feature by its mean and variance over the examples; running averages of both at test time."""
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean, variance = (
        bn_param.get("running_mean", np.zeros(x.shape[1])),
        bn_param.get("running_var", np.zeros(x.shape[1])),
    )
    if bn_param.get("mode", "train") == "test":
        return gamma * (x - mean) / np.sqrt(variance + eps) + beta, None
    bn_param["running_mean"] = momentum * mean + (1 - momentum) * x.mean(axis=0)
    bn_param["running_var"] = momentum * variance + (1 - momentum) * x.var(axis=0)
    deviation = np.sqrt(x.var(axis=0) + eps)
    normal = (x - x.mean(axis=0)) / deviation
    return gamma * normal + beta, (normal, deviation, gamma)


def batchnorm_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """∂C/∂x, ∂C/∂γ, ∂C/∂β."""
    normal, deviation, gamma = cache
    slope = dout * gamma
    dx = (slope - slope.mean(axis=0) - normal * (slope * normal).mean(axis=0)) / deviation
    return dx, (dout * normal).sum(axis=0), dout.sum(axis=0)


def layernorm_forward(x: Array, gamma: Array, beta: Array, ln_param: Options) -> tuple[Array, Any]:
    """Each example by its own mean and variance over the features."""
    deviation = np.sqrt(x.var(axis=1, keepdims=True) + ln_param.get("eps", 1e-5))
    normal = (x - x.mean(axis=1, keepdims=True)) / deviation
    return gamma * normal + beta, (normal, deviation, gamma)


def layernorm_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """∂C/∂x, ∂C/∂γ, ∂C/∂β."""
    normal, deviation, gamma = cache
    slope = dout * gamma
    centred = slope - slope.mean(axis=1, keepdims=True)
    dx = (centred - normal * (slope * normal).mean(axis=1, keepdims=True)) / deviation
    return dx, (dout * normal).sum(axis=0), dout.sum(axis=0)


def dropout_forward(x: Array, dropout_param: Options) -> tuple[Array, Any]:
    """Inverted dropout that keeps a neuron with probability ``p``."""
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])  # noqa: NPY002 - the course's own generator
    if dropout_param.get("mode", "train") == "test":
        return x, 1.0
    keep = dropout_param["p"]
    mask = (np.random.rand(*x.shape) < keep) / keep  # noqa: NPY002
    return x * mask, mask


def dropout_backward(dout: Array, cache: Any) -> Array:
    """Through the same mask."""
    return dout * cache


def affine_relu_forward(x: Array, w: Array, b: Array) -> tuple[Array, Any]:
    """A fully connected layer and its ReLU."""
    z, first = affine_forward(x, w, b)
    out, second = relu_forward(z)
    return out, (first, second)


def affine_relu_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """∂C/∂x, ∂C/∂w, ∂C/∂b."""
    first, second = cache
    return affine_backward(relu_backward(dout, second), first)


def affine_bn_relu_forward(  # noqa: PLR0917  the course's signature
    x: Array, w: Array, b: Array, gamma: Array, beta: Array, bn_param: Options
) -> tuple[Array, Any]:
    """The same with batch normalisation between them."""
    z, first = affine_forward(x, w, b)
    normal, second = batchnorm_forward(z, gamma, beta, bn_param)
    out, third = relu_forward(normal)
    return out, (first, second, third)


def affine_bn_relu_backward(dout: Array, cache: Any) -> tuple[Array, ...]:
    """∂C/∂x, ∂C/∂w, ∂C/∂b, ∂C/∂γ, ∂C/∂β."""
    first, second, third = cache
    dz, dgamma, dbeta = batchnorm_backward(relu_backward(dout, third), second)
    return (*affine_backward(dz, first), dgamma, dbeta)


OTHER_NAMES = {"batchnorm_backward_alt": batchnorm_backward}
