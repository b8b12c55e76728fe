"""The stored text of documents, folded, to look for excerpts in: its pages, its passages and their printed numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from app.checks.excerpts import Excerpt
from app.checks.match import FoldedText, folded_text, joined
from ingest.library.library import Document, Library, StoredPage
from ingest.passage import halves_of


@dataclass(frozen=True, slots=True)
class DocumentText:
    """The text of one document: raw and folded pages by number, and folded passages with their pages and labels.

    `pages` hold what the pages show; `unseen` the places of what they do not, and `whole` the folded pages with it.
    """

    raw: dict[int, str]
    labels: dict[int, str | None]
    pages: dict[int, FoldedText]
    passages: tuple[tuple[int, int, FoldedText], ...]
    numbers: tuple[tuple[str, ...], ...]
    unseen: dict[int, tuple[tuple[int, int], ...]]
    whole: dict[int, FoldedText]

    def has(self, text: FoldedText, first: int, last: int) -> bool:
        """Return whether folded `text` stands on the pages `first` to `last`."""
        between = joined(page for number, page in self.pages.items() if first <= number <= last)
        if text.stands_in(between) or any(
            text.stands_in(passage) for start, end, passage in self.passages if first <= start and end <= last
        ):
            return True
        # A page as `pincite export pages` gives it is quoted with all that lies on it.
        return any(text.equals(page) for number, page in self.whole.items() if first <= number <= last)

    def shows(self, page: int, start: int, end: int) -> bool:
        """Return whether a page shows all of its raw text between two places."""
        return not any(start < stop and first < end for first, stop in self.unseen.get(page, ()))

    def exactly(self, text: FoldedText, first: int, last: int) -> bool:
        """Return whether folded `text` is the whole of a passage that begins on `first` and ends on `last`."""
        return any(
            text.equals(passage) for start, end, passage in self.passages if (start, end) == (first, last)
        )

    def printed(self, texts: Sequence[FoldedText], first: int, last: int) -> list[list[str | None]]:
        """Return the printed numbers that the two ends of a range may have, the likeliest first.

        They are those of its pages; on a spread also those of the halves on which a passage with one of `texts`
        stands, of any of its halves where none holds them whole.
        """
        pages = [self.labels.get(first), self.labels.get(last)]
        halves = [halves_of(label or "") or (label,) for label in pages]
        if all(len(half) == 1 for half in halves):
            return [pages]
        within = [
            list[str | None](labels)
            for (start, end, passage), labels in zip(self.passages, self.numbers, strict=True)
            if first <= start and end <= last and any(text.stands_in(passage) for text in texts)
        ]
        either = [[a, b] for a, b in product(*halves) if first < last or (a, b) != halves[0][::-1]]
        found = [labels for labels in within if labels] if within else either
        return [*found, pages]

    def page_of(self, text: FoldedText) -> int | None:
        """Return the first page on which folded `text` stands or begins."""
        for number, page in self.pages.items():
            if text.stands_in(page):
                return number
        return next((start for start, _, passage in self.passages if text.stands_in(passage)), None)


class DocumentTexts:
    """The documents of a library; the text of the last one asked for is kept."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.documents = library.documents()
        self._by_key: dict[str, Document] = {}
        for document in self.documents:
            for key in (document.id, document.sha256, document.path, *document.files):
                self._by_key.setdefault(key, document)
        self._kept: tuple[str, DocumentText] | None = None

    def claimed(self, excerpt: Excerpt) -> list[Document] | None:
        """Return the documents an excerpt may mean, None where it names none."""
        if excerpt.document is not None:
            document = self._by_key.get(excerpt.document)
            return [document] if document else []
        if excerpt.citation is not None:
            named = {d.id: title_of(d) for d in self.documents if title_of(d) in excerpt.citation}
            longest = max(map(len, named.values()), default=0)
            return [d for d in self.documents if len(named.get(d.id, "")) == longest] if named else []
        return None

    def text(self, document: Document) -> DocumentText:
        """Return the text of a document."""
        if self._kept is None or self._kept[0] != document.id:
            self._kept = (document.id, self._load(document))
        return self._kept[1]

    def _load(self, document: Document) -> DocumentText:
        stored = self._library.pages(document.id)
        raw = {page.number: page.text for page in stored}
        passages, numbers = [], []
        for one in self._library.passages(document.id):
            spans = one.passage.spans
            if spans and all(page in raw for page, _, _ in spans):
                quoted = folded_text(*(raw[page][start:end] for page, start, end in spans))
                passages.append((spans[0][0], spans[-1][0], quoted))
                numbers.append(one.passage.labels)
        labels = {page.number: page.label for page in stored}
        unseen = {page.number: found for page in stored if (found := _unseen(page))}
        pages = {number: folded_text(*_seen(text, unseen.get(number, ()))) for number, text in raw.items()}
        whole = {number: folded_text(raw[number]) for number in unseen}
        return DocumentText(raw, labels, pages, tuple(passages), tuple(numbers), unseen, whole)


def _unseen(page: StoredPage) -> tuple[tuple[int, int], ...]:
    return tuple((gap.start, gap.end) for gap in page.gaps if gap.reason == "hidden")


def _seen(text: str, unseen: Sequence[tuple[int, int]]) -> list[str]:
    """Return a page's text in the parts that it shows."""
    parts, at = [], 0
    for start, end in sorted(unseen):
        parts.append(text[at:start])
        at = max(at, end)
    return [*parts, text[at:]]


def title_of(document: Document) -> str:
    """Return what a document is called in messages and citations: its title, its file without one."""
    return (document.metadata.title or document.file).rstrip(".")
