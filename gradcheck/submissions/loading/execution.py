"""Statements are executed one by one, so that one that fails costs its own names and no others."""

from __future__ import annotations
import __future__

import _thread
import ast
import contextlib
import io
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import ModuleType

from gradcheck.submissions.loading.compatibility import restore_numpy_names
from gradcheck.submissions.loading.definitions import Selection, made_by, makers, needed, select
from gradcheck.submissions.loading.reading import Part
from gradcheck.submissions.loading.repair import Parsed, parse

SCRIPT_SECONDS = 3.0
"""How long a submission's own script part may run when its definitions are not enough."""


@dataclass
class Outcome:
    """What became of a module's statements."""

    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    dropped: bool = False
    interrupted: bool = False


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
        found.append(Piece(parsed, select(tree), future_flags(tree)))
    return found


def future_flags(tree: ast.Module) -> int:
    """The compiler flags of a module's imports from the future."""
    futures = [n for n in tree.body if isinstance(n, ast.ImportFrom) and n.module == "__future__"]
    names = [alias.name for node in futures for alias in node.names if hasattr(__future__, alias.name)]
    return sum({getattr(__future__, name).compiler_flag for name in names})


def define(found: Sequence[Piece], module: ModuleType, outcome: Outcome) -> None:
    """Run definitions, imports and constants, then whatever constants they turn out to need."""
    for piece in found:
        for statement in piece.selection.kept:
            run(statement, piece, module, outcome)
    for piece in found:
        missing = needed(together(found), vars(module))
        for statement in makers(piece.selection.dropped, missing, vars(module)) if missing else ():
            run(statement, piece, module, outcome)
    retry(found, module)
    outcome.dropped = any(piece.selection.dropped for piece in found)


def together(found: Sequence[Piece]) -> Selection:
    """All pieces as one."""
    return Selection(
        tuple(statement for piece in found for statement in piece.selection.kept),
        tuple(statement for piece in found for statement in piece.selection.dropped),
    )


def retry(found: Sequence[Piece], module: ModuleType) -> None:
    """Once more those definitions that failed because a name came later."""
    for piece in found:
        for statement in piece.selection.kept:
            names = {statement.name} if isinstance(statement, ast.ClassDef) else made_by([statement])
            if names and not names & vars(module).keys():
                run(statement, piece, module, Outcome())


def run_everything(found: Sequence[Piece], module: ModuleType, outcome: Outcome) -> None:
    """Run whole files as Python would, main part included, for a few seconds at most."""
    name, module.__name__ = module.__name__, "__main__"
    with time_limit(SCRIPT_SECONDS), arguments_of(module):
        try:
            for piece in found:
                for statement in piece.parsed.tree.body:
                    run(statement, piece, module, outcome)
        except KeyboardInterrupt:
            outcome.interrupted = True
    module.__name__ = name


def run(statement: ast.stmt, piece: Piece, module: ModuleType, outcome: Outcome) -> None:
    """Execute one statement; what goes wrong is written down."""
    name = piece.parsed.part.name
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(ast.Module([statement], []), name, "exec", flags=piece.flags, dont_inherit=True)
            exec(code, vars(module))  # noqa: S102  executing the submission is what loading is
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  a submission may raise anything, SystemExit included
        what = "it ends the program" if isinstance(error, SystemExit) else described(error)
        outcome.failures.append(f"{name}, line {getattr(statement, 'lineno', 0)}: {what}")


def described(error: BaseException) -> str:
    """``NameError: name 'X' is not defined``, however the error was made."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001  an exception class of the submission may fail to describe itself
        text = ""
    return f"{type(error).__name__}: {text}"[:300] if text else type(error).__name__


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
    timer = threading.Timer(seconds, _thread.interrupt_main)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


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
