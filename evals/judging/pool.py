"""Pooling: the union of the first passages of several runs, to be judged quickly by a person.

What only one system finds gets judged too, so a new system is not punished for finding what nobody had
looked for (Spärck Jones and van Rijsbergen 1975; the practice of TREC).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.measures.metrics import trec_order
from evals.results import QRELS, RUN, load_run, write_lines
from evals.trec import read_qrels, read_run
from ingest.errors import UsageError
from ingest.text.jsonl import values

DEPTH = 10


@dataclass(frozen=True, slots=True)
class PoolItem:
    """A passage to be judged for a question: its best rank in the runs, and how many runs show it."""

    id: str
    group: str
    lang: str
    type: str
    question: str
    passage_id: str
    best_rank: int
    runs: int


def pool(runs: Sequence[Path], *, depth: int = DEPTH) -> list[PoolItem]:
    """Return the passages among the first `depth` of any run that nobody judged yet.

    Questions stand in the order of the first run; within one, best rank first. Raises UsageError where
    a run cannot be read or the runs are over different gold or corpora.
    """
    if not runs:
        raise UsageError("no run to pool; name the folders of one or more runs")
    reports = [load_run(folder) for folder in runs]
    first = reports[0].summary
    for report in reports[1:]:
        if (report.summary.gold_hash, report.summary.corpus_hash) != (first.gold_hash, first.corpus_hash):
            raise UsageError(f"{report.folder}: is over another gold set or corpus than {runs[0]}")
    rankings = [read_run(folder / RUN) for folder in runs]
    known = [read_qrels(folder / QRELS) for folder in runs]
    items: list[PoolItem] = []
    for question in reports[0].questions:
        judged = {passage for qrels in known for passage in qrels.get(question.id, {})}
        places: dict[str, list[int]] = {}
        for ranking in rankings:
            for rank, passage in enumerate(trec_order(ranking.get(question.id, {}))[:depth], start=1):
                if passage not in judged:
                    places.setdefault(passage, []).append(rank)
        found = [
            PoolItem(
                question.id, question.group, question.lang, question.type, question.question,
                passage, min(ranks), len(ranks),
            )
            for passage, ranks in places.items()
        ]  # fmt: skip
        items += sorted(found, key=lambda item: (item.best_rank, -item.runs, item.passage_id))
    return items


def write_pool(items: Sequence[PoolItem], path: Path) -> None:
    """Write a pool, one passage a line."""
    write_lines(path, items)


def read_pool(path: Path) -> list[PoolItem]:
    """Return the items of a pool file. Raises UsageError naming the line that is broken."""
    hint = "make a pool with `pincite eval pool`"
    return list(values(path, PoolItem, "a passage of a pool", hint=hint))
