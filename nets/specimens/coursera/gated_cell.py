import numpy as np
from rnn_utils import sigmoid, softmax

def gru_cell_forward(xt, a_prev, parameters):
    Wu, Wf, Wc = parameters["Wu"], parameters["Wf"], parameters["Wc"]
    bu, bf, bc = parameters["bu"], parameters["bf"], parameters["bc"]
    both = np.concatenate((a_prev, xt), axis=0)
    u = sigmoid(Wu @ both + bu)
    r = sigmoid(Wf @ both + bf)
    gated = np.concatenate((r * a_prev, xt), axis=0)
    c = np.tanh(Wc @ gated + bc)
    a_next = u * a_prev + (1 - u) * c
    y = softmax(parameters["Wy"] @ a_next + parameters["by"])
    return a_next, y, (xt, a_prev, both, gated, u, r, c, parameters)

def gru_cell_backward(da_next, cache):
    xt, a_prev, both, gated, u, r, c, parameters = cache
    n = a_prev.shape[0]
    dc = da_next * (1 - u) * (1 - c ** 2)
    dgated = parameters["Wc"].T @ dc
    dr = dgated[:n] * a_prev * r * (1 - r)
    du = da_next * (a_prev - c) * u * (1 - u)
    dboth = parameters["Wu"].T @ du + parameters["Wf"].T @ dr
    return {
        "dxt": dgated[n:] + dboth[n:],
        "da_prev": da_next * u + dgated[:n] * r + dboth[:n],
        "dWu": du @ both.T, "dWf": dr @ both.T, "dWc": dc @ gated.T,
        "dbu": du.sum(axis=1, keepdims=True), "dbf": dr.sum(axis=1, keepdims=True), "dbc": dc.sum(axis=1, keepdims=True),
    }
