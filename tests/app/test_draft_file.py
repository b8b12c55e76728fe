"""Drafts of three formats read into paragraphs and sentences."""

from pathlib import Path

import docx
import pytest

from app.desk.draft_file import parse_draft, parse_text, read_draft, sentences
from ingest.errors import UsageError

MARKDOWN = """# On **health**

The first sentence stands here. The second one
goes on over [two lines](https://example.org).

- An item with `code` in it.
- Another item.

> A quoted line.

```
not a sentence.
```

| a | b |
|---|---|
"""


def kinds(text: str) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in parse_text(text)]


def test_markdown_without_its_markup() -> None:
    assert kinds(MARKDOWN)[:5] == [
        ("heading", "On health"),
        ("text", "The first sentence stands here. The second one goes on over two lines."),
        ("item", "An item with code in it."),
        ("item", "Another item."),
        ("text", "A quoted line."),
    ]
    assert not any("not a sentence" in text for _, text in kinds(MARKDOWN))


def test_sentences_are_those_of_texts_and_items() -> None:
    assert sentences(parse_text(MARKDOWN))[:3] == [
        "The first sentence stands here.",
        "The second one goes on over two lines.",
        "An item with code in it.",
    ]


def test_plain_text_joins_wrapped_lines_and_knows_headings() -> None:
    found = parse_draft(
        b"Introduction\n\nA sentence that is\nwrapped. Another.\n\n1. An item.\n2. One more.\n", "a.txt"
    )
    assert [(one.kind, one.text) for one in found] == [
        ("heading", "Introduction"),
        ("text", "A sentence that is wrapped. Another."),
        ("text", "1. An item."),
        ("text", "2. One more."),
    ]


def test_an_old_encoding_is_read() -> None:
    found = parse_draft("La niñez migrante recibe atención.".encode("cp1252"), "a.txt")
    assert found[0].text == "La niñez migrante recibe atención."


def test_a_word_file(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Title", level=0)
    document.add_heading("Part", level=2)
    document.add_paragraph("A sentence. And another.")
    document.add_paragraph("An item.", style="List Bullet")
    document.save(str(tmp_path / "a.docx"))
    found = read_draft(tmp_path / "a.docx")
    assert [(one.kind, one.level, one.text) for one in found] == [
        ("heading", 1, "Title"),
        ("heading", 2, "Part"),
        ("text", 0, "A sentence. And another."),
        ("item", 0, "An item."),
    ]


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.pdf", b"%PDF", "a draft is a Word file"),
        ("a.docx", b"no archive", "not a readable Word file"),
        ("a.md", b"# Only a heading\n", "there is no sentence to check"),
        ("a.txt", b"", "there is no sentence to check"),
    ],
)
def test_what_is_no_draft_is_told_with_its_name(tmp_path: Path, name: str, data: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UsageError, match=told) as raised:
        read_draft(tmp_path / name)
    assert str(tmp_path / name) in str(raised.value)


def test_a_missing_draft_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.md: cannot be read"):
        read_draft(tmp_path / "gone.md")
