"""Documents without vectors are ranked fairly beside those with: half a library is embedded, the other half is not."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ranking.unembedded import expected_nearness
from index.ranking.window_rescoring import WindowScores, rescored
from index.search import Searcher
from index.snapshot.paths import snapshot_folder
from index.snapshot.publish import SnapshotWriter
from index.snapshot.vector_files import Meaning
from ingest.library.library import Library
from ingest.metadata.metadata import Metadata

PLACES = [
    "cusco",
    "puno",
    "tacna",
    "ica",
    "lima",
    "piura",
    "tumbes",
    "loreto",
    "junin",
    "ancash",
    "pasco",
    "callao",
]
GOLD = Path("evals/gold/starter.jsonl")


def flags(*values: int) -> np.ndarray:
    return np.array(values, bool)


def test_the_place_by_words_becomes_the_place_by_nearness() -> None:
    words = np.array([9.0, 7.0, 5.0, 3.0])
    nearness = np.array([-1.0, 0.9, -1.0, 0.8])
    found = expected_nearness(words, nearness, flags(1, 0, 1, 0), flags(1, 1, 1, 1))
    # First of all by words: as near as the nearest. Third of four, half of which have vectors: as the second.
    assert found.tolist() == [0.9, 0.9, 0.8, 0.8]


def test_those_found_for_their_nearness_have_no_place_by_words() -> None:
    words = np.array([1.0, 0.0, 0.0, 0.5])
    nearness = np.array([-1.0, 0.95, 0.9, 0.7])
    found = expected_nearness(words, nearness, flags(1, 0, 0, 0), flags(1, 0, 0, 1))
    assert found[0] == 0.95


def test_where_none_has_a_vector_words_are_all_there_is() -> None:
    found = expected_nearness(np.array([4.0, 2.0]), np.array([-1.0, -1.0]), flags(1, 1), flags(1, 1))
    assert found.tolist() == [1.0, 0.5]


@given(st.lists(st.tuples(st.floats(0, 30), st.floats(-0.9, 0.99), st.booleans()), min_size=1, max_size=40))
def test_better_words_are_never_farther_and_vectors_keep_theirs(
    candidates: list[tuple[float, float, bool]],
) -> None:
    words = np.array([one[0] for one in candidates])
    nearness = np.array([one[1] for one in candidates])
    without = np.array([one[2] for one in candidates])
    found = expected_nearness(words, nearness, without, np.ones(len(words), bool))
    assert found[~without].tolist() == nearness[~without].tolist()
    order = np.argsort(-words[without], kind="stable")
    assert np.all(np.diff(found[without][order]) <= 0)
    if not without.all():
        assert nearness[~without].min() <= found.min() <= found.max() <= nearness[~without].max()


def test_a_passage_whose_windows_cannot_be_read_keeps_its_place() -> None:
    scores = np.array([0.9, 0.8, 0.7])
    read = [
        WindowScores(place=0, meaning=np.array([0.8, 0.2]), words=np.array([0.5, 0.1]), foreign=False),
        WindowScores(place=1, meaning=np.zeros(0), words=np.zeros(0), foreign=False),
        WindowScores(place=2, meaning=np.array([0.6, 0.2]), words=np.array([0.4, 0.1]), foreign=False),
    ]
    after = rescored(scores, read, 0.6, 1.0)
    assert after[0] > after[1] > after[2]


def half_embedded(library: Library, folder: Path, embedder: object, seed: int) -> tuple[Searcher, set[str]]:
    """Publish with the vectors of a random half of the documents; return a searcher and the names of that half."""
    documents = [one for one in library.documents() if one.passage_count]
    ready = random.Random(seed).sample(documents, len(documents) // 2)
    snapshot_folder(folder).mkdir(parents=True)
    writer = SnapshotWriter(folder=folder)
    writer._publish_generation(library, Meaning.of(embedder, {one.id for one in ready}), lambda _: None)  # type: ignore[arg-type]
    return Searcher.open(folder, embedder=embedder), {one.file for one in ready}  # type: ignore[arg-type]


def test_both_halves_are_found(library: Library, tmp_path: Path, embedder: object) -> None:
    from index_library import put_text

    for place in PLACES:
        text = f"The clinic of {place} counts its beds. It has oxygen for some days."
        put_text(library, f"{place}.txt", Metadata(title=place.title()), "en", [text])
    searcher, ready = half_embedded(library, tmp_path / "half", embedder, 3)
    for place in PLACES:
        result = searcher.search(f"how many beds has the clinic of {place}")
        hit = result.hits[0]
        assert hit.document.file == f"{place}.txt"
        assert (hit.dense_rank is not None) is (hit.document.file in ready)
        assert result.notices[0].values == {"ready": 7, "documents": 15}
        assert 0 < result.confidence < 1, "judged by its words where there is no vector"


@pytest.fixture(scope="module")
def starter_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter corpus, read and embedded."""
    from app.commands.ingest import bring_up_to_date
    from app.commands.progress import Progress
    from app.settings import Settings

    folder = tmp_path_factory.mktemp("starter") / "library"
    bring_up_to_date(Path("corpus"), folder, Settings(), progress=Progress.none)
    return folder


@pytest.mark.slow
def test_answers_of_both_halves_of_the_starter_set(starter_library: Path, tmp_path: Path) -> None:
    from index.embedding.loading import load_model

    embedder = load_model()
    questions = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    counts: dict[str, list[bool]] = {}
    with Library.open(starter_library) as library:
        whole = Searcher.open(starter_library, embedder=embedder)
        for seed in range(3):
            half, ready = half_embedded(library, tmp_path / f"half{seed}", embedder, seed)
            for question in (one for one in questions if one["answerable"]):
                sources = {evidence["doc"] for evidence in question["evidence"]}
                kind = "ready" if sources <= ready else "waiting" if not sources & ready else None
                if kind:
                    counts.setdefault(f"half {kind}", []).append(found(half, question))
                    counts.setdefault(f"whole {kind}", []).append(found(whole, question))
                    counts.setdefault(f"words {kind}", []).append(found(whole, question, "lexical"))
    share = {name: sum(values) / len(values) for name, values in counts.items()}
    assert share["half ready"] >= share["whole ready"] - 0.03, share
    assert share["half waiting"] >= share["words waiting"] - 0.01, share


def found(searcher: Searcher, question: dict[str, object], mode: str = "hybrid") -> bool:
    """Return whether a passage with a quote of the evidence is among the first five."""
    hits = searcher.search(str(question["question"]), k=5, mode=mode).hits
    texts = [(hit.document.file, " ".join(hit.passage.passage.text.split()).lower()) for hit in hits]
    evidence: list[dict[str, str]] = question["evidence"]  # type: ignore[assignment]
    return any(
        one["doc"] == file and one["quote"].lower()[:40] in text for one in evidence for file, text in texts
    )
