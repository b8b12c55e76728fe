"""Questions to a small library, from publishing to the JSON of the answer."""

import json
import shutil
import threading
from pathlib import Path

import pytest
from index_library import HashingEmbedder, put_text

from app.exports.schema import hit_dict, result_dict
from index.notices import NoticeKind
from index.ranking.hits import SearchResult
from index.search import Searcher
from index.snapshot.publish import publish
from index.snapshot.snapshot import Snapshot
from ingest.errors import ModelUnavailable, PinciteError, UsageError
from ingest.library.library import Library
from ingest.metadata.metadata import Metadata

MODES = ["hybrid", "lexical", "dense"]


@pytest.fixture
def searcher(published: Path, embedder: HashingEmbedder) -> Searcher:
    return Searcher.open(published, embedder=embedder)


def texts(result: SearchResult) -> list[str]:
    return [hit.passage.passage.text for hit in result.hits]


FIRST = {
    "legal_number": ("Decreto 1466", "Decreto 1466"),
    "other_legal_number": ("decreto legislativo 1350", "1350"),
    "acronym": ("PAHO vacunación", "OPS apoya"),
    "scaled_number": ("1.3 million Venezuelan migrants", "1,3 millones"),
    "phrase": ('"health workers"', "health workers"),
    "portuguese": ("O SUS atende os migrantes?", "SUS atende"),
}


@pytest.mark.parametrize("case", FIRST)
@pytest.mark.parametrize("mode", ["hybrid", "lexical"])
def test_first_hit(searcher: Searcher, case: str, mode: str) -> None:
    question, words = FIRST[case]
    assert words in texts(searcher.search(question, mode=mode))[0]


@pytest.mark.parametrize("mode", MODES)
def test_a_sum_never_finds_another_sum(searcher: Searcher, mode: str) -> None:
    for question in ("$100", "visit $100", "What costs US$ 100?"):
        found = texts(searcher.search(question, mode=mode))
        assert found and all("$100 " in text for text in found)
    assert texts(searcher.search("$10", mode=mode)) == []


@pytest.mark.parametrize("mode", MODES)
def test_operators_hold_in_every_mode(searcher: Searcher, mode: str) -> None:
    assert all(
        "migrant" in t.lower()
        for t in texts(searcher.search('"los migrantes" OR "receive migrants"', mode=mode))
    )
    assert not any("Lima" in t for t in texts(searcher.search("health workers -Lima", mode=mode, k=100)))
    only = searcher.search("migrantes year:2024", mode=mode)
    assert {hit.document.file for hit in only.hits} == {"sus-pt.txt"}
    assert texts(searcher.search('"no such words together"', mode=mode)) == []


@pytest.mark.parametrize("mode", MODES)
def test_filters_fail_closed(searcher: Searcher, mode: str) -> None:
    result = searcher.search("migrants", mode=mode, filters={"country": ["ARG"]})
    assert result.hits == () and not result.answerable and result.confidence == 0
    result = searcher.search("migrants", mode=mode, filters={"country": ["BRA"]}, k=1)
    assert [hit.document.file for hit in result.hits] == ["sus-pt.txt"]


def test_as_dict_has_the_keys_of_the_contract(searcher: Searcher) -> None:
    content = json.loads(json.dumps(result_dict(searcher.search("health workers"))))
    assert list(content)[:5] == ["question", "mode", "answerable", "confidence", "hits"]
    hit = content["hits"][0]
    assert set(hit) >= {
        "rank", "score", "passage_id", "text", "kind", "language", "document", "pages", "labels", "label_source",
        "section", "lexical_rank", "dense_rank", "weak", "spans", "citation",
    }  # fmt: skip
    assert set(hit["document"]) == {"id", "file", "title", "publisher", "year", "type", "countries", "url"}
    assert [h["rank"] for h in content["hits"]] == list(range(1, len(content["hits"]) + 1))
    assert [h["score"] for h in content["hits"]] == sorted(
        (h["score"] for h in content["hits"]), reverse=True
    )


def test_the_same_question_twice_is_byte_identical(
    searcher: Searcher, published: Path, embedder: HashingEmbedder
) -> None:
    again = Searcher.open(published, embedder=embedder)
    for question in ("migrantes", "health", "Decreto"):
        assert json.dumps(result_dict(searcher.search(question))) == json.dumps(
            result_dict(again.search(question))
        )


