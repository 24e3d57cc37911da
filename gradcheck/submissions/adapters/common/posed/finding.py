"""All costs of parameters and data among some functions: networks where their parameters show one, cases elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gradcheck.submissions.adapters.common.costed import Costed, best_of, cases_of, costed_functions
from gradcheck.submissions.adapters.common.posed.autoencoder import autoencoder
from gradcheck.submissions.adapters.common.posed.recognising import modelled
from gradcheck.submissions.subjects import Found

MOST_SETUPS = 6


def find_posed(namespace: Mapping[str, object], source: str, family: str, mine: Callable[[str, Costed], bool]) -> Found:
    """What the functions are that *mine* says are of this family.

    Where cost and gradient agree in some setup, only such setups come into question.
    """
    found = Found()
    for name, ways in costed_functions(namespace, source).items():
        answers = best_of([way for way in ways if mine(name, way)], family, most=MOST_SETUPS)
        models = (modelled(bound, family) for bound in answers.agreeing or answers.others)
        model = next((model for model in models if model is not None), None)
        if model is not None:
            found = Found((*found.models, model), found.cases, (), found.unfinished)
        elif answers.first is not None:
            cases = autoencoder(answers.first, family) or cases_of(answers.first, family)
            found = Found(found.models, (*found.cases, *cases), (), found.unfinished)
        elif answers.unfinished:
            found = Found(found.models, found.cases, (), (*found.unfinished, answers.unfinished))
    return found
