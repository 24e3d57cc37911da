"""Code that learns in one go: the gradient is read off how one step changes the weights."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.submissions.adapters.common.building import own_classes
from gradcheck.submissions.adapters.common.calling import LONG, Attempt, Deadline, attempt, one_round, quietly, seeded
from gradcheck.submissions.adapters.common.vocabulary.methods import STEP
from gradcheck.submissions.adapters.train.blocks import Block, blocks
from gradcheck.submissions.adapters.train.cases import Fit, StepCase, fit_of, step_case
from gradcheck.submissions.adapters.train.classes import Search, Way
from gradcheck.submissions.adapters.train.construct import made
from gradcheck.submissions.adapters.train.learner import LearnerModel
from gradcheck.submissions.adapters.train.loose import Chosen, best_of, loose_case
from gradcheck.submissions.adapters.train.networks import Functions, assemblies
from gradcheck.submissions.adapters.train.own_cost import with_own_cost
from gradcheck.submissions.adapters.train.rates import with_rate
from gradcheck.submissions.adapters.train.reported import with_report
from gradcheck.submissions.adapters.train.rounds import SEVERAL
from gradcheck.submissions.adapters.train.scripts.calls import first_parameter, searches
from gradcheck.submissions.adapters.train.scripts.learner import learner_of_script
from gradcheck.submissions.adapters.train.scripts.loops import Loop, loops
from gradcheck.submissions.adapters.train.scripts.namespace import base_namespace
from gradcheck.submissions.adapters.train.scripts.search import ScriptSearch
from gradcheck.submissions.adapters.train.shared import give_settings
from gradcheck.submissions.adapters.train.trainers import given_network
from gradcheck.submissions.loading import LoadedModule
from gradcheck.submissions.loading.execution import time_limit
from gradcheck.submissions.subjects import Case, Found, Hints, Model, ModelInfo

__all__ = ["FAMILY", "find"]

FAMILY = "train"
SECONDS, LONGEST = 0.6, 4.0
SHOWN = (4, 5, 3, 6, 7)
"""Sizes in which a model is looked at."""


def find(loaded: LoadedModule, hints: Hints) -> Found:
    """Classes and training loops with weights that chain as models; learners of other forms as cases."""
    deadline, module = Deadline(SECONDS), loaded.namespace
    classes = list(own_classes(module, hints.names.get("class", "")).items())
    give_settings(dict(classes), loaded.source)
    found = [within(class_model, name, cls, module, deadline) for name, cls in classes]
    models: list[Model] = [model for model in found if isinstance(model, LearnerModel)]
    if not models:
        models.extend(network_models(loaded, hints))
    if not any(model.info.forward for model in models):
        scripts = within(lambda: list(script_models(loaded, Deadline(SECONDS))))
        models = scripts if scripts and (not models or scripts[0].info.forward) else models
    cases: list[Case] = [case for case in (as_case(m) for m in models) if case is not None]
    if not models:
        loose = [within(loose_case, name, cls, module, globals_of(cls), Deadline(SECONDS)) for name, cls in classes]
        cases.extend(case for case in loose if isinstance(case, StepCase))
    if not cases and not any(model.info.forward for model in models):
        cases.extend(script_cases(loaded, Deadline(SECONDS)))
        models = [] if cases else models
    models, notes = without_neurons(models)
    sentences = [sentence for sentence in found if isinstance(sentence, str) and sentence]
    unfinished = () if models or cases else tuple(sentences)
    return Found(tuple(m for m in models if whole(m)), tuple(cases), notes, unfinished)


def without_neurons(models: list[Model]) -> tuple[list[Model], tuple[str, ...]]:
    """Without single neurons whose output cannot be seen, as a perceptron's, beside a network; notes that say so."""
    blind = [m for m in models if m.info.hidden_layers == 0 and not m.info.forward and not m.info.cost]
    left = [model for model in models if model not in blind]
    if not left:
        return models, ()
    why = "is not judged: its output cannot be seen, and no cost is reported"
    return left, tuple(f"{model.info.title} {why}" for model in blind)


def network_models(loaded: LoadedModule, hints: Hints) -> list[LearnerModel]:
    """The first network that can be put together from the submission's layers, or made by its functions, and learns."""
    classes = own_classes(loaded.namespace, hints.names.get("class", ""))
    functions = [f for f in loaded.namespace.values() if inspect.isfunction(f)]
    namespace = next((f.__globals__ for f in functions), {}) or next((globals_of(c) for c in classes.values()), {})
    found = within(lambda: next(_networks(classes, loaded.namespace, namespace), None))
    return [found] if isinstance(found, LearnerModel) else []


