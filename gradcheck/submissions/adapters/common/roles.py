"""What a parameter is for, judged by its name: the vocabulary of courses, students and tutorials."""

from __future__ import annotations

import functools
import re

from gradcheck.submissions.loading.definitions import words

ROLES: dict[str, frozenset[str]] = {
    "x": words(
        "x xs xtrain trainx data datax inputs input inp features feature a0 inputdata inputx xbatch batchx samples "
        "trainingdata xdata examples dataset images xi xb trainingset trainingx designmatrix"
    ),
    "y": words(
        "y ys ytrain trainy labels label target targets t ytrue truey classes yonehot onehot groundtruth gt expected "
        "expectedoutput desired desiredoutput answer answers outputs ybatch ydata yi yb trainlabels yactual actual "
        "truth truelabels yenc ymat ymatrix"
    ),
    "theta": words(
        "theta thetas thea beta betas nnparams nnparam initialtheta nnweights initialnnparams thetavec thetaunrolled "
        "unrolledtheta params_flat thetaflat flattheta coef coefs coefficients nnparamsunrolled unrolled flat thetap "
        "allparams paramsvector paramvector weightvector thetaall alltheta initialthetas"
    ),
    "parameters": words("parameters params param model parameter par net network ps weightsdict paramsdict thetadict"),
    "w": words("w weights weight omega wt ws wvec wmat wmatrix"),
    "b": words("b bias biases beta0 intercept bvec b0"),
    "l2": words(
        "reg lambda lambd lmbda lamda lam lmb lbd l2 l2reg regparam regterm lda ld λ regularization regstrength lamb "
        "regularizationparameter lambdaval lambdavalue regularisation lambdareg reglambda decay weightdecay regrate "
        "regularizationstrength ll thelambda vlambda lambda1 lamba lambdat lambdaa lmd landa regularizer penalty c1 "
        "regfactor l2lambda lambdaparam"
    ),
    "rate": words("learningrate alpha lr eta rate stepsize learnrate"),
    "n_in": words(
        "inputlayersize inputsize inputdim ninput ninputs nx numfeatures inputlayer nin nfeatures insize indim "
        "numinputs inputunits inputnodes dimin dx inputdimension inputlayernodes inputs_n numinput inputfeatures "
        "infeatures inputneurons nfeat inputdims inputneuron nbinputs inputn"
    ),
    "n_hidden": words(
        "hiddenlayersize hiddensize hiddendim nhidden nh numhidden hiddenlayer hiddenunits nhid hiddennodes h "
        "hiddendimension numhiddenunits hiddens hidden hiddenneurons hiddenlayernodes nhiddens hiddendims1 hsize "
        "numhiddens hiddenneuron nbhidden hiddenn dimhidden"
    ),
    "n_out": words(
        "numlabels numclasses outputsize outputlayersize noutput nclasses noutputs ny outputdim outputlayer nout "
        "nlabels numclass outsize outdim numoutputs outputunits outputnodes k nclass classcount outputdimension "
        "numlabel outputlayernodes dimout outputneurons numoutput nbclasses numberoflabels outputneuron outputn c "
        "outfeatures outputfeatures numcategories"
    ),
    "sizes": words(
        "layerdims layersdims sizes layers dims layersizes layerssizes layerdimensions layersdimensions nnarchitecture "
        "architecture layersize units nodes nunits dimensions topology structure layersdim layerdim netsize nnodes "
        "networksize neurons layerunits shape networkdims nnlayers nndims"
    ),
    "hidden_dims": words("hiddendims hiddensizes hiddenlayers hiddenlayersizes hiddenunitslist hiddendimslist"),
    "m": words("m n_examples numexamples numsamples nsamples batchsize"),
    "output": words(
        "al a2 a3 yhat ypred pred preds predictions prediction probs a output outputlayeractivation yp hx hyp "
        "hypothesis a4 yhats aout afinal alast probabilities score scores out yproba proba predicted yprob ycap "
        "finaloutput ypredicted logits"
    ),
    "cache": words(
        "cache caches forwardcache memory activations cached memories fcache store forwardpropagation intermediates "
        "saved values acts forwardcaches cachelist cachedict layercache forwardvalues states stored tape"
    ),
    "keep": words("keepprob keepprobs keepprobability keep keepratio dropoutkeepratio pkeep"),
    "dropout": words("dropout dropoutrate dropoutp pdropout droprate dropprob"),
    "scale": words("weightscale std scale weightstd initstd sigma initscale"),
    "seed": words("seed randomseed rng randomstate"),
    "dtype": words("dtype"),
    "normalization": words("normalization usebatchnorm norm batchnorm"),
    "upstream": words("dout dy dl grad gradoutput upstream upstreamgrad dldy da doutput outputgradient gradout delta"),
}  # fmt: skip
"""Names without case, underscores and spaces, by role."""

_BY_NAME = {name.replace("_", ""): role for role, names in ROLES.items() for name in names}
_BEGINNINGS = (("lambda", "l2"), ("lambd", "l2"), ("theta", "theta"), ("cache", "cache"), ("layer", "sizes"))
_ENDINGS = (("lambda", "l2"), ("cache", "cache"), ("caches", "cache"), ("theta", "theta"))


def letters(name: str) -> str:
    """A name without case, underscores and dots: ``layer_dims`` and ``layerDims`` are one."""
    return re.sub(r"[\W_]", "", name).lower()


@functools.lru_cache(maxsize=4096)
def role(name: str) -> str:
    """The role that a parameter's name suggests, or an empty string."""
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
