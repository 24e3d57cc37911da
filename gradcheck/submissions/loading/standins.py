"""Modules that take the place of others: inert for plots, explicit about what is missing for everything else."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from importlib import import_module
from importlib.machinery import ModuleSpec
from inspect import Parameter, Signature
from types import ModuleType
from typing import Any, Never, Self

import numpy as np

from gradcheck.submissions.loading.courses import helpers
from gradcheck.submissions.loading.definitions import words

SHOWING = words(
    "matplotlib pylab mpl_toolkits seaborn plotly bokeh altair IPython ipywidgets ipykernel google graphviz pydot "
    "pygame turtle tkinter Tkinter PyQt4 PyQt5 visdom wandb tensorboardX cv2 termcolor colorama "
    "gradcheck prettytable progressbar pyprind imageio moviepy nose pytest unittest2 doctest2 jupyter_core scienceplots"
)
"""Modules for plots, windows and progress: never imported, even if they are here; nothing depends on their results."""

DATA = words(
    "keras tensorflow tensorflow_datasets torchvision mnist mnist_loader python_mnist idx2numpy datasets requests "
    "urllib2 wget gdown kaggle kagglehub opendatasets tflearn h5py"
)
"""Modules that fetch data, and frameworks imported for their data sets: never imported, so nothing is downloaded."""

ALIASES = {
    "cupy": "numpy", "minpy.numpy": "numpy", "autograd.numpy": "numpy", "cPickle": "pickle", "Queue": "queue",
    "StringIO": "io", "cStringIO": "io", "ConfigParser": "configparser", "commands": "subprocess",
    "__builtin__": "builtins", "copy_reg": "copyreg", "htmlentitydefs": "html.entities", "future_builtins": "builtins",
}  # fmt: skip
"""Modules whose place another one takes."""


class MissingModuleError(ImportError):
    """A submission used something from a module that is not here."""


class Inert:
    """Anything a plot may be asked for: callable, iterable, indexable, usable in ``with``; it does nothing."""

    def __init__(self, name: str = "stand-in") -> None:
        self.__name__ = name

    def __call__(self, *arguments: object, **keywords: object) -> Any:
        """Itself; used as a decorator or around an iterable, what it was given."""
        if len(arguments) >= 1 and not keywords and (callable(arguments[0]) or hasattr(arguments[0], "__next__")):
            return arguments[0]
        return self

    def __getattr__(self, name: str) -> Inert:
        """Whatever is asked for, except Python's own protocols."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Inert(name)

    def __setattr__(self, name: str, value: object) -> None:
        """Settings are accepted."""
        object.__setattr__(self, name, value)

    def __getitem__(self, key: object) -> Inert:
        """An entry."""
        return self

    def __setitem__(self, key: object, value: object) -> None:
        """Settings are accepted."""

    def __iter__(self) -> Iterator[Inert]:
        """Two of it: what ``fig, axes = plt.subplots()`` unpacks."""
        return iter((self, self))

    def __enter__(self) -> Self:
        """A context that does nothing."""
        return self

    def __exit__(self, *exception: object) -> None:
        """A context that does nothing."""

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[type, ...]:
        """A class may be derived from it."""
        return (object,)


class Base:
    """What a class is derived from whose base is not here: built from anything, keeping what it is given by name."""

    def __init__(self, *_: object, **named: object) -> None:
        vars(self).update(named)

    __init__.__signature__ = Signature([Parameter("self", Parameter.POSITIONAL_ONLY)])  # type: ignore[attr-defined]
    """So that a class without a constructor of its own asks for nothing."""


class Missing:
    """Something from a module that is not here: it can be named and derived from, but not used."""

    def __init__(self, name: str, reason: str = "") -> None:
        self.__name__ = name
        self._reason = reason or f"the module {name.partition('.')[0]} is not here"

    def refuse(self, *arguments: object, **keywords: object) -> Never:
        """Say what is missing."""
        raise MissingModuleError(f"{self.__name__} is needed, but {self._reason}")

    def __getattr__(self, name: str) -> Any:
        """A part of it."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return KNOWN.get(f"{self.__name__}.{name}") or Missing(f"{self.__name__}.{name}", self._reason)

    def __mro_entries__(self, bases: tuple[object, ...]) -> tuple[type, ...]:
        """A class may be derived from it, and from several such."""
        return (Base,) if next(base for base in bases if isinstance(base, Missing)) is self else ()

    def __call__(self, *arguments: object, **keywords: object) -> Any:
        """As a bare decorator: what it decorates; else a refusal."""
        if len(arguments) == 1 and not keywords and hasattr(arguments[0], "__code__"):
            return arguments[0]
        return self.refuse()

    __iter__ = __len__ = __getitem__ = __array__ = __float__ = __bool__ = __enter__ = __add__ = __mul__ = refuse
    __radd__ = __rmul__ = __sub__ = __rsub__ = __truediv__ = __matmul__ = __neg__ = __contains__ = refuse
    __exit__ = refuse


class StandIn(ModuleType):
    """A module every name of which exists."""

    def __init__(self, name: str, kind: type[Inert | Missing]) -> None:
        super().__init__(name, "A stand-in.")
        self.__path__: list[str] = []
        self.__spec__ = ModuleSpec(name, None, is_package=True)
        self.__all__ = list(helpers(name)) if kind is Missing else []
        self._kind = kind

    def __getattr__(self, name: str) -> Any:
        """What a course's module of that name holds, or an inert or missing thing."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        dotted = f"{self.__name__}.{name}"
        return KNOWN.get(dotted) or helpers(self.__name__).get(name) or self._kind(dotted)


