"""What people call the methods, functions and classes of a network."""

from __future__ import annotations

import re

from gradcheck.submissions.adapters.common.vocabulary.names import names

FORWARD = names(
    "forward predict feedforward forwardpass forwardpropagation forwardprop fprop propagateforward propagate "
    "forwardpropagate output outputs predictproba activate evaluatenetwork run query think infer inference compute "
    "feedforwardpass calculateoutput call propagacion vorwaerts",
    ".*forw.* .*feed.* .*predict.* .*query.* .*think.* .*propag.* .*fprop.* .*avant.* .*vorw.* .*adelante.* .*frente.* "
    ".*avanti.* .*eval.* .*activate.* .*output.* .*infer.* .*prever.* .*predec.* .*salida.* .*ausgabe.* .*compute.* "
    ".*calc.* .*run.* .*call.* .*hypothesis.* .*test.* .*classif.* .*result.* .*update",
)
"""Methods that run a network or a layer forward."""

BACKWARD = names(
    "backward backprop gradient gradients backwardpass backwardpropagation backpropagation backpropagate bprop "
    "propagatebackward backwards backwardpropagate backwardprop backpass computegradient computegradients "
    "getgradients getgradient calcgradient calculategradients grad grads back costfunctionprime backpropagateerror "
    "retropropagacion retropropagation rueckwaerts nabla computegrads derivatives bptt backpropthroughtime",
    ".*back.* .*bprop.* .*grad.* .*retro.* .*r[uü]ck.* .*atras.* .*tras.* .*indietro.* .*arriere.* .*derivat.* "
    ".*delta.* .*adjoint.* .*bptt.*",
)
"""Methods that go back through it."""

COST = names(
    "cost loss computecost computeloss costfunction lossfunction totalcost calcloss calculateloss calculatecost "
    "getcost getloss computelossandaccuracy lossandaccuracy costfn lossfn "
    "error objective mse mseloss meansquarederror crossentropy crossentropyloss"
)
"""Methods that give its cost."""

NOT_COST = re.compile(r"deriv|prime|grad|delta|plot|history|backward|_d\b|^d_|name|type|print", re.IGNORECASE)
"""Words in names that speak of a cost and are none."""

STEP = names(
    likely=".*step.* .*train.* .*minibatch.* .*fit.* .*learn.* .*sgd.* .*descen[td].* .*optim.* .*update.* .*entren.* "
    ".*trein.* .*lern.* .*appren.* .*addestr.* .*adjust.* .*aprend.* .*iterat.* .*epoch.* .*teach.* .*correct.*",
)
"""Methods that make it learn."""

NEVER = names(
    likely=".*plot.* .*show.* .*save.* .*load.* .*print.* .*draw.* .*export.* .*import.* .*reset.* .*init.* .*zero.* "
    ".*summary.* .*accuracy.* .*score.* .*read.* .*write.* .*check.* .*numerical.* .*visual.* .*animat.* .*debug.*",
)
"""Methods that are not called to see what they do."""

FUNCTION = names(likely=".*(sigm|tanh|relu|softmax|activation|prime|deriv|loss|cost|mse|error|entropy|act).*")
"""Names of functions of one array rather than of a network."""

ADD = names(likely="add.* append push stack.* insert.* agregar.* adicionar.* ajouter.*")
"""Methods that give a network one more layer."""

HANDS_IN = names(
    likely="(set|load|put|give|present|assign|feed|clamp|apply).*(in|input|inputs|x|data|sample|pattern|values?)"
)
"""Methods that take the inputs and keep them for the next call."""

HANDS_OUT = names(
    likely="(get|read|fetch|return|give|show)?.*(out|output|outputs|results?|predictions?|answers?|y|values?)"
)
"""Methods that give what the last call has left."""

SETTING = names(likely="use compile set.* configure build prepare setup .*loss .*optimizer")
"""Methods that give a network its loss and optimiser."""

LOSS = names(likely=".*(mse|loss|cost|error|entropy|square|crit|nll).*")
"""Losses."""

OPTIMIZER = names(likely=".*(sgd|optimi[sz]|descent).*")
"""Optimisers."""

NETWORK = names(likely="net network neuralnet(work)? nn model layers mlp ann")
"""What functions call the network that they are given."""

MAKES_NETWORK = names(likely="(init|creat|build|mak|new|setup|construct|gener|reset|prepar).*")
"""Functions that make a network."""

MAKES_WEIGHTS = names(
    likely="(?!.*(grad|delta|cache|optim|veloc)).*(init|creat|build|mak|gener|setup|random|start|set|reset).*(weight|"
    "param|net|layer|theta|bias|peso|poids|gewicht|model|coef|synap|w).* (init|build|setup|compile|reset|create).* "
    ".*(weight|param|peso)s?(init.*|s?random.*|iniciales)"
)
"""Methods that give an object its weights."""

CONTAINER = names(likely=".*(net|model|sequential|mlp|perceptron|brain|red|rede|reseau|netz).*")
"""Classes that hold layers."""
