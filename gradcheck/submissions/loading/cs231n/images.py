"""Layers of images (N, C, H, W): convolution, pooling, normalisation, and the course's ways to unroll windows."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.submissions.loading.cs231n.dense import (
    batchnorm_backward,
    batchnorm_forward,
    relu_backward,
    relu_forward,
)

Array = NDArray[Any]
Options = MutableMapping[str, Any]


def get_im2col_indices(
    x_shape: tuple[int, ...], field_height: int, field_width: int, padding: int = 1, stride: int = 1
) -> tuple[Array, Array, Array]:
    """Channel, row and column of every entry (a row each) of every window (a column each)."""
    _, channels, height, width = x_shape
    rows = stride * np.arange((height + 2 * padding - field_height) // stride + 1)
    columns = stride * np.arange((width + 2 * padding - field_width) // stride + 1)
    k, i, j = (grid.reshape(-1, 1) for grid in np.indices((channels, field_height, field_width)))
    return k, i + np.repeat(rows, len(columns)), j + np.tile(columns, len(rows))


def im2col_indices(x: Array, field_height: int, field_width: int, padding: int = 1, stride: int = 1) -> Array:
    """Every window of every image as a column; the images of one window lie side by side."""
    k, i, j = get_im2col_indices(x.shape, field_height, field_width, padding, stride)
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    return padded[:, k, i, j].transpose(1, 2, 0).reshape(len(k), -1)


def col2im_indices(  # noqa: PLR0917  the course's signature
    cols: Array,
    x_shape: tuple[int, ...],
    field_height: int = 3,
    field_width: int = 3,
    padding: int = 1,
    stride: int = 1,
) -> Array:
    """The adjoint: every column added where it came from."""
    n, channels, height, width = x_shape
    places = [
        (size + 2 * padding - field) // stride + 1 for size, field in ((height, field_height), (width, field_width))
    ]
    parts = cols.reshape(channels, field_height, field_width, *places, n).transpose(1, 2, 5, 0, 3, 4)
    padded = np.zeros((n, channels, height + 2 * padding, width + 2 * padding), dtype=cols.dtype)
    for i in range(field_height):
        for j in range(field_width):
            padded[:, :, i : i + stride * places[0] : stride, j : j + stride * places[1] : stride] += parts[i, j]
    return padded[:, :, padding : padding + height, padding : padding + width]


def im2col_cython(x: Array, field_height: int, field_width: int, padding: int, stride: int) -> Array:
    """``im2col_indices``."""
    return im2col_indices(x, field_height, field_width, padding, stride)


def col2im_cython(cols: Array, N: int, C: int, H: int, W: int, *window: int) -> Array:
    """``col2im_indices``; *window* is height, width, padding, stride."""
    return col2im_indices(cols, (N, C, H, W), *window)


def col2im_6d_cython(cols: Array, N: int, C: int, H: int, W: int, *window: int) -> Array:
    """The same for columns (C, height, width, N, rows, columns)."""
    return col2im_indices(
        cols.transpose(0, 1, 2, 4, 5, 3).reshape(C * window[0] * window[1], -1), (N, C, H, W), *window
    )


def conv_forward_naive(x: Array, w: Array, b: Array, conv_param: Options) -> tuple[Array, Any]:
    """Cross-correlation of (N, C, H, W) with filters (F, C, HH, WW)."""
    n, _, height, width = x.shape
    pad, stride = conv_param["pad"], conv_param["stride"]
    columns = im2col_indices(x, w.shape[2], w.shape[3], pad, stride)
    places = [(size + 2 * pad - field) // stride + 1 for size, field in zip((height, width), w.shape[2:], strict=True)]
    out = w.reshape(len(w), -1) @ columns + np.reshape(b, (-1, 1))
    return out.reshape(len(w), *places, n).transpose(3, 0, 1, 2), (x.shape, w, columns, pad, stride)


def conv_backward_naive(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """∂C/∂x, ∂C/∂w, ∂C/∂b."""
    shape, w, columns, pad, stride = cache
    error = dout.transpose(1, 2, 3, 0).reshape(len(w), -1)
    dx = col2im_indices(w.reshape(len(w), -1).T @ error, shape, w.shape[2], w.shape[3], pad, stride)
    return dx, (error @ columns.T).reshape(w.shape), dout.sum(axis=(0, 2, 3))


def max_pool_forward_naive(x: Array, pool_param: Options) -> tuple[Array, Any]:
    """The largest entry of each window."""
    n, channels, height, width = x.shape
    field = pool_param["pool_height"], pool_param["pool_width"]
    stride = pool_param["stride"]
    columns = im2col_indices(x.reshape(n * channels, 1, height, width), field[0], field[1], 0, stride)
    places = [(size - f) // stride + 1 for size, f in zip((height, width), field, strict=True)]
    largest = columns.argmax(axis=0)
    out = columns[largest, np.arange(len(largest))].reshape(*places, n, channels).transpose(2, 3, 0, 1)
    return out, (x.shape, field, stride, columns.shape, largest)


def max_pool_backward_naive(dout: Array, cache: Any) -> Array:
    """All of it to the entry that was largest."""
    (n, channels, height, width), field, stride, shape, largest = cache
    columns = np.zeros(shape, dtype=dout.dtype)
    columns[largest, np.arange(len(largest))] = dout.transpose(2, 3, 0, 1).reshape(-1)
    return col2im_indices(columns, (n * channels, 1, height, width), field[0], field[1], 0, stride).reshape(
        n, channels, height, width
    )


def spatial_batchnorm_forward(x: Array, gamma: Array, beta: Array, bn_param: Options) -> tuple[Array, Any]:
    """Each channel by its mean and variance over examples and places."""
    rows = x.transpose(0, 2, 3, 1)
    out, cache = batchnorm_forward(rows.reshape(-1, x.shape[1]), gamma, beta, bn_param)
    return out.reshape(rows.shape).transpose(0, 3, 1, 2), cache


def spatial_batchnorm_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """∂C/∂x, ∂C/∂γ, ∂C/∂β."""
    rows = dout.transpose(0, 2, 3, 1)
    dx, dgamma, dbeta = batchnorm_backward(rows.reshape(-1, dout.shape[1]), cache)
    return dx.reshape(rows.shape).transpose(0, 3, 1, 2), dgamma, dbeta


def spatial_groupnorm_forward(x: Array, gamma: Array, beta: Array, G: int, gn_param: Options) -> tuple[Array, Any]:
    """Each of G groups of channels of an example by its own mean and variance."""
    groups = x.reshape(len(x), G, -1)
    deviation = np.sqrt(groups.var(axis=2, keepdims=True) + gn_param.get("eps", 1e-5))
    normal = (groups - groups.mean(axis=2, keepdims=True)) / deviation
    return gamma * normal.reshape(x.shape) + beta, (normal, deviation, gamma)


def spatial_groupnorm_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """∂C/∂x, ∂C/∂γ, ∂C/∂β."""
    normal, deviation, gamma = cache
    slope = (dout * gamma).reshape(normal.shape)
    centred = slope - slope.mean(axis=2, keepdims=True)
    dx = (centred - normal * (slope * normal).mean(axis=2, keepdims=True)) / deviation
    dgamma = (dout * normal.reshape(dout.shape)).sum(axis=(0, 2, 3), keepdims=True)
    return dx.reshape(dout.shape), dgamma, dout.sum(axis=(0, 2, 3), keepdims=True)


def conv_relu_forward(x: Array, w: Array, b: Array, conv_param: Options) -> tuple[Array, Any]:
    """A convolution and its ReLU."""
    z, first = conv_forward_naive(x, w, b, conv_param)
    out, second = relu_forward(z)
    return out, (first, second)


def conv_relu_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """∂C/∂x, ∂C/∂w, ∂C/∂b."""
    first, second = cache
    return conv_backward_naive(relu_backward(dout, second), first)


def conv_bn_relu_forward(  # noqa: PLR0917  the course's signature
    x: Array, w: Array, b: Array, gamma: Array, beta: Array, conv_param: Options, bn_param: Options
) -> tuple[Array, Any]:
    """The same with batch normalisation between them."""
    z, first = conv_forward_naive(x, w, b, conv_param)
    normal, second = spatial_batchnorm_forward(z, gamma, beta, bn_param)
    out, third = relu_forward(normal)
    return out, (first, second, third)


def conv_bn_relu_backward(dout: Array, cache: Any) -> tuple[Array, ...]:
    """∂C/∂x, ∂C/∂w, ∂C/∂b, ∂C/∂γ, ∂C/∂β."""
    first, second, third = cache
    dz, dgamma, dbeta = spatial_batchnorm_backward(relu_backward(dout, third), second)
    return (*conv_backward_naive(dz, first), dgamma, dbeta)


def conv_relu_pool_forward(x: Array, w: Array, b: Array, conv_param: Options, pool_param: Options) -> tuple[Array, Any]:
    """A convolution, its ReLU, and pooling."""
    a, first = conv_relu_forward(x, w, b, conv_param)
    out, second = max_pool_forward_naive(a, pool_param)
    return out, (first, second)


def conv_relu_pool_backward(dout: Array, cache: Any) -> tuple[Array, Array, Array]:
    """∂C/∂x, ∂C/∂w, ∂C/∂b."""
    first, second = cache
    return conv_relu_backward(max_pool_backward_naive(dout, second), first)


OTHER_NAMES = {
    f"{kind}_{way}_{variant}": function
    for kind, way, function, variants in (
        ("conv", "forward", conv_forward_naive, ("fast", "im2col", "strides")),
        ("conv", "backward", conv_backward_naive, ("fast", "im2col", "strides")),
        ("max_pool", "forward", max_pool_forward_naive, ("fast", "im2col", "reshape")),
        ("max_pool", "backward", max_pool_backward_naive, ("fast", "im2col", "reshape")),
    )
    for variant in variants
}
