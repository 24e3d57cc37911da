"""The words by which students call things, in several languages: patterns for the names of parameters and methods.

A name is compared in lower case and without underscores, as a whole.
"""

from __future__ import annotations

import re


def any_of(words: str) -> re.Pattern[str]:
    """A pattern that is one of these blank-separated patterns."""
    return re.compile("|".join(f"(?:{word})" for word in words.split()))


INPUT = "(in|inp|inputs?|entradas?|entrees?|eingabe|eingang|ingresso|features?|visible|x)"
OUTPUT = "(o|out|outputs?|salidas?|saidas?|sorties?|ausgabe|ausgang|uscita|class|classes|y)"
HIDDEN = "(h|hid|hiddens?|ocult[ao]s?|cachees?|versteckt|nascosto|hiddenlayer)"
COUNT = "(n|nb|num|number|no|sizes?|dims?|nodes?|neurons?|units?|count|layers?|len|of|features?|channels?|nnodes)"
AROUND = (f"{COUNT}?(of)?", rf"(layer)?{COUNT}*\d*")
FORM = r"(list|data|s|array|vec|vector)*"

ROLES: dict[str, re.Pattern[str]] = {
    "rate": any_of("lr eta alpha a rate l?rate .*lrate .*learn.* lrn.* stepsize step taux.* taxa.* tasa.* lernrate"),
    "momentum": any_of(r"momentum mu mom beta\d? inertia"),
    "epochs": any_of(
        ".*epochs? epocas? epoques? epochen .*iter(s|ation|ations)? steps rounds times .*nsteps maxsteps cycles"
    ),
    "batch": any_of(".*batchsize batch bs minibatchsize tamlote"),
    "l2": any_of("lam lamb lambda? lmbda reg regularization regparam .*lambda l2.* weightdecay decay .*reg"),
    "verbose": any_of("verbose printcost debug showcost display plot log print.* show.*"),
    "pairs": any_of("train(ing)?(data|set)? patterns? dataset samples examples minibatch pairs data"),
    "output": any_of(
        r"o out outputs? ypred yhat pred predictions? ahat a\d aout al cache yp salida final_?outputs? activations"
    ),
    "sizes": any_of(
        "sizes? layers? (?!.*hid).*layersizes? (?!.*hid).*layers?dims? dims structure topology arch architecture shape "
        ".*netshape nodes (?!.*hid).*neurons capas camadas couches schichten nn layerlist nnodes dimensions config"
    ),
    "n_in": any_of(f"{AROUND[0]}{INPUT}{AROUND[1]} .*inputsper.* ni nx d din indim fanin i nfeatures nin"),
    "n_hidden": any_of(rf"{AROUND[0]}{HIDDEN}{AROUND[1]} nh\d? h\d? hiddenlayers?(sizes?)?"),
    "n_out": any_of(f"{AROUND[0]}{OUTPUT}{AROUND[1]} no ny k dout outdim fanout nclasses nout units? .*neurons? c"),
    "x": any_of(
        f"x xs xi x(train|data|batch|in|i|s|t|b|input) .*inputs? inputs?{FORM} train(ing)?(x|inputs?|data|features) "
        "data features? samples? images? row a0 entradas? entrees? eingaben? in inp datos dados instance vector "
        "observations?"
    ),
    "y": any_of(
        f"y ys t ts d y(train|true|data|batch|i|s|t|b|real|label|target) .*targets? targets?{FORM} labels? .*labels "
        "train(ing)?(y|outputs?|labels?|targets?) expected expectedoutputs? desired.* outputs? truth groundtruth "
        "salidas? saidas? sorties? ausgaben? esperad[oa]s? answers? correct.* real actual onehot ideal trueoutputs? "
        "soll.*"
    ),
    "loss_prime": any_of(".*(loss|cost|error|mse).*(prime|deriv.*|grad.*|back.*) d(loss|cost|error).*"),
    "loss": any_of("(?!.*(prime|deriv|grad)).*loss.* cost.* criterion objective errorf.*"),
    "optimizer": any_of("opt.* .*optimi[sz]er"),
    "layer_list": any_of("layers? layer_?list modules? blocks? network net stack sequence"),
    "upstream": any_of(
        "d dout dy dz da do dl delta .*delta dvalues? grad g grads .*grad.* upstream.* outputerror error err errors "
        "erro fehler .*error back.* top.* accum.* loss.* dnext doutput.* dout.* delta.* e"
    ),
    "activation": any_of("act activ.* nonlin.* transfer.* sigma f fonction fn func function prime deriv.*"),
}
"""What a parameter may be for, likeliest first."""

