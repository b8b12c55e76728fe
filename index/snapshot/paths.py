"""What the folder of a library holds for searching: the snapshot, and people's own acronyms and glossary."""

from pathlib import Path

from index.analysis import glossary
from index.analysis.acronyms import SHIPPED, Acronyms
from index.analysis.analyser import Analyser

SNAPSHOT = "snapshot"
USER_ACRONYMS = "acronyms.toml"
"""Groups that add to the shipped ones or replace them."""
USER_GLOSSARY = "glossary.csv"
"""Rows that add to the shipped ones."""


def snapshot_folder(library_folder: Path) -> Path:
    """Return where a library keeps its snapshot."""
    return library_folder / SNAPSHOT


def load_analyser(library_folder: Path) -> Analyser:
    """Return the analysis with the shipped acronyms and glossary and the library's own."""
    acronyms, words = library_folder / USER_ACRONYMS, library_folder / USER_GLOSSARY
    return Analyser(
        Acronyms.load(SHIPPED, acronyms) if acronyms.is_file() else Acronyms.load(),
        (glossary.SHIPPED, words) if words.is_file() else (),
    )
