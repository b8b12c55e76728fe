"""A whole draft checked: its paragraphs, each with the verdicts on its sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.desk.check import VERDICTS, CheckedSentence, check_sentences
from app.desk.draft_file import Paragraph, sentences
from app.desk.evidence import Evidence
from ingest.text.language import language_of

BATCH = 200
"""Sentences checked at once; after each batch the progress is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedDraft:
    """A draft's paragraphs in order, each with its checked sentences; `language` is the draft's, None if unknown."""

    paragraphs: tuple[tuple[Paragraph, tuple[CheckedSentence, ...]], ...]
    language: str | None

    @property
    def sentences(self) -> list[CheckedSentence]:
        """All checked sentences in order."""
        return [sentence for _, checked in self.paragraphs for sentence in checked]

    @property
    def counts(self) -> dict[str, int]:
        """How many sentences have each verdict."""
        counted = Counter(sentence.verdict for sentence in self.sentences)
        return {verdict: counted[verdict] for verdict in VERDICTS}


def check_draft(
    evidence: Evidence,
    paragraphs: Sequence[Paragraph],
    on_progress: Callable[[int, int], object] | None = None,
) -> CheckedDraft:
    """Return the draft with a verdict on each sentence; `on_progress` gets how many of how many are done.

    Raises: ModelUnavailable.
    """
    texts = sentences(paragraphs)
    language = language_of(" ".join(texts))
    checked: list[CheckedSentence] = []
    for start in range(0, len(texts), BATCH):
        checked += check_sentences(evidence, texts[start : start + BATCH], language)
        if on_progress is not None:
            on_progress(len(checked), len(texts))
    left = iter(checked)
    return CheckedDraft(
        paragraphs=tuple((one, tuple(next(left) for _ in one.sentences)) for one in paragraphs),
        language=language,
    )
