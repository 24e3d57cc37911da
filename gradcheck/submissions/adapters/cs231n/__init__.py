"""CS231n's interfaces: ``params`` and ``loss`` in a class, ``*_forward`` and ``*_backward`` with a cache."""

from __future__ import annotations

from gradcheck.submissions.adapters.common.building import own
from gradcheck.submissions.adapters.cs231n.classes import find_classes
from gradcheck.submissions.adapters.cs231n.losses import find_losses
from gradcheck.submissions.adapters.cs231n.pairs import find_pairs
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.subjects import Found, Hints

FAMILY = "cs231n"


def find(loaded: LoadedModule, hints: Hints) -> Found:
    """Classes with ``params`` and ``loss``, pairs of layer functions, and loss functions of W, X, y and λ."""
    wanted = own(loaded)
    classes = find_classes(wanted, hints, loaded.source)
    layers = [*find_pairs(loaded.namespace, wanted, loaded.source), *find_losses(wanted, loaded.source)]
    cases = (*classes.cases, *(case for case, _ in layers if case is not None))
    unfinished = (*classes.unfinished, *(sentence for _, sentence in layers if sentence))
    remarks = [f"not checked: {sentence}" for sentence in unfinished if classes.models or cases]
    return Found(classes.models, cases, (*classes.notes, *remarks), unfinished)
