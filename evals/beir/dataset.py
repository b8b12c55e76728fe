"""BEIR folders: reading, and scoring the shipped retrieval on one, one passage a document.

A folder holds `corpus.jsonl` (_id, title, text), `queries.jsonl` (_id, text), `qrels/test.tsv`
(query-id, corpus-id, score, with a head line), and perhaps `queries.unanswerable.jsonl`: questions that
the corpus does not answer, for the AUROC of refusing (Thakur et al., NeurIPS 2021, and the folders of
this project's benchmarks).
"""

import math
from dataclasses import dataclass
from pathlib import Path

from evals.trec import Qrels
from ingest.errors import UsageError
from ingest.text.jsonl import lines, records

CORPUS, QUERIES, UNANSWERABLE, QRELS = (
    "corpus.jsonl",
    "queries.jsonl",
    "queries.unanswerable.jsonl",
    "qrels/test.tsv",
)
_HINT = f"a BEIR folder holds {CORPUS}, {QUERIES} and {QRELS}"


@dataclass(frozen=True, slots=True)
class BeirDocument:
    """One text of the corpus."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class BeirSet:
    """A BEIR folder read: documents, questions by id, grades, and questions without an answer."""

    name: str
    documents: tuple[BeirDocument, ...]
    queries: dict[str, str]
    qrels: Qrels
    unanswerable: dict[str, str]


def read_beir(folder: Path) -> BeirSet:
    """Read a BEIR folder; questions without a grade > 0 are left out, as BEIR's own scoring does.

    Raises UsageError naming file and line where the folder is incomplete or broken.
    """
    path = folder / CORPUS
    documents = tuple(
        BeirDocument(
            _field(path, n, record, "_id"), str(record.get("title") or ""), _field(path, n, record, "text")
        )
        for n, record in records(path, hint=_HINT)
    )
    known = {document.id for document in documents}
    if len(known) != len(documents):
        raise UsageError(f"{folder / CORPUS}: two documents have the same _id")
    queries = _queries(folder / QUERIES)
    qrels = read_beir_qrels(folder / QRELS)
    for query, grades in qrels.items():
        stranger = next((item for item in grades if item not in known), None)
        if query not in queries or stranger is not None:
            missing = repr(query) if query not in queries else repr(stranger)
            raise UsageError(
                f"{folder / QRELS}: {missing} is neither a question nor a document of this folder"
            )
    graded = {query: text for query, text in queries.items() if any(qrels.get(query, {}).values())}
    if not graded:
        raise UsageError(f"{folder / QRELS}: grades no question of {QUERIES}")
    extra = folder / UNANSWERABLE
    return BeirSet(folder.name, documents, graded, qrels, _queries(extra) if extra.exists() else {})


def read_beir_qrels(path: Path) -> Qrels:
    """Return the grades of a BEIR qrels file (tabs, one head line). Raises UsageError naming the line."""
    qrels: Qrels = {}
    for number, line in lines(path, hint=_HINT):
        fields = line.split("\t")
        if number == 1 and fields[0] == "query-id":
            continue
        if len(fields) != 3 or not _is_whole(fields[2]):
            raise UsageError(
                f"{path}, line {number}: is not query-id, corpus-id and a whole number between tabs"
            )
        qrels.setdefault(fields[0], {})[fields[1]] = int(float(fields[2]))
    return qrels


def _queries(path: Path) -> dict[str, str]:
    queries: dict[str, str] = {}
    for number, record in records(path, hint=_HINT):
        name = _field(path, number, record, "_id")
        if name in queries:
            raise UsageError(f"{path}, line {number}: question {name!r} stands twice")
        queries[name] = _field(path, number, record, "text")
    return queries


def _field(path: Path, number: int, record: dict[str, object], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str) or (key == "_id" and not value):
        raise UsageError(f"{path}, line {number}: has no text in {key!r}")
    return value


def _is_whole(text: str) -> bool:
    try:
        value = float(text)
    except ValueError:
        return False
    return math.isfinite(value) and value.is_integer()