def test_explain(searcher: Searcher) -> None:
    result = searcher.search("OPS", explain=True, filters={"year": ["2019"]})
    assert result.explain is not None and result.hits[0].explain is not None
    assert "=paho" in result.explain["terms"]["ops"]
    assert result.explain["filtered_out"] == {"filters year=2019": 5}
    assert {"lexical_score", "dense_score"} <= set(result.hits[0].explain)


def test_words_only_when_there_is_no_model(
    library: Library, published: Path, embedder: HashingEmbedder
) -> None:
    broken = Searcher.open(published, model="./no-such-folder")
    result = broken.search("health workers")
    assert result.mode == "lexical" and result.hits
    assert result.notices[0].kind is NoticeKind.WORDS_ONLY
    publish(library, library.folder, None)
    without = Searcher.open(library.folder).search("health workers")
    assert without.mode == "lexical" and without.hits and without.notices


def test_another_model_is_noticed(published: Path) -> None:
    for salt in ("a", "b", "c"):
        result = Searcher.open(published, embedder=HashingEmbedder(salt)).search("health")
        assert result.mode == "lexical" and "another model" in str(result.notices[0])


def test_same_fingerprint_but_other_vectors_is_noticed(published: Path) -> None:
    other = HashingEmbedder("x")
    other.fingerprint = HashingEmbedder().fingerprint
    assert Searcher.open(published, embedder=other).search("health").mode == "lexical"


def test_nothing_is_embedded_twice(library: Library, embedder: HashingEmbedder) -> None:
    publish(library, library.folder, embedder)
    first = len(embedder.encoded)
    assert first == len(set(embedder.encoded)) > 0
    put_text(library, "new.txt", Metadata(title="New"), "en", ["A new text about oxygen. It is short."])
    publish(library, library.folder, embedder)
    assert embedder.encoded[first:] == ["A new text about oxygen. It is short."]
    found = Searcher.open(library.folder, embedder=embedder).search("oxygen")
    assert found.hits[0].document.file == "new.txt"


def test_near_duplicates_are_shown_once_and_named(library: Library, embedder: HashingEmbedder) -> None:
    long = [
        "The clinic on the hill opens at eight and treats all migrants who come, with papers or not, for free."
    ]
    put_text(library, "a.txt", Metadata(title="A"), "en", long)
    put_text(library, "b.txt", Metadata(title="B"), "en", [long[0] + " Today."])
    publish(library, library.folder, embedder)
    hits = Searcher.open(library.folder, embedder=embedder).search("clinic on the hill").hits
    assert len([hit for hit in hits if "on the hill" in hit.passage.passage.text]) == 1
    assert [document.file for document, _ in hits[0].also_in] in (["a.txt"], ["b.txt"])
    assert hit_dict(hits[0])["also_in"][0]["document"]["file"] in {"a.txt", "b.txt"}


def test_contents_go_below_body(library: Library, embedder: HashingEmbedder) -> None:
    put_text(library, "toc.txt", Metadata(title="T"), "en", ["Oxygen supply in hospitals 7"], kind="contents")
    put_text(
        library, "body.txt", Metadata(title="B"), "en", ["Hospitals lack oxygen. The supply fails in winter."]
    )
    publish(library, library.folder, embedder)
    files = [
        hit.document.file
        for hit in Searcher.open(library.folder, embedder=embedder).search("oxygen supply hospitals").hits
    ]
    assert files.index("body.txt") < files.index("toc.txt")


def test_hits_stand_by_their_scores_whatever_document_they_are_of(
    library: Library, embedder: HashingEmbedder
) -> None:
    kinds = [
        "oxygen",
        "water",
        "food",
        "light",
        "heat",
        "roads",
        "schools",
        "doctors",
        "nurses",
        "beds",
        "masks",
        "tests",
    ]
    put_text(
        library,
        "much.txt",
        Metadata(title="M"),
        "en",
        [f"Hospital {kind} report number {i}." for i, kind in enumerate(kinds)],
    )
    put_text(
        library,
        "other.txt",
        Metadata(title="O"),
        "en",
        [f"The hospital of town {kind}." for kind in kinds[:6]],
    )
    publish(library, library.folder, embedder)
    hits = Searcher.open(library.folder, embedder=embedder).search("hospital report number", k=20).hits
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert [hit.document.file for hit in hits][:10] == ["much.txt"] * 10


