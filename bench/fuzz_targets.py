"""What is fuzzed: each takes bytes, and raises where a promise is broken. What the bytes say they may be anything."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from evals.gold.reader import parse_gold
from index.analysis.glossary import read_glossary
from index.query.parser import MAX_CHARACTERS, clean_question, parse
from ingest.errors import UsageError
from ingest.metadata.catalogue import read_catalogue
from ingest.passage import Span
from ingest.passages.invariants import violations
from ingest.passages.offset_map import Builder
from ingest.passages.split import split_source
from ingest.readers.source import Line, Page, Source
from ingest.text.folding import fold
from ingest.text.jsonl import records
from ingest.text.sentences import split_sentences

HEIGHT, WIDTH = 842.0, 595.0
SHA = "ab" * 32


def text_of(data: bytes) -> str:
    """Return the text of bytes, each character of which may be any."""
    return data.decode("utf-8", "replace")


def query(data: bytes) -> None:
    """No question is an error, none grows, and cleaning it twice changes nothing."""
    question = clean_question(text_of(data))
    assert clean_question(question) == question
    assert len(question) <= MAX_CHARACTERS
    found = parse(question)
    assert parse(question) == found
    assert len(found.text) <= len(question) + 1, found.text
    for group in found.any_of:
        assert len(group) > 1


def sentences(data: bytes) -> None:
    """Sentences come in order, do not overlap, and leave nothing but blanks out."""
    text = text_of(data)
    at = 0
    for start, end in split_sentences(text):
        assert at <= start < end <= len(text)
        assert not text[at:start].strip()
        at = end
    assert not text[at:].strip()


def offset_map(data: bytes) -> None:
    """Every slice of the clean text equals its raw spans."""
    cut, raw = data[:2], text_of(data[2:])
    builder = Builder({1: raw})
    middle = int.from_bytes(cut[:1], "big") * len(raw) // 256
    builder.copy(1, 0, middle)
    builder.copy(1, middle, len(raw))
    found = builder.build()
    start = int.from_bytes(cut[1:], "big") * len(found.text) // 256
    spans: tuple[Span, ...] = found.spans(start, len(found.text), {1: raw})
    assert fold(found.text[start:]) in fold("".join(raw[first:last] for _, first, last in spans))
    assert all(0 <= first < last <= len(raw) for _, first, last in spans)


def pages_of(data: bytes) -> Iterator[Page]:
    """Yield pages whose lines stand anywhere: a byte each for place, size and weight, then text up to a line's end."""
    for number, part in enumerate(data.split(b"\xff", 3), 1):
        text, lines = "", []
        for piece in part.split(b"\n")[:60]:
            place, shown = piece[:4].ljust(4, b"\x40"), text_of(piece[4:])
            if not shown:
                continue
            size = 4 + place[2] % 24
            left, low = place[0] / 256 * WIDTH, place[1] / 256 * HEIGHT
            box = (left, low, left + 0.5 * size * len(shown), low + 0.9 * size)
            lines.append(
                Line(len(text), len(text) + len(shown), box, float(size), bool(place[3] & 1), None, False)
            )
            text += shown + "\r\n"
        yield Page(number, text, tuple(lines), WIDTH, HEIGHT, None)


def splitter(data: bytes) -> None:
    """Every passage is verbatim, has its own id, and stands on the pages that it names."""
    source = Source("pdf", True, tuple(pages_of(data)))
    made = split_source(source, SHA)
    texts = {page.number: page.text for page in source.pages}
    labels = {one.page.number: one.label.text if one.label else None for one in made.pages}
    found = list(violations(SHA, made.passages, texts, labels, paged=True))
    assert not found, found[:3]


def gold(data: bytes) -> None:
    """A gold file is read with all its problems, or refused in one line."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gold.jsonl"
        path.write_bytes(data)
        try:
            read, problems = parse_gold(path)
        except UsageError as error:
            assert "gold.jsonl" in str(error)
            return
        assert all(one.line >= 0 and one.message for one in problems)
        assert len({question.id for question in read.questions}) == len(read.questions) or problems


def catalogue(data: bytes) -> None:
    """Catalogue, glossary and JSON Lines are read, or refused in one line that names the file."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name in ("catalogue.toml", "glossary.csv", "questions.jsonl"):
            (place / name).write_bytes(data)
        for name, read in (
            ("catalogue.toml", lambda: read_catalogue(place)),
            ("glossary.csv", lambda: read_glossary(place / "glossary.csv")),
            ("questions.jsonl", lambda: list(records(place / "questions.jsonl"))),
        ):
            try:
                read()
            except UsageError as error:
                assert name in str(error)


TARGETS: dict[str, Callable[[bytes], None]] = {
    one.__name__: one for one in (query, sentences, offset_map, splitter, gold, catalogue)
}