def _networks(
    classes: Mapping[str, type], module: Mapping[str, Any], namespace: dict[str, Any]
) -> Iterator[LearnerModel]:
    deadline, rest = Deadline(SECONDS), []
    for assembly in assemblies(classes, module, namespace):
        sizes = assembly.trial_sizes()
        search = attempt(Search, assembly, sizes, assembly.make(sizes, 1), deadline).value
        forward = next(search.forwards(), None) if isinstance(search, Search) else None
        chosen = best_of(search, forward, sizes) if forward is not None else None
        alone = isinstance(search, Search) and (
            isinstance(search.thing, Functions) or given_network(type(search.thing))
        )
        if chosen is None or not (chosen.fit.count or alone):
            continue  # the layers are judged one by one; a network whose cost is not known would add doubt only
        whose = search.thing.network if isinstance(search.thing, Functions) else search.thing
        title = f"a network of class {type(whose).__name__}"
        model = attempt(_model, title, search, forward, chosen).value
        if isinstance(model, LearnerModel) and chosen.fit.count:
            yield model
        elif isinstance(model, LearnerModel):
            rest.append(model)
        if deadline.passed:
            break
    yield from rest


def within(function: Callable[..., Any], *arguments: Any) -> Any:
    """What the call gives in a few seconds, or None: a loop without end ends the look at this class only."""
    try:
        with time_limit(LONGEST):
            return attempt(function, *arguments).value
    except KeyboardInterrupt:
        return None


def whole(model: Model) -> bool:
    """Whether every layer has biases, or none: what the reference knows."""
    if not isinstance(model, LearnerModel):
        return True
    sizes = shown(model.info)
    names = model.build(sizes, 1).parameters()
    return len(names) in (len(sizes) - 1, 2 * (len(sizes) - 1))


def shown(info: ModelInfo) -> tuple[int, ...]:
    """Sizes that it can be built in."""
    sizes = info.sizes or SHOWN[: 2 + (1 if info.hidden_layers is None else info.hidden_layers)]
    return (*sizes[:-1], info.outputs) if info.outputs else sizes


def as_case(model: Model) -> StepCase | None:
    """A model with biases in some of its layers only, as a case."""
    if whole(model) or not isinstance(model, LearnerModel):
        return None
    info, sizes = model.info, shown(model.info)
    fit = attempt(fit_of, model.learner, sizes).value
    one_hot = info.targets == "one-hot"
    found = step_case(info.title, model.learner, sizes, fit, one_hot=one_hot) if isinstance(fit, Fit) else None
    return found if isinstance(found, StepCase) else None


def script_models(loaded: LoadedModule, deadline: Deadline) -> Iterator[LearnerModel]:
    """The first training loop in the text that can be run."""
    base = base_namespace(loaded)
    for block in blocks(loaded.source, python2="translated from Python 2" in loaded.notes):
        owner = attempt(_owner, block, loaded.namespace, deadline) if block.owner else Attempt()
        if not owner.returned:
            continue
        with quietly(), seeded(0), one_round(base, set(range(LONG))):
            search = next(searches(block, base, owner.value, deadline), None)
            model = attempt(_script_model, search).value if search else None
        if isinstance(model, LearnerModel):
            yield model
            return


def script_cases(loaded: LoadedModule, deadline: Deadline) -> Iterator[Loop]:
    """The first training loop that reports a cost which its steps follow, whatever its parameters are."""
    base = base_namespace(loaded)
    for block in blocks(loaded.source, python2="translated from Python 2" in loaded.notes):
        owner = attempt(_owner, block, loaded.namespace, deadline).value if block.owner else None
        itself = first_parameter(owner, block.function)
        with one_round(base, set(range(LONG))):
            found = next(loops(block, base, owner, itself, deadline), None)
        if found is not None:
            yield found
            return


def _owner(block: Block, module: Mapping[str, Any], deadline: Deadline) -> Any:
    """An object for a method to belong to."""
    cls = module[block.owner]
    return next(thing for _, _, thing in made(cls, module, globals_of(cls), deadline))


def _script_model(search: ScriptSearch) -> LearnerModel:
    """A block as a model, once it has answered."""
    learner = with_rate(learner_of_script(search), search.sizes)
    info = ModelInfo(
        family=FAMILY,
        title=f"{search.script.block.place}, the loop in line {search.script.block.loop.lineno}",
        sizes=search.sizes,
        forward=learner.forward is not None,
        targets="one-hot" if search.data.labels else "any",
        updates=True,
        precision=1e-9,
        free_factor=learner.free,
    )
    model = LearnerModel(info, learner)
    model = model if answers_batches(model, search.sizes) else replace(model, info=replace(info, examples=1))
    return with_report(model, search.sizes)


