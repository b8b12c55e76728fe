"""What programs get is what the description of the API promises, key by key and in type."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from cited_samples import REPORT, a_document, a_passage, without_pages
from index_library import TEXTS, HashingEmbedder, put_text
from pydantic import TypeAdapter, ValidationError

from app.exports.schema import (
    DocumentFacts,
    DocumentName,
    DocumentSource,
    HitObject,
    PageAnswer,
    PageObject,
    SearchObject,
    document_facts,
    document_name,
    document_record,
    document_source,
    hit_dict,
    page_dict,
    passage_dict,
    result_dict,
)
from index.ranking.hits import Hit, SearchResult
from index.search import Searcher
from index.snapshot.publish import publish
from index.snapshot.snapshot import Snapshot
from ingest.library.library import Library
from ingest.library.records import Document, StoredPage, StoredPassage
from ingest.metadata.metadata import Metadata
from ingest.passage import Passage


def fits(shape: type, content: Any) -> None:
    """Hold content as a program reads it against a shape: no "1" for 1, no key too few or too many."""
    read = json.loads(json.dumps(content))
    assert TypeAdapter(shape).validate_python(read, strict=True) == read


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder = tmp_path_factory.mktemp("shapes") / "library"
    embedder = HashingEmbedder()
    with Library.open(folder, create=True) as library:
        for name, (metadata, language, texts) in TEXTS.items():
            put_text(library, name, metadata, language, texts)
        copied = [TEXTS["paho-en.txt"][2][0], "Another page of the copy."]
        put_text(library, "copy-en.txt", Metadata(title="A copy"), "en", copied)
        publish(library, folder, embedder)
    yield Searcher(Snapshot.open(folder / "snapshot"), folder, embedder, None)


QUESTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "plain": ("health workers in Lima", {}),
    "explained": ("health workers in Lima", {"explain": True}),
    "another language": ("trabalhadores de saúde", {}),
    "no word known": ("zzzz qqqq", {}),
    "an amount that is nowhere": ("a fee of $987,654", {}),
    "nobody's publisher": ("health publisher:Nobody", {}),
    "words only": ("nurses", {"mode": "lexical"}),
    "meaning only": ("nurses", {"mode": "dense"}),
}


@pytest.mark.parametrize("case", QUESTIONS)
def test_an_answer_has_the_shape_that_is_described(searcher: Searcher, case: str) -> None:
    question, options = QUESTIONS[case]
    result = searcher.search(question, **options)
    content = result_dict(result)
    fits(SearchObject, content)
    assert len(content["hits"]) == len(result.hits)
    assert ("explain" in content) is ("explain" in options)


def test_a_shape_without_one_of_its_keys_is_noticed(searcher: Searcher) -> None:
    content = result_dict(searcher.search("nurses"))
    for broken in ({**content, "confidence": "1"}, {"question": "nurses"}):
        with pytest.raises(ValidationError):
            fits(SearchObject, broken)
    with pytest.raises(AssertionError):
        fits(SearchObject, {**content, "hits": [{**content["hits"][0], "more": 1}]})


def test_a_hit_names_the_other_places_of_its_words(searcher: Searcher) -> None:
    content = result_dict(searcher.search("PAHO trains health workers in Lima"))
    twins = content["hits"][0]["also_in"]
    files = {content["hits"][0]["document"]["file"], *(twin["document"]["file"] for twin in twins)}
    assert files == {"paho-en.txt", "copy-en.txt"}
    assert twins[0]["pages"] == [1, 1] and twins[0]["labels"] == []
    assert "also_in" not in content["hits"][1]


def test_notices_are_english_sentences(searcher: Searcher) -> None:
    content = result_dict(searcher.search("a fee of $987,654"))
    assert content["notices"] == ["No passage holds the amount $987654."]
    assert "notices" not in result_dict(searcher.search("nurses"))


def test_figures_are_rounded_where_nothing_more_is_known(searcher: Searcher) -> None:
    result = searcher.search("nurses")
    content = result_dict(replace(result, confidence=1 / 3))
    assert content["confidence"] == 0.3333
    assert hit_dict(replace(result.hits[0], score=2 / 3))["score"] == 0.666667


def stored(passage: Passage) -> StoredPassage:
    return StoredPassage(passage, a_document().id, 0)


def a_hit(passage: Passage, document: Document | None = None) -> Hit:
    return Hit(
        rank=1, score=0.5, passage=stored(passage), document=document or a_document(), lexical_rank=None,
        dense_rank=3, weak=True, window=None,
    )  # fmt: skip


PASSAGES = {
    "with pages": a_passage(),
    "nothing printed": a_passage(labels=()),
    "a note": a_passage("1 See there.", kind="footnote"),
    "calls of notes": a_passage("In 202427 it fell.", calls=((7, 9),)),
    "without pages": without_pages("section Fees, paragraph 2", "Fees"),
    "nowhere": without_pages(None),
}


@pytest.mark.parametrize("case", PASSAGES)
def test_every_passage_makes_a_hit_of_the_shape(case: str) -> None:
    content = hit_dict(a_hit(PASSAGES[case]))
    fits(HitObject, content)
    assert ("locator" in content) is (PASSAGES[case].locator is not None)
    assert content["window"] is None and content["lexical_rank"] is None and content["dense_rank"] == 3


def test_a_hit_keeps_the_text_as_it_is_and_tells_its_calls() -> None:
    content = hit_dict(a_hit(PASSAGES["calls of notes"]))
    assert (content["text"], content["note_calls"]) == ("In 202427 it fell.", [[7, 9]])


def test_the_keys_of_a_hit_stand_in_the_order_of_the_contract() -> None:
    found = list(hit_dict(replace(a_hit(PASSAGES["without pages"]), explain={"fused_score": 1.0})))
    wanted = [name for name in HitObject.__annotations__ if name != "also_in"]
    assert found == wanted


def test_a_passage_has_what_every_hit_has_but_its_rank() -> None:
    own = passage_dict(stored(a_passage()), a_document())
    hit = hit_dict(a_hit(a_passage()))
    assert {name: hit[name] for name in own} == own
    assert "rank" not in own and "citation" not in own


PAGES = {
    "bare": StoredPage("d" * 32, 1, ""),
    "printed": StoredPage("d" * 32, 9, "Fees were dropped.", "7", "printed"),
    "flagged": StoredPage("d" * 32, 2, "", flags=frozenset({"ocr", "no_text"})),
}


@pytest.mark.parametrize("case", PAGES)
def test_pages(case: str) -> None:
    page = PAGES[case]
    content = page_dict(page)
    fits(PageObject, content)
    fits(PageAnswer, {"document": page.document_id, **content})
    assert (content["page"], content["text"]) == (page.number, page.text)
    assert content["flags"] == sorted(page.flags)


DOCUMENTS = {
    "known": a_document(),
    "unknown": a_document(Metadata()),
    "without pages": a_document(paged=False),
    "not readable": replace(a_document(), state="failed", reason="no page tree", page_count=0, language=None),
}


@pytest.mark.parametrize("case", DOCUMENTS)
def test_documents(case: str) -> None:
    document = DOCUMENTS[case]
    facts = document_facts(document)
    fits(DocumentFacts, facts)
    fits(DocumentSource, document_source(document))
    fits(DocumentName, document_name(document))
    assert (facts["state"], facts["reason"]) == (document.state, document.reason)
    assert facts["title"] == document.metadata.title


def test_a_source_without_pages_has_none_however_it_is_stored() -> None:
    assert document_facts(DOCUMENTS["without pages"])["pages"] == 0
    assert document_facts(DOCUMENTS["known"])["pages"] == 10


def test_a_record_tells_the_source_of_each_value() -> None:
    meta = replace(REPORT, authors=("Ruiz, Ana",), sources={"title": "pdf info", "year": "edited"})
    document = replace(a_document(meta), files=("b.pdf", "a.pdf"), group="g", older_edition=True)
    record = document_record(document)
    assert json.loads(json.dumps(record)) == record
    assert record["sources"] == {"title": "pdf info", "year": "edited"}
    assert (record["authors"], record["files"]) == (["Ruiz, Ana"], ["b.pdf", "a.pdf"])
    assert (record["group"], record["older_edition"]) == ("g", True)
    source = document_source(document)
    assert all(record[name] == value for name, value in source.items())


def test_an_answer_without_a_hit_is_one() -> None:
    content = result_dict(
        SearchResult(question="q", mode="hybrid", answerable=False, confidence=0.0, hits=())
    )
    fits(SearchObject, content)
    assert content["hits"] == []
