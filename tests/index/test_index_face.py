"""The names that others may rely on, and that asking for them is what imports them."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import index

NAMES = ["Hit", "SearchResult", "Searcher", "publish"]


def test_the_public_names_are_these() -> None:
    assert index.__all__ == NAMES
    assert set(NAMES) <= set(dir(index))


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_the_thing_itself(name: str) -> None:
    found = getattr(index, name)
    assert found.__name__ == name
    assert found.__module__.startswith("index.")


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Postings"):
        index.Postings  # noqa: B018


def test_importing_the_package_imports_nothing_of_it() -> None:
    code = "import sys, index; print([name for name in sys.modules if name.startswith(('index.', 'numpy'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_nobody_inside_goes_through_the_face() -> None:
    """Inside, each module names the one it means, so that the face can never be part of a circle."""
    package = Path(str(index.__file__)).parent
    faulty = []
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            through = isinstance(node, ast.ImportFrom) and node.module == "index"
            whole = isinstance(node, ast.Import) and any(alias.name == "index" for alias in node.names)
            if through or whole:
                faulty.append(path.relative_to(package).as_posix())
    assert faulty == []