def class_model(name: str, cls: type, module: Mapping[str, Any], deadline: Deadline) -> LearnerModel | str:
    """A class as a model; else a sentence about one that has weights but does not learn, or nothing."""
    namespace = globals_of(cls)
    for construction, sizes, thing in made(cls, module, namespace, deadline):
        search = attempt(Search, construction, sizes, thing, deadline).value
        if not isinstance(search, Search):
            continue
        forward = next(search.forwards(), None)
        chosen = best_of(search, forward, search.sizes)
        if chosen is None:
            return _not_learning(name, search)
        model = attempt(_model, f"class {name}", search, forward, chosen).value
        if not isinstance(model, LearnerModel):
            return ""
        own = attempt(with_own_cost, model, search.thing, (forward, chosen.step), search.sizes).value
        return own if isinstance(own, LearnerModel) else model
    return ""


def _not_learning(name: str, search: Search) -> str:
    """Which method that is called like a step raised what, or makes several steps."""
    steps = [method for method in search.errors if STEP.fits(method)]
    if not steps:
        return ""
    said = search.errors[steps[0]]
    return f"class {name}: {steps[0]}: {said}" if said == SEVERAL else f"class {name}: {steps[0]} raised {said}"


def _model(name: str, search: Search, forward: Way | None, chosen: Chosen) -> LearnerModel:
    """The model, once it has answered; what the submission raises is passed on."""
    learner = chosen.learner
    info = _info(name, search, forward, chosen.step, learner)
    model = LearnerModel(info, learner)
    one_by_one = info.examples is None and not answers_batches(model, search.sizes)
    return with_report(replace(model, info=replace(info, examples=1)) if one_by_one else model, search.sizes)


def answers_batches(model: LearnerModel, sizes: Sequence[int]) -> bool:
    """Whether a step on two examples starts from the same weights for both, and not one after the other.

    Raises what the submission raises for one example.
    """
    net = model.build(sizes, 1)
    x, at = np.random.default_rng(8).standard_normal((sizes[0], 2)), net.parameters()
    y = np.eye(sizes[-1])[:, [1, 0]] if sizes[-1] > 1 else np.array([[0.0, 1.0]])
    if net.learner.forward is not None:
        net.forward(at, x[:, :1])
    alone = [net.change(at, x[:, [i]], y[:, [i]]) for i in (0, 1)]
    together = attempt(net.change, at, x, y).value
    if not isinstance(together, dict):
        return False
    if net.learner.forward is not None:
        outputs = attempt(net.forward, at, x).value
        each = [net.forward(at, x[:, [i]]) for i in (0, 1)]
        if not isinstance(outputs, np.ndarray) or not _close(outputs, np.hstack(each)):
            return False  # it takes one only, or shuffles them
    for first, second in ((0, 1), (1, 0)):
        between = {name: at[name] + alone[first][name] for name in at}
        later = net.change(between, x[:, [second]], y[:, [second]])
        if all(_close(together[name], alone[first][name] + later[name]) for name in at):
            return all(_close(together[name], alone[0][name] + alone[1][name]) for name in at)
    return not all(_close(together[name], one[name]) for one in alone[:1] for name in at)


def _close(one: Any, other: Any) -> bool:
    return bool(np.abs(one - other).max() <= 1e-9 * (np.abs(other).max() + 1e-12))


def globals_of(cls: type) -> dict[str, Any]:
    """The globals of the module in which a class is written."""
    for base in cls.__mro__:
        for value in vars(base).values():
            function = inspect.unwrap(value) if callable(value) else getattr(value, "__func__", value)
            if inspect.isfunction(function):
                return function.__globals__
    return {}


def _info(name: str, search: Search, forward: Any, step: Any, learner: Any) -> ModelInfo:
    construction = search.construction
    free = construction.sized and search.sizes[:-1] == tuple(search.asked)[:-1]
    return ModelInfo(
        family=FAMILY,
        title=f"{name}: {', '.join(call.method for call in step.calls)}",
        sizes=None if free else search.sizes,
        hidden_layers=None if not free or construction.any_depth else len(search.sizes) - 2,
        outputs=search.sizes[-1] if free and (construction.one_output or search.sizes != tuple(search.asked)) else None,
        examples=1 if step.layout.single or (forward and forward.layout.single) else None,
        forward=learner.forward is not None,
        targets="one-hot" if step.layout.one_hot else "any",
        updates=True,
        precision=1e-9,
        free_factor=learner.free,
    )
