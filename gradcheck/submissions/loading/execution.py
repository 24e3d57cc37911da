"""Statements are executed one by one, so that one that fails costs its own names and no others."""

from __future__ import annotations
import __future__

import _thread
import ast
import contextlib
import io
import re
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import numpy as np

from gradcheck.submissions.loading.compatibility import restore_numpy_names
from gradcheck.submissions.loading.conversions import with_numbers
from gradcheck.submissions.loading.defaults import without_defaults
from gradcheck.submissions.loading.definitions import Selection, made_by, made_global, makers, needed, select
from gradcheck.submissions.loading.reading import Part
from gradcheck.submissions.loading.repair import Parsed, parse

SCRIPT_SECONDS = 3.0
"""How long a submission's own script part may run when its definitions are not enough."""
AGAIN = 1.0  # seconds after which a lost interrupt is repeated


PLACE = re.compile(r" \((?:/|[A-Za-z]:\\)[^()]*\)$")
"""The path with which Python ends the message of a failed import."""


@dataclass
class Outcome:
    """What became of a module's statements."""

    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    dropped: bool = False
    interrupted: bool = False
    read: dict[str, list[Piece]] = field(default_factory=dict)
    """The pieces of every neighbour, by path."""


@dataclass(frozen=True)
class Piece:
    """A parsed piece of source, parted into what runs and what does not."""

    parsed: Parsed
    selection: Selection
    flags: int


def pieces(parts: Sequence[Part], outcome: Outcome) -> list[Piece]:
    """Every piece that parses. A cell that does not is left out as long as another one does."""
    found: list[Piece] = []
    for part in parts:
        try:
            parsed = parse(part)
        except Exception as error:
            if not part.cell or len(parts) == 1:
                raise
            outcome.failures.append(str(error))
            continue
        tree, names = restore_numpy_names(parsed.tree)
        outcome.notes.extend(parsed.notes)
        outcome.notes.extend(
            [f"NumPy no longer has np.{', np.'.join(names)}: the former meaning was used"] * bool(names)
        )
        selection = select(tree, made_by(statement for piece in found for statement in piece.selection.kept))
        found.append(Piece(parsed, selection, future_flags(with_numbers(tree))))
    return found


def future_flags(tree: ast.Module) -> int:
    """The compiler flags of a module's imports from the future."""
    futures = [n for n in tree.body if isinstance(n, ast.ImportFrom) and n.module == "__future__"]
    names = [alias.name for node in futures for alias in node.names if hasattr(__future__, alias.name)]
    return sum({getattr(__future__, name).compiler_flag for name in names})


def define(found: Sequence[Piece], module: ModuleType, outcome: Outcome) -> None:
    """Run definitions, imports and constants in their file's folder, then whatever constants they turn out to need.

    What fails is run once more at the end, when every name is there.
    """
    with surroundings(module):
        failed = run_all([(statement, piece) for piece in found for statement in piece.selection.kept], module)
        failed += run_all(wanted(found, needed(together(found), vars(module)), module), module, outcome)
        failed = run_all([(failure.statement, failure.piece) for failure in failed], module)
        failed = [failure for failure in failed if not defined_without_defaults(failure, module, outcome)]
    dropped = made_by(statement for piece in found for statement in piece.selection.dropped)
    outcome.failures.extend(failure.sentence for failure in failed if failure.name not in dropped)
    outcome.dropped = any(piece.selection.dropped for piece in found)


def together(found: Sequence[Piece]) -> Selection:
    """All pieces as one."""
    return Selection(
        tuple(statement for piece in found for statement in piece.selection.kept),
        tuple(statement for piece in found for statement in piece.selection.dropped),
    )


def wanted(found: Sequence[Piece], names: set[str], module: ModuleType) -> list[tuple[ast.stmt, Piece]]:
    """The dropped assignments that make these names, in order."""
    if not names:
        return []
    return [
        (statement, piece)
        for piece in found
        for statement in makers((*piece.selection.dropped, *made_global(piece.selection.kept)), names, vars(module))
    ]


def made_later(found: Sequence[Piece], module: ModuleType) -> Callable[[str], object]:
    """A ``__getattr__`` for the module: a constant that its own definitions do not need is made when others ask."""

    def make(name: str) -> object:
        if not name.startswith("__"):
            with surroundings(module):
                run_all(wanted(found, {name}, module), module, Outcome())
        if name not in vars(module):
            raise AttributeError(f"{module.__name__.removeprefix('submission.')} has no {name}")
        return vars(module)[name]

    return make


