"""What a parameter is for, judged by its name: the vocabulary of courses, students and tutorials.

A role is what a parameter is for, whatever it is called: ``x``, ``y``, ``theta``, ``l2``, ``n_hidden``...
"""

from __future__ import annotations

import functools
import re

from gradcheck.submissions.adapters.common.vocabulary.names import Names, letters, names

INPUT = "(in|inp|inputs?|entradas?|entrees?|eingabe|eingang|ingresso|features?|visible|x)"
OUTPUT = "(o|out|outputs?|salidas?|saidas?|sorties?|ausgabe|ausgang|uscita|class|classes|y)"
HIDDEN = "(h|hid|hiddens?|ocult[ao]s?|cachees?|versteckt|nascosto|hiddenlayer)"
COUNT = (
    "(n|nb|num|number|no|sizes?|dims?|nodes?|neurons?|units?|count|layers?|len(gth)?|of|features?|channels?|nnodes|"
    "neuronas?|neuronios?|neurones?|capas?|camadas?|couches?|tamanho|tamano|tam|taille|anzahl|numero|de)"
)
AROUND = (f"{COUNT}{{0,3}}(of)?", rf"(layer)?{COUNT}*\d*")
FORM = r"(list|data|s|array|vec|vector)*"

ROLES: dict[str, Names] = {
    "rate": names(
        "learningrate alpha lr eta rate stepsize learnrate learning",
        "lr eta alpha a rate l?rate .*lrate .*learn.* lrn.* stepsize step taux.* taxa.* tasa.* lernrate",
    ),
    "momentum": names(likely=r"momentum mu mom beta\d? inertia"),
    "epochs": names(
        likely=".*epochs? epocas? epoques? epochen .*iter(s|ation|ations)? steps rounds times .*nsteps maxsteps cycles"
    ),
    "batch": names(likely=".*batchsize batch bs minibatchsize tamlote"),
    "l2": names(
        "reg lambda lambd lmbda lamda lam lmb lbd l2 l2reg regparam regterm lda ld λ regularization regstrength lamb "
        "regularizationparameter lambdaval lambdavalue regularisation lambdareg reglambda decay weightdecay regrate "
        "regularizationstrength ll thelambda vlambda lambda1 lamba lambdat lambdaa lmd landa regularizer penalty c1 "
        "regfactor l2lambda lambdaparam",
        "lam lamb lambda? lmbda reg regularization regparam .*lambda l2.* weightdecay decay .*reg",
    ),
    "verbose": names(likely="verbose printcost debug showcost display plot log print.* show.*"),
    "pairs": names(likely="train(ing)?(data|set)? patterns? dataset samples examples minibatch pairs data"),
    "output": names(
        "al a2 a3 yhat ypred pred preds predictions prediction probs a output outputlayeractivation yp hx hyp "
        "hypothesis a4 yhats aout afinal alast probabilities score scores out yproba proba predicted yprob ycap "
        "finaloutput ypredicted logits",
        r"o out outputs? ypred yhat pred predictions? ahat a\d aout al cache yp salida final_?outputs? activations",
    ),
    "sizes": names(
        "layerdims layersdims sizes layers dims layersizes layerssizes layerdimensions layersdimensions "
        "nnarchitecture architecture layersize units nodes nunits dimensions topology structure layersdim layerdim "
        "netsize nnodes networksize neurons layerunits shape networkdims nnlayers nndims numneurons",
        "sizes? layers? (?!.*hid).*layersizes? (?!.*hid).*layers?dims? dims structure topology arch architecture shape "
        ".*netshape nodes (?!.*hid).*neurons .*neuron(a|io|e)s capas camadas couches schichten nn layerlist nnodes "
        "dimensions config",
    ),
    "n_in": names(
        "inputlayersize inputsize inputdim ninput ninputs nx numfeatures inputlayer nin nfeatures insize indim "
        "numinputs inputunits inputnodes dimin dx inputdimension inputlayernodes inputsn numinput inputfeatures "
        "infeatures inputneurons nfeat inputdims inputneuron nbinputs inputn visiblesize nvisible "
        "numvisible nv visible visibleunits xdim wdim worddim idim",
        f"{AROUND[0]}{INPUT}{AROUND[1]} .*inputsper.* ni nx d din indim fanin i nfeatures nin",
    ),
    "n_hidden": names(
        "hiddenlayersize hiddensize hiddendim nhidden nh numhidden hiddenlayer hiddenunits nhid hiddennodes h "
        "hiddendimension numhiddenunits hiddens hidden hiddenneurons hiddenlayernodes nhiddens hiddendims1 hsize "
        "numhiddens hiddenneuron nbhidden hiddenn dimhidden hdim",
        rf"{AROUND[0]}{HIDDEN}{AROUND[1]} nh\d? h\d? hiddenlayers?(sizes?)?",
    ),
    "n_out": names(
        "numlabels numclasses outputsize outputlayersize noutput nclasses noutputs ny outputdim outputlayer nout "
        "nlabels numclass outsize outdim numoutputs outputunits outputnodes k nclass classcount outputdimension "
        "numlabel outputlayernodes dimout outputneurons numoutput nbclasses numberoflabels outputneuron outputn c "
        "outfeatures outputfeatures numcategories ydim odim",
        f"{AROUND[0]}{OUTPUT}{AROUND[1]} no ny k dout outdim fanout nclasses nout units? .*neurons? c",
    ),
    "x": names(
        "x xs xtrain trainx data datax inputs input inp features feature a0 inputdata inputx xbatch batchx samples "
        "trainingdata xdata examples dataset images xi xb trainingset trainingx designmatrix image sample entrada",
        f"x xs xi x(train|data|batch|in|i|s|t|b|input) .*inputs? inputs?{FORM} train(ing)?(x|inputs?|data|features) "
        "data features? samples? images? row a0 entradas? entrees? eingaben? in inp datos dados instance vector "
        "observations?",
    ),
    "y": names(
        "y ys ytrain trainy labels label target targets t ytrue truey classes yonehot onehot onehoty groundtruth gt "
        "expected expectedoutput desired desiredoutput answer answers outputs ybatch ydata yi yb trainlabels yactual "
        "actual truth truelabels yenc ymat ymatrix outputexpected trueoutput",
        f"y ys t ts d y(train|true|data|batch|i|s|t|b|real|label|target) .*targets? targets?{FORM} labels? .*labels "
        "train(ing)?(y|outputs?|labels?|targets?) expected expectedoutputs? desired.* outputs? truth groundtruth "
        "salidas? saidas? sorties? ausgaben? esperad[oa]s? answers? correct.* real actual onehot ideal trueoutputs? "
        "soll.*",
    ),
    "loss_prime": names(likely=".*(loss|cost|error|mse).*(prime|deriv.*|grad.*|back.*) d(loss|cost|error).*"),
    "loss": names(likely="(?!.*(prime|deriv|grad)).*loss.* cost.* criterion objective errorf.*"),
    "optimizer": names(likely="opt.* .*optimi[sz]er"),
    "layer_list": names(likely="layers? layer_?list modules? blocks? network net stack sequence"),
    "upstream": names(
        "dout dy dl grad gradoutput upstream upstreamgrad dldy da doutput outputgradient gradout delta",
        "d dout dy dz da do dl delta .*delta dvalues? grad g grads .*grad.* upstream.* outputerror error err errors "
        "erro fehler .*error back.* top.* accum.* loss.* dnext doutput.* dout.* delta.* e",
    ),
    "gradients": names(
        likely=r"d[wb]\d* (w|b|weights?|bias(es)?)(grad|delta).* grads?[wb]?\d* gradients?.* nabla.* deltas?[wb].*"
    ),
    "activation": names(likely="act activ.* nonlin.* transfer.* sigma f fonction fn func function prime deriv.*"),
    "theta": names(
        "theta thetas thea beta betas nnparams nnparam initialtheta nnweights initialnnparams thetavec thetaunrolled "
        "unrolledtheta paramsflat thetaflat flattheta coef coefs coefficients nnparamsunrolled unrolled flat thetap "
        "allparams paramsvector paramvector weightvector thetaall alltheta initialthetas",
    ),
    "parameters": names(
        "parameters params param model parameter par net network ps weightsdict paramsdict thetadict",
    ),
    "w": names(
        "w weights weight omega wt ws wvec wmat wmatrix",
    ),
    "b": names(
        "b bias biases beta0 intercept bvec b0",
    ),
    "rho": names(
        "rho sparsityparam sparsityparameter sparsity sparsitytarget desiredrho",
    ),
    "hidden_dims": names(
        "hiddendims hiddensizes hiddenlayers hiddenlayersizes hiddenunitslist hiddendimslist",
    ),
    "m": names(
        "m nexamples numexamples numsamples nsamples batchsize mtrain ntrain numtrain trainsize ndata numdata datasize "
        "numberofexamples numberofsamples nobservations numsample nexample",
    ),
    "cache": names(
        "cache caches forwardcache memory activations cached memories fcache store forwardpropagation intermediates "
        "saved values acts forwardcaches cachelist cachedict layercache forwardvalues states stored tape",
    ),
    "keep": names(
        "keepprob keepprobs keepprobability keep keepratio dropoutkeepratio pkeep",
    ),
    "dropout": names(
        "dropout dropoutrate dropoutp pdropout droprate dropprob",
    ),
    "scale": names(
        "weightscale std scale weightstd initstd sigma initscale weightinitstd",
    ),
    "seed": names(
        "seed randomseed rng randomstate",
    ),
    "dtype": names(
        "dtype",
    ),
    "normalization": names(
        "normalization usebatchnorm norm batchnorm",
    ),
}
"""By role, the likeliest first. No usual name has two roles; a likely one may."""

