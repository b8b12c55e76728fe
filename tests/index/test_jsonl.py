"""What a snapshot keeps of documents and passages comes back equal."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from passage_list import document, passage

from index.snapshot.jsonl import decode_document, decode_passage, encode
from ingest.metadata.metadata import Metadata

TEXTS = st.text(max_size=60)


@given(TEXTS, st.integers(0, 10_000))
def test_a_passage_comes_back_equal(text: str, number: int) -> None:
    stored = passage(text, number)
    assert decode_passage(encode(stored)) == stored


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=3), st.none() | st.integers(0, 3_000))
def test_a_document_comes_back_equal(
    title: str, publisher: str, authors: list[str], year: int | None
) -> None:
    metadata = Metadata(
        title=title, publisher=publisher, authors=tuple(authors), year=year, countries=("PER", "BRA")
    )
    made = document("one", metadata)
    assert decode_document(encode(made)) == made


ODD = {"half a character": "\ud800", "a line separator": "a\u2028b", "a line break": "a\nb", "no text": ""}


@pytest.mark.parametrize("case", ODD)
def test_a_value_is_one_line_of_ascii(case: str) -> None:
    line = encode(passage(ODD[case]))
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert decode_passage(line).passage.text == ODD[case]


def test_a_line_that_lacks_something_is_no_passage() -> None:
    content = json.loads(encode(passage("Text.")))
    del content["passage"]["text"]
    with pytest.raises(TypeError, match="text"):
        decode_passage(json.dumps(content).encode())


def test_a_document_kept_before_there_were_editors_and_tags_has_none() -> None:
    made = document("one", Metadata(title="Clinics"))
    content = json.loads(encode(made))
    del content["metadata"]["editors"], content["metadata"]["tags"]
    assert decode_document(json.dumps(content).encode()) == made