class CourseModule(StandIn):
    """A module of a course whose functions are known: right ones under its names."""

    def __init__(self, name: str) -> None:
        super().__init__(name, Missing)
        functions = import_module("gradcheck.submissions.loading.cs231n").FUNCTIONS
        self.__dict__.update(functions)
        self.__all__ = [*functions, "np"]
        self.np = np


COURSE = frozenset(
    ("layers", "layer_utils", "fast_layers", "rnn_layers", "im2col", "im2col_cython", "linear_svm", "softmax")
)
"""Names of CS231n's modules that an author's other files import."""


def is_course(name: str) -> bool:
    """Whether a missing module is one of CS231n's, by its last name."""
    return name.rpartition(".")[2] in COURSE


def stand_in(name: str) -> ModuleType:
    """The module that takes the place of *name*."""
    if is_course(name):
        return CourseModule(name)
    return StandIn(name, Inert if name.partition(".")[0] in SHOWING | PASSING else Missing)


PASSING = frozenset(("tqdm", "numba", "line_profiler", "memory_profiler", "typing_extensions", "joblib"))
"""Modules whose functions hand back what they are given, if they are not here."""


class CupyLike(ModuleType):
    """NumPy under CuPy's name, with the two functions that only CuPy has."""

    def __getattr__(self, name: str) -> Any:
        """NumPy's."""
        return getattr(np, name)

    asnumpy = staticmethod(np.asarray)

    @staticmethod
    def get_array_module(*_: object) -> ModuleType:
        """Always NumPy."""
        return np


def passed_through(iterable: Any = (), *_: object, **__: object) -> Any:
    """``tqdm(iterable)`` and ``njit(parallel=True)``: what was given, or a decorator that gives what it is given."""
    return iterable if iterable != () else (lambda function: function)


def expit(x: Any) -> Any:
    """``scipy.special.expit``: the logistic function, exact at both ends."""
    small = np.exp(-np.abs(x))
    return np.where(np.asarray(x) >= 0, 1.0, small) / (1.0 + small)


def logsumexp(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """``scipy.special.logsumexp`` without weights."""
    top = np.max(a, axis=axis, keepdims=True)
    out = np.log(np.sum(np.exp(a - top), axis=axis, keepdims=True)) + top
    return out if keepdims else np.squeeze(out, axis=axis)


def softmax(x: Any, axis: Any = None) -> Any:
    """``scipy.special.softmax``."""
    return np.exp(x - logsumexp(x, axis=axis, keepdims=True))


def xlogy(x: Any, y: Any) -> Any:
    """``scipy.special.xlogy``: x ln y, and 0 where x is 0."""
    return np.where(np.equal(x, 0), 0.0, x * np.log(np.where(np.equal(x, 0), 1.0, y)))


class SparseLike(np.matrix):
    """A dense matrix where SciPy's sparse one was asked for: ``*`` is the matrix product, ``todense`` there."""

    def todense(self) -> Any:
        """The same numbers."""
        return self.view(np.matrix)

    def toarray(self) -> Any:
        """The same numbers as an array."""
        return np.asarray(self)


def sparse(source: Any, shape: Any = None, **_: object) -> Any:
    """``scipy.sparse.csr_matrix`` of (values, (rows, columns)), or of what is a matrix already."""
    if not (isinstance(source, tuple) and len(source) == 2 and isinstance(source[1], tuple | list)):
        return np.asarray(source).view(SparseLike)
    values, (rows, columns) = source
    rows, columns = np.asarray(rows, dtype=int).ravel(), np.asarray(columns, dtype=int).ravel()
    out = np.zeros(shape if shape is not None else (rows.max() + 1, columns.max() + 1))
    np.add.at(out, (rows, columns), np.asarray(values, dtype=float).ravel())
    return out.view(SparseLike)


class Frame(np.ndarray):
    """An array where pandas gives a table: the ways to its numbers are there."""

    @property
    def values(self) -> Any:
        """The same numbers as an array."""
        return np.asarray(self)

    def to_numpy(self, *_: object, **__: object) -> Any:
        """The same numbers as an array."""
        return np.asarray(self)

    as_matrix = to_numpy


def get_dummies(data: Any, **_: object) -> Any:
    """``pandas.get_dummies`` of class numbers: a column of 0 and 1 for each class that occurs, in order."""
    classes = np.asarray(data).ravel()
    return (classes[:, None] == np.unique(classes)).astype(float).view(Frame)


KNOWN: dict[str, Any] = {
    "pandas.get_dummies": get_dummies,
    "scipy.sparse.csr_matrix": sparse, "scipy.sparse.coo_matrix": sparse, "scipy.sparse.csc_matrix": sparse,
    "scipy.special.expit": expit, "scipy.special.softmax": softmax, "scipy.special.logsumexp": logsumexp,
    "scipy.special.xlogy": xlogy, "scipy.special.logit": lambda p: np.log(p / (1.0 - p)),
    "tqdm.tqdm": passed_through, "tqdm.trange": range, "tqdm.notebook.tqdm": passed_through,
    "past.builtins.xrange": range, "past.builtins.unicode": str, "past.builtins.basestring": str,
    "past.builtins.long": int, "past.builtins.reduce": functools.reduce, "six.moves.xrange": range,
    "six.moves.range": range, "six.moves.zip": zip, "six.moves.reduce": functools.reduce,
    "tqdm.auto.tqdm": passed_through, "numba.jit": passed_through, "numba.njit": passed_through,
}  # fmt: skip
"""Functions that submissions compute with and that are quickly said in NumPy."""