_BY_NAME = {name: role for role, called in ROLES.items() for name in called.usual}
_BEGINNINGS = (("lambda", "l2"), ("lambd", "l2"), ("theta", "theta"), ("cache", "cache"), ("layer", "sizes"))
_ENDINGS = (("lambda", "l2"), ("cache", "cache"), ("caches", "cache"), ("theta", "theta"))


@functools.lru_cache(maxsize=4096)
def role(name: str) -> str:
    """The one role that a parameter's name suggests, or an empty string."""
    key = letters(name)
    if key in _BY_NAME:
        return _BY_NAME[key]
    if re.fullmatch(r"(w|theta|weights?|th)\d+", key):
        return "w"
    if re.fullmatch(r"(b|bias(es)?)\d+", key):
        return "b"
    beginnings = [role for start, role in _BEGINNINGS if key.startswith(start)]
    endings = [role for end, role in _ENDINGS if key.endswith(end)]
    return (*beginnings, *endings, "")[0]


@functools.lru_cache(maxsize=4096)
def roles(name: str) -> tuple[str, ...]:
    """All that a parameter of that name may be for, likeliest first."""
    likely = [role for role, called in ROLES.items() if called.fits(name)]
    usual = _BY_NAME.get(letters(name), "")
    return (*likely, usual) if usual and usual not in likely else tuple(likely)
