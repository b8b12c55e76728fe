"""What the folder of a library holds for searching: the snapshot, and people's own acronyms and glossary."""

from pathlib import Path

from index.analysis import glossary
from index.analysis.acronyms import SHIPPED, Acronyms
from index.analysis.analyser import Analyser
from ingest.errors import UsageError

SNAPSHOT = "snapshot"
CURRENT = "CURRENT"
"""The file of a snapshot that names the generation in use."""
USER_ACRONYMS = "acronyms.toml"
"""Groups that add to the shipped ones or replace them."""
USER_GLOSSARY = "glossary.csv"
"""Rows that add to the shipped ones."""


def snapshot_folder(library_folder: Path) -> Path:
    """Return where a library keeps its snapshot."""
    return library_folder / SNAPSHOT


def load_analyser(library_folder: Path) -> Analyser:
    """Return the analysis with the shipped acronyms and glossary and the library's own.

    Raises: UsageError naming file and line, where one of the library's own is broken.
    """
    acronyms = library_folder / USER_ACRONYMS
    analyser = Analyser(
        Acronyms.load(SHIPPED, acronyms) if acronyms.is_file() else Acronyms.load(),
        _glossaries(library_folder),
    )
    _ = analyser.glossary
    return analyser


def usable_analyser(library_folder: Path) -> tuple[Analyser, tuple[str, ...]]:
    """Return the analysis for a search, without those of the library's own files that are broken, and their faults."""
    acronyms, faults = Acronyms.load(), []
    path = library_folder / USER_ACRONYMS
    try:
        acronyms = Acronyms.load(SHIPPED, path) if path.is_file() else acronyms
    except UsageError as error:
        faults.append(str(error))
    analyser = Analyser(acronyms, _glossaries(library_folder))
    try:
        _ = analyser.glossary
    except UsageError as error:
        faults.append(str(error))
        analyser = Analyser(acronyms)
    return analyser, tuple(faults)


def _glossaries(library_folder: Path) -> tuple[Path, ...]:
    words = library_folder / USER_GLOSSARY
    return (glossary.SHIPPED, words) if words.is_file() else ()
