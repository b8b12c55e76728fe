"""The starter questions to a library on Milvus, with its database in the folder and on PostgreSQL: answers as here."""

import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))  # bench is no package

from bench.milvus import METRICS, agreement, part_of  # noqa: E402
from index.search import Searcher  # noqa: E402
from index.snapshot.paths import snapshot_folder  # noqa: E402
from index.snapshot.publish import publish  # noqa: E402
from index.snapshot.search_place import search_at  # noqa: E402
from index.snapshot.snapshot import Snapshot  # noqa: E402
from ingest.library.archive import copy_library  # noqa: E402
from ingest.library.library import Library  # noqa: E402
from ingest.library.place import point_at  # noqa: E402

EVERY = 10
"""Every so many questions: 20 of 200. The whole set takes a minute or two (`python bench/milvus.py`)."""


@pytest.mark.slow
@pytest.mark.parametrize("database", ["in the folder", "on PostgreSQL"])
def test_answers_are_those_of_this_machine(
    database: str, starter_library: Path, tmp_path: Path, milvus_url: str, request: pytest.FixtureRequest
) -> None:
    folder = tmp_path / "library"
    if database == "on PostgreSQL":
        point_at(folder, request.getfixturevalue("schema_url"))
        copy_library(starter_library, folder)
    else:
        shutil.copytree(starter_library, folder)
    search_at(folder, milvus_url)
    here = Searcher(Snapshot.open(snapshot_folder(starter_library)), starter_library, None, None)
    with Library.open(folder) as library:
        made = publish(library, folder, here.embedder)
        there = Searcher.open(folder)
        gold = part_of(ROOT / "evals" / "gold" / "starter.jsonl", EVERY, tmp_path / "part.jsonl")
        found = agreement(library, here, there, gold, tmp_path / "runs")
    assert made.search is not None and there.snapshot.manifest.search == made.search
    assert found.there["page_hit@5"] == found.here["page_hit@5"]
    assert abs(found.there["ndcg@10"] - found.here["ndcg@10"]) <= 0.005
    assert found.first >= 0.98
    assert found.questions == 20 and set(found.here) == set(METRICS)