def run_everything(found: Sequence[Piece], module: ModuleType, outcome: Outcome) -> None:
    """Run whole files as Python would, main part included, for a few seconds at most."""
    name, module.__name__ = module.__name__, "__main__"
    statements = [(statement, piece) for piece in found for statement in piece.parsed.tree.body]
    with arguments_of(module), np.errstate():
        failed = run_all(statements, module, outcome)
    outcome.failures.extend(failure.sentence for failure in failed)
    module.__name__ = name


@dataclass(frozen=True)
class Failure:
    """A statement that failed; ``name`` is the name that it lacked, if that was why."""

    statement: ast.stmt
    piece: Piece
    sentence: str
    name: str | None


def run_all(
    statements: Sequence[tuple[ast.stmt, Piece]], module: ModuleType, timed: Outcome | None = None
) -> list[Failure]:
    """Execute statements one by one; those that failed. With *timed*, for a few seconds at most, which it then says."""
    failed: list[Failure] = []
    try:
        with time_limit(SCRIPT_SECONDS) if timed and statements else contextlib.nullcontext():
            for statement, piece in statements:
                if failure := run(statement, piece, module):
                    failed.append(failure)
    except KeyboardInterrupt:
        if timed is None:
            raise
        timed.interrupted = True
    return failed


def run(statement: ast.stmt, piece: Piece, module: ModuleType) -> Failure | None:
    """Execute one statement. Annotations stay text: a type that is not here costs no function."""
    name = piece.parsed.part.name
    flags = piece.flags | __future__.annotations.compiler_flag
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(ast.Module([statement], []), name, "exec", flags=flags, dont_inherit=True)
            exec(code, vars(module))  # noqa: S102  executing the submission is what loading is
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  a submission may raise anything, SystemExit included
        lacked = error.name if isinstance(error, NameError) else None
        return Failure(statement, piece, f"{name}, line {getattr(statement, 'lineno', 0)}: {described(error)}", lacked)
    return None


def defined_without_defaults(failure: Failure, module: ModuleType, outcome: Outcome) -> bool:
    """Whether a function or class that failed is there once defaults that cannot be made are None; which, it notes."""

    def fails(default: ast.expr) -> bool:
        made = ast.copy_location(ast.Expr(default), default)
        return not isinstance(default, ast.Constant) and run(made, failure.piece, module) is not None

    if not isinstance(failure.statement, ast.FunctionDef | ast.ClassDef):
        return False
    mended, names = without_defaults(failure.statement, fails)
    if not names or run(mended, failure.piece, module) is not None:
        return False
    outcome.notes.append(f"{', '.join(names)}: the default value could not be made and is None")
    return True


def described(error: BaseException) -> str:
    """``NameError: name 'X' is not defined``, however the error was made."""
    try:
        text = PLACE.sub("", str(error)).rstrip(".")
    except Exception:  # noqa: BLE001  an exception class of the submission may fail to describe itself
        text = ""
    said = f"{type(error).__name__}: {text}"[:300] if text else type(error).__name__
    return f"{said}, which ended the program" if isinstance(error, SystemExit) else said


@contextlib.contextmanager
def surroundings(module: ModuleType) -> Iterator[None]:
    """The folder, command line and NumPy warnings in which a module's definitions run; undone afterwards."""
    folder = Path(str(module.__file__)).parent
    with contextlib.chdir(folder) if folder.is_dir() else contextlib.nullcontext(), arguments_of(module), np.errstate():
        yield


@contextlib.contextmanager
def arguments_of(module: ModuleType) -> Iterator[None]:
    """The command line of a script that was called with no arguments."""
    before = sys.argv
    sys.argv = [str(module.__file__)]
    try:
        yield
    finally:
        sys.argv = before


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise KeyboardInterrupt in this block after *seconds*; without effect outside the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    done = threading.Event()
    timer = threading.Thread(target=_interrupt, args=(done, seconds), daemon=True)
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background may ignore interrupts
    timer.start()
    try:
        yield
    finally:
        done.set()
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)


def _interrupt(done: threading.Event, seconds: float) -> None:
    """Interrupt the main thread until the block is left: an interrupt that meets a finaliser is lost."""
    while not done.wait(seconds):
        _thread.interrupt_main()
        seconds = AGAIN


class Drain(io.TextIOBase):
    """A standard output that keeps nothing."""

    def write(self, text: str) -> int:
        """Count and forget."""
        return len(text)

    def writable(self) -> bool:
        """It takes everything."""
        return True


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Whatever the submission prints while it loads is lost."""
    drain = Drain()
    with contextlib.redirect_stdout(drain), contextlib.redirect_stderr(drain):
        yield
