"""What any `PassageSource` must do. A second implementation joins by one more entry in `MAKERS`."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from index_library import TEXTS, put_text

from index.retrieval.base import PassageSource
from index.snapshot.paths import snapshot_folder
from index.snapshot.publish import publish
from index.snapshot.snapshot import Snapshot
from ingest.library.library import Library
from ingest.metadata.metadata import Metadata

Maker = Callable[[Library], PassageSource]


def snapshot(library: Library) -> PassageSource:
    publish(library, library.folder, None)
    return Snapshot.open(snapshot_folder(library.folder))


MAKERS: dict[str, Maker] = {"snapshot": snapshot}


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", create=True) as library:
        for name, (metadata, language, texts) in TEXTS.items():
            put_text(library, name, metadata, language, texts)
        yield library


@pytest.fixture(params=list(MAKERS.values()), ids=list(MAKERS))
def source(request: pytest.FixtureRequest, filled: Library) -> PassageSource:
    make: Maker = request.param
    return make(filled)


def test_every_passage_of_the_library_has_a_row_beside_its_document(
    source: PassageSource, filled: Library
) -> None:
    total = len(source.row_languages)
    stored = [source.passage(row) for row in range(total)]
    assert sorted(one.passage.id for one in stored) == sorted(one.passage.id for one in filled.passages())
    for row, one in enumerate(stored):
        assert one == filled.passage(one.passage.id)
        assert source.document_of(row) == filled.document(one.document_id)


def test_documents_are_those_with_passages(source: PassageSource, filled: Library) -> None:
    assert sorted(document.file for document in source.documents) == sorted(TEXTS)
    assert {document.id for document in source.documents} == {d.id for d in filled.documents()}


def test_languages_are_numbered(source: PassageSource) -> None:
    for row, number in enumerate(source.row_languages.tolist()):
        assert source.languages[number] == source.passage(row).passage.language


FILTERS: dict[str, tuple[dict[str, list[str]], set[str]]] = {
    "nothing": ({}, set(TEXTS)),
    "a key without values": ({"country": []}, set(TEXTS)),
    "one value": ({"country": ["BRA"]}, {"sus-pt.txt"}),
    "either value": ({"publisher": ["PAHO", "minsa"]}, {"paho-en.txt", "ley-es.txt"}),
    "both keys": ({"country": ["PER"], "year": ["2020..2024"]}, {"paho-en.txt"}),
    "nobody": ({"country": ["ARG"]}, set()),
}


@pytest.mark.parametrize("case", FILTERS)
def test_filters_flag_the_passages_of_documents_that_pass(source: PassageSource, case: str) -> None:
    given, files = FILTERS[case]
    flags = source.rows_where(given)
    assert flags.dtype == np.bool_
    assert flags.tolist() == [source.document_of(row).file in files for row in range(len(flags))]


def test_a_passage_of_unknown_language_has_none(tmp_path: Path) -> None:
    for number, make in enumerate(MAKERS.values()):
        with Library.open(tmp_path / str(number), create=True) as library:
            put_text(library, "odd.txt", Metadata(title="Odd"), "", ["Xyzzy plugh 17."])
            made = make(library)
            assert made.languages[int(made.row_languages[0])] is None
