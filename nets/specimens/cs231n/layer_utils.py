from layers import *


def affine_relu_forward(x, w, b):
    a, fc_cache = affine_forward(x, w, b)
    out, relu_cache = relu_forward(a)
    return out, (fc_cache, relu_cache)


def affine_relu_backward(dout, cache):
    fc_cache, relu_cache = cache
    da = relu_backward(dout, relu_cache)
    return affine_backward(da, fc_cache)


def affine_bn_relu_forward(x, w, b, gamma, beta, bn_param):
    a, c1 = affine_forward(x, w, b)
    n, c2 = batchnorm_forward(a, gamma, beta, bn_param)
    out, c3 = relu_forward(n)
    return out, (c1, c2, c3)


def affine_bn_relu_backward(dout, cache):
    c1, c2, c3 = cache
    d = relu_backward(dout, c3)
    d, dgamma, dbeta = batchnorm_backward(d, c2)
    dx, dw, db = affine_backward(d, c1)
    return dx, dw, db, dgamma, dbeta


def conv_relu_forward(x, w, b, conv_param):
    a, c1 = conv_forward_naive(x, w, b, conv_param)
    out, c2 = relu_forward(a)
    return out, (c1, c2)


def conv_relu_backward(dout, cache):
    c1, c2 = cache
    return conv_backward_naive(relu_backward(dout, c2), c1)
