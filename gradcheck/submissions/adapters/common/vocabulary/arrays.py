"""What people call the arrays of a network: biases, gradients, and what is neither weights nor output."""

from __future__ import annotations

from gradcheck.submissions.adapters.common.vocabulary.names import names

BIASES = names(likely=r"b\d* b[a-z0-9]{1,2} .*bias.* .*sesgo.* .*shift.* .*offset.* .*thresh.* .*biais.*")
"""Arrays that are added, not multiplied."""

WEIGHTS = names(likely=r"w[a-z]?\d* .*weights?[a-z]?\d* .*(theta|coef|synap|pesos?|poids|gewicht).*")
"""Arrays that inputs are multiplied by."""

GRADIENT = names(likely=".*grad.* deriv.* d g adj adjoint bar delta dval d.*dself .*gradiente.* error diff")
"""Where gradients are kept."""

NOT_WEIGHTS = names(likely=".*(grad|delta|nabla|veloc|moment|prev|last|cache|adam|old|change).* d[wb].*")
"""Arrays that are made from weights."""

NOT_OUTPUT = names(likely=".*(slope|deriv|prime|delta|grad|error|loss|cost|diff).* d.*")
"""Arrays of the output's size that are not it."""
