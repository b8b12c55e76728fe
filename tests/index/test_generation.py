"""What goes into a generation: words counted once and kept, rows taken over, files for every array."""

import json
from pathlib import Path

import numpy as np
import pytest
from index_library import HashingEmbedder, put_text
from passage_list import document, passage

from index.analysis.analyser import Analyser
from index.indexed_text import heading_of, passage_term_counts
from index.snapshot import generation, passage_files
from index.snapshot.commit import next_generation
from index.snapshot.passage_files import BuildEvent
from index.snapshot.paths import USER_ACRONYMS, load_analyser, snapshot_folder
from index.snapshot.publish import publish
from index.snapshot.snapshot import Snapshot
from ingest.library.library import Library
from ingest.metadata.metadata import Metadata


def opened(library: Library) -> Snapshot:
    return Snapshot.open(snapshot_folder(library.folder))


def test_words_of_a_passage_are_kept_in_the_library(library: Library, published: Path) -> None:
    version = load_analyser(library.folder).version
    keys = {generation.count_key(stored.passage) for stored in library.passages()}
    kept = library.get_derived(f"counts:{version}", keys)
    assert set(kept) == keys
    stored = next(iter(library.passages()))
    own = stored.passage
    expected = passage_term_counts(Analyser(), own.search_text(), own.language, heading_of(own))
    assert json.loads(kept[generation.count_key(own)]) == expected


def test_kept_words_are_not_counted_again(library: Library, published: Path) -> None:
    put_text(library, "new.txt", Metadata(title="New"), "en", ["Oxygen is short."])
    told: list[BuildEvent] = []
    publish(library, library.folder, None, told.append)
    assert [(event.stage, event.total) for event in told] == [("count", 1)]


def test_other_acronyms_count_every_passage_anew(library: Library, published: Path) -> None:
    (library.folder / USER_ACRONYMS).write_text('[oxygen]\nacronyms = ["OXY"]\n')
    told: list[BuildEvent] = []
    made = publish(library, library.folder, None, told.append)
    assert len([event for event in told if event.stage == "count"]) == made.passages
    assert made.analysis == load_analyser(library.folder).version


# What changes in a passage → whether its words must be counted again.
CHANGES = {
    "text": (passage("Other words."), True),
    "nothing": (passage("Some words.", 7), False),
}


@pytest.mark.parametrize("case", CHANGES)
def test_the_key_of_words_follows_what_is_counted(case: str) -> None:
    changed, other = CHANGES[case]
    before = generation.count_key(passage("Some words.").passage)
    assert (generation.count_key(changed.passage) != before) is other


def test_words_in_the_snapshot_are_those_of_the_passages(library: Library, published: Path) -> None:
    snapshot, analyser = opened(library), load_analyser(library.folder)
    rows = np.arange(snapshot.manifest.passages, dtype=np.int32)
    for row, counts in enumerate(snapshot.lexical.counts_of(rows)):
        own = snapshot.passage(row).passage
        assert counts == passage_term_counts(analyser, own.search_text(), own.language, heading_of(own))


def test_counts_of_some_rows_are_in_the_order_asked_for(library: Library, published: Path) -> None:
    lexical = opened(library).lexical
    every = lexical.counts_of(np.arange(lexical.passages, dtype=np.int32))
    assert lexical.counts_of(np.array([5, 2], np.int32)) == [every[5], every[2]]
    assert lexical.counts_of(np.zeros(0, np.int32)) == []


def test_the_manifest_says_what_there_is(library: Library, published: Path) -> None:
    snapshot = opened(library)
    manifest = snapshot.manifest
    assert (manifest.passages, manifest.documents) == (8, 3)
    assert manifest.languages == {"en": 3, "es": 3, "pt": 2}
    assert snapshot.languages == ["en", "es", "pt"]
    assert manifest.vectors == int(snapshot.vector_counts.sum())
    assert set(manifest.numbers) == {"length", "idf"}
    assert manifest.state == library.state()


def test_documents_keep_their_rows_while_they_are_written_as_before(
    library: Library, published: Path
) -> None:
    before = opened(library)
    documents = list(before.documents)
    places = passage_files.taken_over(documents, before)
    assert places == [(0, 3), (3, 6), (6, 8)]
    assert passage_files.taken_over(documents, None) == [None] * 3
    assert passage_files.taken_over([document("new"), *documents], before) == [None, *places]


def test_of_documents_that_changed_places_the_most_are_taken_over(library: Library, published: Path) -> None:
    before = opened(library)
    one, two, three = before.documents
    assert passage_files.taken_over([two, three, one], before) == [(3, 6), (6, 8), None]


def test_a_new_generation_has_a_number_no_other_had(tmp_path: Path) -> None:
    assert next_generation(tmp_path) == "gen-00000001"
    for name in ("gen-00000003", "gen-00000012", "gen-x", "base-00000099"):
        (tmp_path / name).mkdir()
    assert next_generation(tmp_path) == "gen-00000013"


def test_another_model_embeds_everything_anew(library: Library, published: Path) -> None:
    first, other = opened(library), HashingEmbedder("other")
    publish(library, library.folder, other)
    again = opened(library)
    assert len(other.encoded) == again.manifest.vectors == first.manifest.vectors
    assert first.manifest.model is not None
    assert again.manifest.model is not None
    assert again.manifest.model["fingerprint"] != first.manifest.model["fingerprint"]
