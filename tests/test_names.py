"""Names are the words of the field: who greps for them finds the code. Private words stay out.

Read are the names that code here gives: of files, folders, functions, classes, parameters, variables, fields, and the
keys of dictionaries written out (those of `--explain` among them). Names of libraries' things are theirs.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("app", "bench", "evals", "index", "ingest", "tests", "tools")
DATA_FILES = {".css", ".csv", ".html", ".json", ".toml"}

# A word in no name at all -> the word to use.
PRIVATE = {
    "bag": "term_counts",
    "charmap": "offset_map",
    "durable": "atomic (of a file)",
    "furniture": "running_heads",
    "holdings": "LibraryState",
    "levelled": "language_offset",
    "levelling": "language_offset",
    "pinpoint": "note_lookup, or the page of the answer",
    "shelf": "DocumentTexts",
    "soundness": "invariants",
    "splice": "postings_merge",
    "spliced": "merged",
    "torn": "page_breaks (of a passage), truncated (of a file)",
}
# A word in no name but those of test functions, which are sentences.
PRIVATE_BUT_IN_SENTENCES = {
    "closer": "window_rescoring",
    "echo": "lexical_share_of_neighbours",
    "echoes": "lexical_share_of_neighbours",
    "keeping": "derived (of what the library computes), or the library's commands",
    "passing": "transient",
    "said": "search_text",
    "wire": "protocol",
}
# Whole names, of whatever kind.
PRIVATE_NAMES = {
    "_Asked": "ParsedQuestion",
    "READING": "READER_VERSION",
    "count_pieces": "nothing: nobody uses it",
    "look": "window rescoring, or a verb with its object",
    "looks": "window rescoring, or a verb with its object",
}
# Whole names of modules and folders that moved to rooms of the field's words.
PRIVATE_FILES = {
    "child": "worker",
    "clean": "layout, structure",
    "codec": "jsonl",
    "dumped": "dumped_text",
    "flow": "blocks",
    "marked": "match",
    "pane": "source_pane",
    "pieces": "token_estimate",
    "publication": "commit",
    "scan": "exact",
    "units": "assemble",
}
# The picture of a scanned page, drawn for the starter corpus, is a scan.
ALLOWED_FILES = {"tools/starter_build/scan.py", "tools/starter/scan"}

# A noun "look": the last word of a name ("first_look"), not the verb ("look_up", "looks_like").
LOOK = re.compile(r"(?:^|_)looks?$")


def words(name: str) -> list[str]:
    """Return the words of a name in either spelling, in lower case."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def complaint(name: str, *, sentence: bool = False) -> str | None:
    """Return what to write instead of `name`, or None for a name of the field."""
    if name in PRIVATE_NAMES:
        return PRIVATE_NAMES[name]
    if not sentence and LOOK.search(name.lower()):
        return PRIVATE_NAMES["look"]
    private = PRIVATE if sentence else PRIVATE | PRIVATE_BUT_IN_SENTENCES
    return next((private[word] for word in words(name) if word in private), None)


def given(tree: ast.Module) -> Iterator[tuple[int, str, bool]]:
    """Yield (line, name, whether it is a sentence) of every name that this module gives."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.lineno, node.name, node.name.startswith("test_")
            case ast.ClassDef():
                yield node.lineno, node.name, False
            case ast.arg():
                yield node.lineno, node.arg, False
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id, False
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, node.attr, False
            case ast.alias(asname=str(name)):
                yield node.lineno, name, False
            case ast.Dict():
                for key in node.keys:
                    if (
                        isinstance(key, ast.Constant)
                        and isinstance(key.value, str)
                        and key.value.isidentifier()
                    ):
                        yield key.lineno, key.value, False


def files() -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if "__pycache__" not in path.parts and (path.is_dir() or path.suffix in DATA_FILES | {".py"}):
                yield path


@pytest.mark.parametrize("folder", FOLDERS)
def test_names_in_code_are_words_of_the_field(folder: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name} → {better}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path != Path(__file__)
        for line, name, sentence in given(ast.parse(path.read_text(encoding="utf-8")))
        if (better := complaint(name, sentence=sentence))
    ]
    assert not found, "\n".join(found)


def test_names_of_files_and_folders_are_words_of_the_field() -> None:
    found = []
    for path in files():
        name = path.stem.removeprefix("test_")
        better = PRIVATE_FILES.get(name) or complaint(name)
        if better and str(path.relative_to(ROOT)) not in ALLOWED_FILES:
            found.append(f"{path.relative_to(ROOT)} → {better}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "name", ["split_torn", "Charmap", "BagOfWords", "first_look", "looks", "READING", "passing"]
)
def test_private_names_are_found(name: str) -> None:
    assert complaint(name)


@pytest.mark.parametrize(
    "name", ["note_lookup", "look_up", "looks_like_a_year", "baggage", "offset_map", "wired"]
)
def test_other_names_are_left_alone(name: str) -> None:
    assert complaint(name) is None


def test_a_test_is_named_by_a_sentence() -> None:
    assert complaint("test_what_was_said_stays", sentence=True) is None
    assert complaint("test_furniture_goes", sentence=True)
