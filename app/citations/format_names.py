"""The names of the forms of a citation, for whoever asks for one and loads nothing else."""

from enum import StrEnum


class CitationFormat(StrEnum):
    """How a citation can be had: the line under an excerpt, two styles, three formats of reference managers."""

    text = "text"
    apa = "apa"
    chicago = "chicago"
    bibtex = "bibtex"
    ris = "ris"
    csl_json = "csl-json"
