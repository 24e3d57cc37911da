"""Andrew Ng's interfaces: functions on a dictionary W1, b1, W2... with a forward, a cost and a backward function."""

from __future__ import annotations

from gradcheck.submissions.adapters.common.building import own
from gradcheck.submissions.adapters.common.costed import Costed
from gradcheck.submissions.adapters.common.posed.finding import find_posed
from gradcheck.submissions.adapters.coursera.cells import find_cells
from gradcheck.submissions.adapters.coursera.choosing import find_models
from gradcheck.submissions.adapters.coursera.stages import stages
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.subjects import Found, Hints

FAMILY = "coursera"


def find(loaded: LoadedModule, hints: Hints) -> Found:
    """Networks written as functions of a dictionary (or of W1, b1...), and ``propagate(w, b, X, Y)``."""
    namespace = own(loaded) if loaded.selected is None else dict(loaded.namespace)
    every = dict(loaded.namespace)
    models, cases, unfinished = find_models(stages(namespace, every, loaded.source, hints), every, loaded.source)
    single = find_posed(namespace, loaded.source, FAMILY, _propagates)
    cells, waiting = find_cells(namespace, every)
    every_model = (*models, *single.models)
    return Found(every_model, (*cases, *single.cases, *cells), (), (*unfinished, *single.unfinished, *waiting))


def _propagates(name: str, way: Costed) -> bool:
    """Whether it is logistic regression's ``propagate(w, b, X, Y)``, which returns gradients and cost."""
    return way.gradient is None and "propagate" in name.lower() and len(way.asked.biases) == 1
