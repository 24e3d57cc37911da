"""The house stands as it was drawn: the import graph between and within the packages."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("gradcheck", "nets", "reports")
STUDENTS = ROOT / "nets" / "specimens"
EXTRAS = ("matplotlib", "plotly", "jinja2", "nbformat", "torch", "jax", "scipy", "click", "tqdm", "tabulate")


def modules():
    """Every module of ours by its dotted name."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if not path.is_relative_to(STUDENTS):
                parts = path.relative_to(ROOT).with_suffix("").parts
                yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES = dict(modules())


def imported(path, *, at_import_time=False):
    """Dotted names that a file imports; with *at_import_time* those inside functions are left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    hidden = set()
    if at_import_time:
        functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        hidden = {id(inner) for f in functions for inner in ast.walk(f)}
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            for alias in node.names:
                below = f"{node.module}.{alias.name}"
                yield below if below in MODULES else node.module


def allowed(importer, target):
    """Whether the arrow from one module of ours to another may be drawn."""
    top, other = importer.split(".")[0], target.split(".")[0]
    if top == other or importer.startswith("gradcheck.cli") or importer == "gradcheck.__main__":
        return True
    if top == "reports":
        return target == "gradcheck.results" or target.startswith("gradcheck.results.")
    return importer.startswith("gradcheck.reference") and other == "nets"


@pytest.mark.parametrize("name", MODULES)
def test_arrows_between_the_packages_are_those_of_the_design(name):
    """Reports see results only, gradcheck sees nets through its reference only, nets see nobody."""
    arrows = [target for target in imported(MODULES[name]) if target.split(".")[0] in PACKAGES]
    assert [target for target in arrows if not allowed(name, target)] == []


@pytest.mark.parametrize("name", MODULES)
def test_no_module_imports_its_own_package_root(name):
    """A module names what it needs, not the whole package that it is part of."""
    root = name.split(".")[0]
    assert name == root or root not in set(imported(MODULES[name]))


def test_there_is_no_import_cycle():
    """No module can be reached from itself by imports made at import time."""
    graph = {
        name: {target for target in imported(path, at_import_time=True) if target in MODULES and target != name}
        for name, path in MODULES.items()
    }
    while leaves := {name for name, targets in graph.items() if not targets & graph.keys()}:
        graph = {name: targets for name, targets in graph.items() if name not in leaves}
    assert sorted(graph) == []


def test_importing_gradcheck_loads_numpy_and_no_other_package():
    """The core is numpy alone: no extra, no table or command-line library is loaded by the import."""
    code = "import sys, gradcheck, nets; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "numpy" in loaded
    assert sorted(set(EXTRAS) & set(loaded)) == []


def test_library_code_has_no_print_and_no_assert():
    """What a library has to say it returns, raises or hands to a progress callback."""
    offenders = [
        f"{name}:{node.lineno}"
        for name, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert)
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print")
    ]
    assert offenders == []