ODD = [
    "", " ", "?", "???", "-", "--", "OR", "OR OR", '"', '""', "“”", "«»", "a" * 5000, "\x00", "\ud800", "🙂",
    "日本語 文章",
    "year:", "year:x", "publisher:", "document:../../etc", "' OR 1=1 --", "<script>alert(1)</script>", "%s%n", "{}[]()",
    "-" * 500, '"' * 501, "(" * 300, "\\", "\u202e", "e\u0301" * 300, "NaN", "null", "1e999", "9" * 400, "1,2,3,4,5",
    "$", "$$", "$1", "S/", "N.º", "-a -b -c", "a OR", "OR b", '"a" OR -b', "\t\n\r", "\u00ad\u200b", "½", "Ω≈ç√∫",
]  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
def test_two_hundred_odd_questions(searcher: Searcher, mode: str) -> None:
    for i in range(200):
        question = ODD[i % len(ODD)] + (" " + ODD[(i * 7) % len(ODD)] if i >= len(ODD) else "")
        result = searcher.search(question, mode=mode, k=10)
        json.dumps(result_dict(result))
        assert 0 <= result.confidence <= 1


def test_wrong_use_is_named(searcher: Searcher, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="mode"):
        searcher.search("x", mode="magic")
    with pytest.raises(UsageError, match="colour"):
        searcher.search("x", filters={"colour": ["red"]})
    with pytest.raises(UsageError, match="soon"):
        searcher.search("x", filters={"year": ["soon"]})
    with pytest.raises(PinciteError, match="pincite ingest"):
        Searcher.open(tmp_path)


def test_k_is_bounded(searcher: Searcher) -> None:
    assert len(searcher.search("migrants", k=0).hits) == 1
    assert len(searcher.search("migrants", k=10_000).hits) <= 100


def test_a_searcher_keeps_its_generation(
    library: Library, searcher: Searcher, embedder: HashingEmbedder
) -> None:
    before = result_dict(searcher.search("health", k=100))
    assert searcher.is_current()
    for i in range(3):
        put_text(library, f"{i}.txt", Metadata(title="N"), "en", [f"More on health, part {i}."])
        publish(library, library.folder, embedder)
    assert not searcher.is_current()
    assert result_dict(searcher.search("health", k=100)) == before


def test_readers_during_a_writer_see_one_generation(
    library: Library, published: Path, embedder: HashingEmbedder
) -> None:
    faults: list[str] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            reader = Searcher.open(published, embedder=embedder)
            total = reader.snapshot.manifest.passages
            found = reader.search("health migrants", k=100)
            again = reader.search("health migrants", k=100)
            if found != again or len(found.hits) > total:
                faults.append("mixed")

    readers = [threading.Thread(target=read) for _ in range(4)]
    for thread in readers:
        thread.start()
    for i in range(6):
        put_text(
            library, f"w{i}.txt", Metadata(title="N"), "en", [f"More on the health of migrants, part {i}."]
        )
        publish(library, library.folder, embedder)
    stop.set()
    for thread in readers:
        thread.join()
    assert faults == []


def test_a_generation_that_is_collected_while_it_is_opened_gives_way_to_the_newer_one(
    library: Library, published: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, real = [], Snapshot.open

    def late(parent: Path) -> Snapshot:
        found = real(parent)
        opened.append(found)
        if len(opened) == 1:  # it is gone before its vectors are mapped
            put_text(library, "late.txt", Metadata(title="N"), "en", ["Late news of migrants."])
            publish(library, library.folder, embedder)
            shutil.rmtree(found.folder, ignore_errors=True)
        return found

    monkeypatch.setattr(Snapshot, "open", late)
    reader = Searcher.open(published, embedder=embedder)
    assert len(opened) >= 2
    assert reader.search("late news").hits[0].document.file == "late.txt"


def test_files_that_are_missing_in_the_newest_generation_are_told(
    library: Library, published: Path, embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Snapshot.open

    def gone(parent: Path) -> Snapshot:
        found = real(parent)
        (found.folder / "tail.npy").unlink()
        return found

    monkeypatch.setattr(Snapshot, "open", gone)
    with pytest.raises(FileNotFoundError):
        Searcher.open(published, embedder=embedder)


def test_model_trouble_is_told_once_and_kept(published: Path) -> None:
    searcher = Searcher.open(published, model="./no-such-folder")
    with pytest.raises(ModelUnavailable):
        searcher._embedder.load()
    assert searcher.search("a").notices == searcher.search("b").notices


def test_a_fragment_stands_behind_a_sentence(library: Library, embedder: HashingEmbedder) -> None:
    put_text(library, "list.txt", Metadata(title="List"), "en", ["Quinoa", "We grow quinoa in Puno."])
    publish(library, library.folder, embedder)
    found = texts(Searcher.open(library.folder, embedder=embedder).search("quinoa", mode="lexical"))
    assert found == ["We grow quinoa in Puno.", "Quinoa"]
