"""A checked draft as a file: JSON for programs, Word with footnotes for people."""

from __future__ import annotations

import io
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.citations.styles import citation
from app.citations.wording import citation_words
from app.desk.check import CheckedSentence, Difference, Verdict
from app.desk.check_draft import CheckedDraft
from app.exports.escape import for_xml
from app.exports.schema import hit_dict
from app.exports.word_footnotes import add_reference, attach

if TYPE_CHECKING:
    from app.desk.draft_file import Paragraph
    from app.i18n import Words

ACCEPTED: tuple[Verdict, ...] = ("verbatim", "supported")
"""Verdicts whose sentences get a footnote where nobody chose."""


def draft_dict(draft: CheckedDraft) -> dict[str, Any]:
    """Return a checked draft as JSON content, `counts` of each verdict first."""
    return {"counts": draft.counts, "sentences": [sentence_dict(one) for one in draft.sentences]}


def sentence_dict(checked: CheckedSentence) -> dict[str, Any]:
    """Return a checked sentence as JSON content.

    Its hits are those of the search object, the one that the verdict rests on first; `evidence` is the place in that
    one's text of the sentence that says it, null where none does.
    """
    return {
        "text": checked.text,
        "verdict": checked.verdict,
        "differences": [
            {"kind": one.kind, "draft": one.draft, "passage": one.passage} for one in checked.differences
        ],
        "evidence": list(checked.place) if checked.place else None,
        "hits": [hit_dict(replace(hit, rank=rank)) for rank, hit in enumerate(checked.hits, 1)],
    }


def verdict_text(t: Words, verdict: Verdict) -> str:
    """Return a verdict in the words of the page. None of them says "true" or "false"."""
    return {
        "verbatim": t("Quoted verbatim"),
        "supported": t("A passage says this"),
        "numbers_differ": t("Numbers differ"),
        "not_found": t("No passage found"),
    }[verdict]


def difference_text(t: Words, difference: Difference) -> str:
    """Return what differs as a sentence, the draft's words first."""
    if difference.kind == "quotation":
        return t("The quotation was not found word for word: “{quotation}”").format(
            quotation=difference.draft
        )
    return t("Draft: “{draft}”. Passage: “{passage}”.").format(
        draft=difference.draft or "–", passage=difference.passage or "–"
    )


def word_file(draft: CheckedDraft, t: Words, accepted: Collection[int] | None = None) -> bytes:
    """Return the .docx bytes: the draft with a footnote at each accepted sentence, then what is open, then passages.

    `accepted` are the numbers of sentences (from 0 through the whole draft); None takes all of verdicts `ACCEPTED`.
    The passages at the end are verbatim and in the style "Quote", so that `pincite verify` finds them.
    """
    import docx

    document = docx.Document()
    document.core_properties.author = ""
    document.core_properties.comments = ""
    chosen = _chosen(draft, accepted)
    notes: list[str] = []
    number = 0
    for paragraph, checked in draft.paragraphs:
        written = _begun(document, paragraph)
        for sentence in checked:
            written.add_run(for_xml(sentence.text))
            if number in chosen:
                notes.append(_note(t, sentence))
                add_reference(written, len(notes))
            written.add_run(" ")
            number += 1
    _open_points(document, t, draft, chosen)
    _passages(document, t, draft, chosen, notes)
    attach(document, notes)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _chosen(draft: CheckedDraft, accepted: Collection[int] | None) -> set[int]:
    """Return the numbers of the sentences that get a footnote: never one without a passage."""
    checked = draft.sentences
    if accepted is None:
        return {number for number, one in enumerate(checked) if one.verdict in ACCEPTED and one.hits}
    return {number for number in accepted if 0 <= number < len(checked) and checked[number].hits}


def _begun(document: Any, paragraph: Paragraph) -> Any:
    if paragraph.kind == "heading":
        return document.add_heading(for_xml(paragraph.text), level=min(max(paragraph.level, 1), 9))
    return document.add_paragraph(style="List Bullet" if paragraph.kind == "item" else None)


def _note(t: Words, checked: CheckedSentence) -> str:
    """Return the text of a footnote: the citation, and for what is no quotation the sentence that it rests on."""
    hit = checked.hits[0]
    cited = citation(hit.document, hit.passage.passage, citation_words(t))
    if checked.verdict == "verbatim" or checked.place is None:
        return cited
    return f"{cited} “{hit.passage.passage.text[slice(*checked.place)]}”"


def _open_points(document: Any, t: Words, draft: CheckedDraft, chosen: Collection[int]) -> None:
    """List the sentences without a footnote, each with its verdict and what differs."""
    left = [one for number, one in enumerate(draft.sentences) if number not in chosen]
    if not left:
        return
    document.add_heading(t("Sentences to look at"), level=1)
    for checked in left:
        line = document.add_paragraph(style="List Bullet")
        line.add_run(f"{verdict_text(t, checked.verdict)}: ").bold = True
        line.add_run(for_xml(checked.text))
        for difference in checked.differences:
            line.add_run(for_xml(f" {difference_text(t, difference)}")).italic = True


def _passages(
    document: Any, t: Words, draft: CheckedDraft, chosen: Collection[int], notes: list[str]
) -> None:
    """Write the passages that footnotes and differing numbers rest on, each once with its own footnote."""
    rests = [
        one.hits[0]
        for number, one in enumerate(draft.sentences)
        if one.hits and (number in chosen or one.verdict == "numbers_differ")
    ]
    if not rests:
        return
    document.add_heading(t("Passages"), level=1)
    for hit in {hit.passage.passage.id: hit for hit in rests}.values():
        quotation = document.add_paragraph(for_xml(hit.passage.passage.display_text), style="Quote")
        notes.append(citation(hit.document, hit.passage.passage, citation_words(t)))
        add_reference(quotation, len(notes))
