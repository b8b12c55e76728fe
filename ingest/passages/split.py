"""From a source to its passages and labelled pages: layout, structure, then packing.

`split_source` is pure: no disk, no clock, the same result for the same source.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.layout.line import layout_of, lines_of_pages
from ingest.layout.page_labels import page_labels
from ingest.layout.running_heads import running_heads
from ingest.layout.spread_halves import spreads
from ingest.metadata.first_page import guess_title
from ingest.passage import Passage
from ingest.passages.block_text import BlockText
from ingest.passages.clean_text import map_block
from ingest.passages.coverage import coverages
from ingest.passages.hyphens import Vocabulary
from ingest.passages.packing import block_text, pack
from ingest.passages.passage_maker import LabelledPage, PassageMaker
from ingest.readers.source import Source
from ingest.structure.assemble import assemble_blocks
from ingest.structure.blocks import Block
from ingest.structure.footnotes import called_in_text
from ingest.text.language import SAMPLE, language_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitResult:
    """The passages of a document in reading order, and its pages, each with its label.

    `language` is that of the document, `title` what it shows as one (a guess for the metadata).
    """

    passages: tuple[Passage, ...]
    pages: tuple[LabelledPage, ...]
    language: str | None
    title: str | None


def split_source(source: Source, document_sha256: str) -> SplitResult:
    """Return the passages of `source`. Raises SplitError if one is not equal to its raw spans."""
    lines = lines_of_pages(source)
    layout = layout_of(lines)
    edge = running_heads(lines) if source.is_printed else set()
    labels, number_lines = page_labels(source, lines, edge)
    pages = tuple(
        LabelledPage(page=page, label=label) for page, label in zip(source.pages, labels, strict=True)
    )
    raw = {page.number: page.text for page in source.pages}
    blocks = assemble_blocks(lines, layout, source.outline, edge | number_lines, raw)
    vocabulary = Vocabulary(raw.values(), language_of(" ".join(raw.values())[:SAMPLE]))
    texts = [block_text(at, block, map_block(block, raw, vocabulary)) for at, block in enumerate(blocks)]
    language = _language(texts, raw)
    calls = _calls(source, blocks, raw)
    maker = PassageMaker(
        source,
        sha256=document_sha256,
        pages=pages,
        spreads=spreads(source.pages, labels),
        language=language,
        texts=texts,
        calls=calls,
    )
    passages = maker.passages(pack(texts))
    found = coverages(source, lines, passages, heads=edge, numbers=number_lines)
    return SplitResult(
        passages=passages,
        pages=tuple(
            replace(item, coverage=found[item.page.number].share, gaps=found[item.page.number].gaps)
            for item in pages
        ),
        language=language,
        title=guess_title(source, lines, blocks, layout),
    )


def _language(texts: Sequence[BlockText], raw: Mapping[int, str]) -> str | None:
    """Return the language of the running text; where there is hardly any, that of the raw pages."""
    body = " ".join(text.mapped.text for text in texts if text.block.kind == "body")
    return language_of(body[:SAMPLE]) or language_of(" ".join(raw.values())[:SAMPLE])


def _calls(
    source: Source, blocks: Sequence[Block], raw: Mapping[int, str]
) -> dict[int, list[tuple[int, int]]]:
    """Return page -> the places of its numbers that call notes: raised ones, and those of notes found in text."""
    calls = {page.number: [call for line in page.lines for call in line.calls] for page in source.pages}
    notes = (block.lines for block in blocks if block.kind == "footnote")
    for page, start, end in called_in_text(notes, raw):
        calls[page].append((start, end))
    return {page: sorted(set(found)) for page, found in calls.items()}
