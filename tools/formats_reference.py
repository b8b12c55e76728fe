"""Write docs/reference/formats.md: every file that goes in or out, from the registries of the code."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_type_hints

ROOT = Path(__file__).parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

# Key of the objects -> what it holds. A key without words here fails a test.
KEYS = {
    "question": "as it was asked",
    "mode": "`hybrid`, `lexical` or `dense`: the one that was possible",
    "answerable": "whether the first passage is judged to answer",
    "confidence": "0 to 1, that the first passage answers",
    "hits": "the passages, best first, as below",
    "notices": "remarks for people, in English",
    "missing": "`kind` and `what` of that which was asked for and stands in none of the first passages",
    "suggestion": "the question with words spelled as the library has them, where that finds more",
    "explain": "with `--explain`: scores and what the judgement rests on",
    "rank": "from 1",
    "score": "0 to 1, comparable within one answer only",
    "passage_id": "the same for the same words at the same place, also after another ingest",
    "text": "verbatim: the clean form of the spans",
    "kind": "`body`, `heading`, `table`, `caption`, `footnote`, `list`, `contents`, `references`",
    "language": "ISO 639-1, null where it could not be told",
    "document": "`id`, `file`, `title`, `publisher`, `year`, `type`, `countries` (ISO 3166 alpha-3), `url`",
    "pages": "physical pages counted from 1, first and last; `[]` for a source without pages",
    "labels": "the numbers printed on them, first and last; `[]` where none are known",
    "label_source": "`printed`, `pagelabels`, `inferred` or null",
    "section": "headings above the passage, outermost first",
    "note_calls": "`[start, end]` in `text` of the numbers that call notes",
    "locator": "for a source without pages: section and paragraph, lines, rows or slide",
    "lexical_rank": "its rank by words, null where it was not among them",
    "dense_rank": "its rank by meaning, null where it was not among them",
    "weak": "whether it is shown although it is judged not to answer",
    "spans": "`[page, start, end)` in the raw text of the page, in Unicode code points",
    "citation": "a finished line with its page; change nothing in it",
    "window": "`[start, end]` in `text` of the sentences that fit best, or null",
    "also_in": "other places where the same words stand",
}
CITED_BY = {
    "pptx": "slide",
    "ppt": "slide",
    "txt": "page where pages are marked, else line",
    "md": "as `txt`, else paragraph",
}
"""Where the unit of a format does not say all."""

PAGE = """
# Formats

Every file that goes in or comes out. Text is UTF-8 everywhere; what is unknown is null or an empty list, never a guess.

## Documents that are read

What a file is, its content says, not its name.

{read}

What of each is left out, and how pages of text files are told: [documents](../ingestion.md).

## Files that describe documents

`catalogue.toml` has a table for each file, named by its path in the corpus or its bare name; a sidecar `paper.pdf.toml`
holds the same keys for the one file beside it. BibTeX, RIS, CSL-JSON and Zotero exports give the same values: see
[add documents](../how-to/documents.md#references-that-you-have-already).

{described}

## Files of questions

For `pincite batch`, `pincite table` and `POST /api/batch`: JSON Lines, one object a line.

```json
{line}
```

`filters` is optional; its keys are {filters}, each with a value or a list of values. Or a sheet of Excel with a column
`question`, and `id` and the keys of filters as further columns.

## Answers

`pincite search --json`, `/api/search`, and a line of `pincite batch` (with `id` before it):

{answer}

A hit:

{hit}

A line that held no question becomes `{{"id", "line", "error"}}` with `--keep-going`. `--format trec` writes a run for
`trec_eval` and `ir_measures` (`id Q0 passage_id rank score pincite`), `--format xlsx` a sheet with the columns
{columns}.

## Exports

`pincite export WHAT --format FORMAT`:

{exports}

`passages`: the keys of a hit without rank, score and citation, and `tokens`, `ocr`, `readers_agree`; a table's passage
also `table` (`caption`, `columns`, `rows`). `pages`: `document`, `page`, `label`, `label_source`, `text` (raw, what
spans index), `flags` and `coverage`. `uncovered`: text of pages that stands in no passage, with its `reason`. In CSV a
list is one cell, `pages` is `9-10`; spreadsheets open the files without making formulas of them.

Citations (`/api/passages/ID/citation?format=…`, the tool `cite`):

{citations}

## Drafts, tables, checks

`pincite check` takes `.docx`, `.md` and `.txt`, and writes `.json` or `.docx`. JSON: `sentences`, each with `text`,
`verdict` (`verbatim`, `supported`, `numbers_differ`, `not_found`), `differences` and `hits` as above. `pincite table`
writes `.xlsx`, `.docx`, `.csv` or `.json`, by the name's ending. `pincite verify` reads answers, exports, checked
drafts and briefs (JSON, JSON Lines, CSV, Markdown, Word) and says of each excerpt `found`, `not_found` or
`misattributed`. Excel files are not verified.

## Backups

`pincite backup` writes one ZIP file: see [back up](../how-to/backup.md).
"""


def table(heads: list[str], rows: list[list[str]]) -> str:
    """Return a table of Markdown."""
    return "\n".join("| " + " | ".join(row) + " |" for row in (heads, ["---"] * len(heads), *rows))


def words(names: Iterable[str]) -> str:
    """Return names as code, parted by commas."""
    return ", ".join(f"`{name}`" for name in names)


def keys_of(shape: Any) -> list[list[str]]:
    """Return a row for each key of a typed dictionary, those that may be left out marked."""
    optional: frozenset[str] = getattr(shape, "__optional_keys__", frozenset())
    return [
        [f"`{key}`" + (" (may lack)" if key in optional else ""), KEYS[key]] for key in get_type_hints(shape)
    ]


def read_formats() -> str:
    """Return the formats of documents."""
    from ingest.readers.formats import FORMATS

    rows = [
        [
            f"`{one.name}`",
            " ".join(f"`{suffix}`" for suffix in one.suffixes),
            CITED_BY.get(one.name, one.unit),
            f"`{one.mime}`",
        ]
        for one in FORMATS
    ]
    return table(["format", "usual endings", "cited by", "media type"], rows)


def described_keys() -> str:
    """Return the keys of a catalogue."""
    from ingest.metadata.metadata import FIELDS, LISTS

    kinds = {"year": "whole number"} | dict.fromkeys(LISTS, "list of texts")
    return table(["key", "value"], [[f"`{name}`", kinds.get(name, "text")] for name in FIELDS])


def formats_page(head: str) -> str:
    """Return the page, with `head` as its first line."""
    from app.citations.formats import MIME
    from app.exports.answers_xlsx import COLUMNS
    from app.exports.records import FORMATS
    from app.exports.schema import HitObject, SearchObject
    from index.query.filters import FILTER_KEYS

    line = {"id": "q1", "question": "Who has a SIS policy?", "filters": {"year": ["2020..2023"]}}
    return head + PAGE.format(
        read=read_formats(),
        described=described_keys(),
        line=json.dumps(line),
        filters=words(FILTER_KEYS),
        answer=table(["key", "holds"], keys_of(SearchObject)),
        hit=table(["key", "holds"], keys_of(HitObject)),
        columns=words(COLUMNS),
        exports=table(["what", "formats"], [[f"`{what}`", words(forms)] for what, forms in FORMATS.items()]),
        citations=table(
            ["format", "media type"], [[f"`{form}`", f"`{mime}`"] for form, mime in MIME.items()]
        ),
    )
