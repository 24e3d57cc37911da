"""The authors of the programs: one of every family at least."""

from __future__ import annotations

from gradcheck.suite.sources.objects import cost_and_gradient, layer_objects, training_function, training_script
from gradcheck.suite.sources.skeletons import (
    Style,
    attributes,
    dictionary_functions,
    flat_vector,
    learning_step,
    lists_of_arrays,
    loss_and_grads,
)
from gradcheck.suite.sources.writing import Writing

STYLES: tuple[Style, ...] = (
    Style("one example, columns", "chapter", Writing(columns=True), 3, lists_of_arrays),
    Style("cross-entropy, formula", "chapter",
          Writing(columns=True, hidden="tanh", cost="cross_entropy", slopes="formula", mean=True), 2, lists_of_arrays),
    Style("rows, attributes", "attributes",
          Writing(columns=False, hidden="tanh", output="softmax", cost="log_likelihood", mean=True,
                  w="self.W{k}", b="self.b{k}", x="X", y="T"), 3, attributes),
    Style("rows, relu, quadratic", "attributes",
          Writing(columns=False, hidden="relu", output="identity", mean=True,
                  w="self.W{k}", b="self.b{k}", x="X", y="Y"), 2, attributes),
    Style("parameters dictionary", "coursera",
          Writing(columns=True, hidden="tanh", cost="cross_entropy", mean=True, slopes="formula", w="W{k}", b="b{k}",
                  z="Z{k}", a="A{k}", d="dZ{k}", x="X", y="Y", dw="dW{k}"), 2, dictionary_functions),
    Style("params and loss", "cs231n",
          Writing(columns=False, hidden="relu", output="softmax", cost="log_likelihood", mean=True, w="W{k}", b="b{k}",
                  x="X", y="onehot", z="s{k}", a="h{k}", d="ds{k}", keepdims=False, l2="reg"), 2, loss_and_grads),
    Style("train in place", "train",
          Writing(columns=False, slopes="formula", w="self.w{k}", b="self.bias{k}", x="X", y="y", mean=False), 2,
          learning_step),
    Style("flat theta", "flat",
          Writing(columns=True, cost="cross_entropy", mean=True, w="W{k}", b="b{k}", x="X", y="Y"), 2, flat_vector),
    Style("layer objects", "layers",
          Writing(columns=False, hidden="tanh", w="self.weights{k}", b="self.bias{k}", x="self.x", y="self.y",
                  z="self.z{k}", a="self.a{k}", dw="self.dweights{k}", db="self.dbias{k}"), 2, layer_objects),
    Style("layer objects, formula", "layers",
          Writing(columns=False, slopes="formula", mean=True, w="self.W{k}", b="self.b{k}", x="self.inputs",
                  y="self.target", z="self.Z{k}", a="self.A{k}", dw="self.dW{k}", db="self.db{k}"), 2, layer_objects),
    Style("script", "train",
          Writing(columns=False, slopes="formula", w="w{k}", b="b{k}", x="X", y="Y", a="layer{k}", d="delta{k}"), 2,
          training_script),
    Style("script, two hidden layers", "train",
          Writing(columns=False, hidden="tanh", mean=True, w="W{k}", b="b{k}", x="X", y="Y", z="Z{k}", a="A{k}",
                  d="dZ{k}", dw="dW{k}"), 3, training_script),
    Style("training function", "train",
          Writing(columns=False, hidden="tanh", output="softmax", cost="log_likelihood", mean=True, w="W{k}", b="b{k}",
                  x="X", y="Y"), 2, training_function),
    Style("cost and gradient", "plain",
          Writing(columns=True, hidden="tanh", cost="cross_entropy", mean=True, x="X", y="Y"), 2, cost_and_gradient),
)  # fmt: skip
"""Authors. Engines have expressions and no layers, and are not written here."""