FORWARD = any_of(
    ".*forw.* .*feed.* .*predict.* .*query.* .*think.* .*propag.* .*fprop.* .*avant.* .*vorw.* .*adelante.* .*frente.* "
    ".*avanti.* .*eval.* .*activate.* .*output.* .*infer.* .*prever.* .*predec.* .*salida.* .*ausgabe.* .*compute.* "
    ".*calc.* .*run.* .*call.* .*hypothesis.* .*test.* .*classif.* .*result.* .*update"
)
"""Methods that run a network or a layer forward."""

BACKWARD = any_of(
    ".*back.* .*bprop.* .*grad.* .*retro.* .*r[uü]ck.* .*atras.* .*tras.* .*indietro.* .*arriere.* .*derivat.* "
    ".*delta.* .*adjoint.*"
)
"""Methods that go back through it."""

STEP = any_of(
    ".*step.* .*train.* .*minibatch.* .*fit.* .*learn.* .*sgd.* .*descen[td].* .*optim.* .*update.* .*entren.* "
    ".*trein.* .*lern.* .*appren.* .*addestr.* .*adjust.* .*aprend.* .*iterat.* .*epoch.* .*teach.* .*correct.*"
)
"""Methods that make it learn."""

NEVER = any_of(
    ".*plot.* .*show.* .*save.* .*load.* .*print.* .*draw.* .*export.* .*import.* .*reset.* .*init.* .*zero.* "
    ".*summary.* .*accuracy.* .*score.* .*read.* .*write.* .*check.* .*numerical.* .*visual.* .*animat.* .*debug.*"
)
"""Methods that are not called to see what they do."""

FUNCTION = any_of(".*(sigm|tanh|relu|softmax|activation|prime|deriv|loss|cost|mse|error|entropy|act).*")
"""Names of functions of one array rather than of a network."""

NOT_WEIGHTS = any_of(".*(grad|delta|nabla|veloc|moment|prev|last|cache|adam|old|change).* d[wb].*")
"""Arrays that are made from weights."""

BIASES = any_of(r"b\d* b[a-z0-9]{1,2} .*bias.* .*sesgo.* .*shift.* .*offset.* .*thresh.* .*biais.*")
"""Arrays that are added, not multiplied."""

NOT_OUTPUT = any_of(".*(slope|deriv|prime|delta|grad|error|loss|cost|diff).* d.*")
"""Arrays of the output's size that are not it."""

GRADIENT = any_of(".*grad.* deriv.* d g adj adjoint bar delta dval d.*dself .*gradiente.* error diff")
"""Where gradients are kept."""

ADD = any_of("add.* append push stack.* insert.* agregar.* adicionar.* ajouter.*")
"""Methods that give a network one more layer."""

SETTING = any_of("use compile set.* configure build prepare setup .*loss .*optimizer")
"""Methods that give a network its loss and optimiser."""

LOSS = any_of(".*(mse|loss|cost|error|entropy|square|crit|nll).*")
"""Losses."""

OPTIMIZER = any_of(".*(sgd|optimi[sz]|descent).*")
"""Optimisers."""

NETWORK = any_of("net network neuralnet(work)? nn model layers mlp ann")
"""What functions call the network that they are given."""

MAKES_NETWORK = any_of("(init|creat|build|mak|new|setup|construct|gener).*")
"""Functions that make a network."""

CONTAINER = any_of(".*(net|model|sequential|mlp|perceptron|brain|red|rede|reseau|netz).*")
"""Classes that hold layers."""


def plain(name: str) -> str:
    """``learningrate`` of ``learning_rate`` and ``learningRate``."""
    return name.lower().replace("_", "")


def roles(name: str) -> list[str]:
    """What a parameter of that name may be for, likeliest first."""
    text = plain(name)
    return [role for role, pattern in ROLES.items() if pattern.fullmatch(text)]
