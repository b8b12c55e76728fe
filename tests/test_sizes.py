"""The house stays small enough to be drawn from memory: few rooms, short files, short functions, tests beside them."""

import ast
import re
import statistics
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Entries at the top of a package: modules and folders, __init__.py and py.typed aside.
MOST_ENTRIES = {"ingest": 17, "index": 10, "app": 11, "evals": 11}
LONGEST_FILE = 350
MEDIAN_FILE = 120
LONGEST_FUNCTION = 40
LEAST_TESTS = 0.9  # lines of tests for a line of code


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def code() -> list[Path]:
    return [path for package in MOST_ENTRIES for path in modules(package)]


@cache
def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def mentioned(path: Path) -> frozenset[str]:
    """Return the modules that a file imports, at its top or in a function, or names in a string.

    A string counts as a child process, the page's script and a program given to a fresh interpreter are started so:
    "ingest.sandbox.worker", "app/ui/main.py", "from app.cli import main; …".
    """
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            for word in re.findall(r"\b(?:app|ingest|index|evals)(?:[./]\w+)+", node.value):
                names.add(word.removesuffix(".py").replace("/", "."))
    return frozenset(names)


@pytest.mark.parametrize(("package", "most"), MOST_ENTRIES.items(), ids=MOST_ENTRIES.keys())
def test_few_entries_at_the_top_of_a_package(package: str, most: int) -> None:
    entries = {
        path.name
        for path in (ROOT / package).iterdir()
        if path.name not in {"__init__.py", "py.typed", "__pycache__"}
    }
    assert len(entries) <= most, sorted(entries)


def test_no_long_file() -> None:
    assert {dotted(path): length(path) for path in code() if length(path) > LONGEST_FILE} == {}


def test_most_files_are_short() -> None:
    assert statistics.median(length(path) for path in code() if length(path)) <= MEDIAN_FILE


def test_no_long_function() -> None:
    """A function counts from `def` to its last line, its docstring included and its decorators not."""
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in code()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]
    assert not long, "\n".join(long)


def test_nearly_as_many_lines_of_tests_as_of_code() -> None:
    tests, product = sum(map(length, modules("tests"))), sum(map(length, code()))
    assert tests / product >= LEAST_TESTS, f"{tests} lines of tests for {product} of code"


def test_every_module_is_under_a_test() -> None:
    """A test imports the module, or imports one of the same package that imports it and so is its front.

    One step and no more: through `app.cli` and `ingest.pipeline` all modules can be reached in the end.
    """
    by_tests = frozenset().union(*(mentioned(path) for path in modules("tests")))
    fronts = [path for path in code() if dotted(path) in by_tests]
    held = by_tests | {
        name
        for front in fronts
        for name in mentioned(front)
        if name.split(".")[0] == dotted(front).split(".")[0]
    }
    alone = [dotted(path) for path in code() if path.name != "__init__.py" and dotted(path) not in held]
    assert not alone, "\n".join(alone)
