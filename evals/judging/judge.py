"""Judging: a person says of passages whether they answer, and candidate gold comes out.

Two sources: a pool (`evals.judging.pool`), judged one by one in a terminal; and the page's feedback file, whose
thumbs are judgements already. Both write a gold file that `pincite eval check` accepts; an existing one
is added to, question by question, and saved after every answer, so that stopping loses nothing.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from evals.gold.linking import FoldedDocuments
from evals.gold.questions import Evidence, Question, dump_question
from evals.gold.reader import MAX_QUOTE_WORDS, read_gold
from evals.judging.pool import PoolItem, read_pool
from evals.judging.suggest_quote import suggest_quote
from index.analysis.stopwords import question_languages
from ingest.atomic_files import whole_file
from ingest.errors import UsageError
from ingest.library.library import Document, Library, StoredPassage
from ingest.text.jsonl import records

Ask = Callable[[str], str]
Show = Callable[[str], None]

CHOICES = "2 answers, 1 helps, 0 does not, s skip, q stop"
# A type to begin with; the person who checks the candidates gives the right one.
CANDIDATE_TYPE = "natural"
DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class JudgeReport:
    """What came of judging: judgements made, left out (with the reason), questions in the file after it."""

    judged: int
    left_out: tuple[str, ...]
    questions: int
    path: Path

    def __str__(self) -> str:
        """Return two or three lines for a terminal."""
        lines = [f"{self.judged} judgements; {self.questions} questions in {self.path}"]
        lines += [f"left out: {reason}" for reason in self.left_out]
        lines.append(f"Next: read the quotes, give types, then: pincite eval check {self.path}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Candidates:
    """The gold file that grows."""

    path: Path
    questions: dict[str, Question]

    def judge(self, question: Question, evidence: Evidence, *, good: bool) -> None:
        """Add one judgement to its question; an unanswerable question with an answer becomes answerable."""
        known = self.questions.get(question.id, question)
        known = replace(
            known,
            evidence=_without(known.evidence, evidence) + ((evidence,) if good else ()),
            rejected=_without(known.rejected, evidence) + (() if good else (evidence,)),
        )
        known = replace(known, answerable=bool(known.evidence))
        if known.answerable and known.type == "unanswerable":
            known = replace(known, type=CANDIDATE_TYPE, kind=None)
        self.questions[question.id] = known
        self.save()

    def save(self) -> None:
        """Write the file anew and put it in place of the old one in one step."""
        with whole_file(self.path) as file:
            file.writelines(f"{dump_question(item)}\n".encode() for item in self.questions.values())


def judge_file(source: Path, library: Library, out: Path, ask: Ask, show: Show) -> JudgeReport:
    """Judge a pool by asking, or turn a feedback file into candidates, whichever `source` is.

    Raises UsageError where neither can be read, or where `out` is a broken gold file.
    """
    if _is_feedback(source):
        return judge_feedback(source, library, out)
    return judge_pool(source, library, out, ask, show)


def judge_pool(source: Path, library: Library, out: Path, ask: Ask, show: Show) -> JudgeReport:
    """Show each passage of a pool with its question, ask for the judgement, and keep it in `out`."""
    items = read_pool(source)
    candidates = _open(out)
    folded_documents = FoldedDocuments(library)
    left_out: list[str] = []
    done = 0
    for number, item in enumerate(items, start=1):
        stored = library.passage(item.passage_id)
        document = library.document(stored.document_id) if stored else None
        if stored is None or document is None:
            left_out.append(f"{item.id}: passage {item.passage_id} is no longer in the library")
            continue
        show(_card(item, stored, document, f"{number} of {len(items)}"))
        choice = _choice(ask)
        if choice == "q":
            break
        if choice == "s":
            continue
        evidence = _evidence(stored, document, item.question, folded_documents, max(int(choice), 1))
        if evidence is None:
            left_out.append(f"{item.id}: no words of the passage stand only once in {document.file}")
            continue
        if choice != "0":
            make = partial(_made, document, folded_documents=folded_documents, grade=evidence.grade)
            evidence = _confirmed(evidence, make, ask, show)
        candidates.judge(_question_of(item), evidence, good=choice != "0")
        done += 1
    return JudgeReport(done, tuple(left_out), len(candidates.questions), out)


def judge_feedback(source: Path, library: Library, out: Path) -> JudgeReport:
    """Turn the page's thumbs into candidate gold: a passage goes by the majority of its thumbs.

    Questions without any thumb up are left out: nobody said that the corpus has no answer.
    """
    thumbs = _thumbs(source)
    candidates = _open(out)
    folded_documents = FoldedDocuments(library)
    left_out: list[str] = []
    done = 0
    for text, votes in thumbs.items():
        if not any(vote > 0 for vote in votes.values()):
            left_out.append(f"{text!r}: no thumb up")
            continue
        ordered = sorted(votes.items(), key=lambda vote: -vote[1])
        for passage_id, vote in ordered:
            stored = library.passage(passage_id)
            document = library.document(stored.document_id) if stored else None
            evidence = _evidence(stored, document, text, folded_documents, 2) if stored and document else None
            if vote == 0 or evidence is None:
                reason = (
                    "as many thumbs up as down" if vote == 0 else "no longer in the library or not unique"
                )
                left_out.append(f"{text!r}: passage {passage_id}: {reason}")
                continue
            candidates.judge(_question_asked(text), evidence, good=vote > 0)
            done += 1
    return JudgeReport(done, tuple(left_out), len(candidates.questions), out)


def _open(out: Path) -> _Candidates:
    known = read_gold(out).questions if out.exists() and out.stat().st_size else ()
    return _Candidates(out, {question.id: question for question in known})


def _without(items: tuple[Evidence, ...], evidence: Evidence) -> tuple[Evidence, ...]:
    return tuple(item for item in items if (item.doc, item.quote) != (evidence.doc, evidence.quote))


def _evidence(
    stored: StoredPassage, document: Document, question: str, folded_documents: FoldedDocuments, grade: int
) -> Evidence | None:
    quote = suggest_quote(
        stored.passage, question, lambda words: len(folded_documents.folded(document).find(words)) == 1
    )
    return None if quote is None else _made(document, quote, folded_documents, grade)


def _made(document: Document, quote: str, folded_documents: FoldedDocuments, grade: int) -> Evidence | None:
    """Return the evidence that a quote makes; None where it is too long or not there exactly once."""
    places = folded_documents.folded(document).find(quote)
    if len(places) != 1 or len(quote.split()) > MAX_QUOTE_WORDS:
        return None
    return Evidence(document.file, quote, places[0][0].page if document.paged else None, grade)


def _confirmed(proposed: Evidence, make: Callable[[str], Evidence | None], ask: Ask, show: Show) -> Evidence:
    """Return the evidence with the words the person chose; Enter keeps the proposed ones."""
    while True:
        words = ask(f"Quote, at most {MAX_QUOTE_WORDS} words (Enter: “{proposed.quote}”)").strip()
        found = make(words) if words else proposed
        if found is not None:
            return found
        show(f"These words do not stand exactly once in {proposed.doc}, or are more than {MAX_QUOTE_WORDS}.")


def _choice(ask: Ask) -> str:
    while True:
        choice = ask(f"Does it answer? ({CHOICES})").strip().lower()[:1]
        if choice in tuple("210sq"):
            return choice


def _card(item: PoolItem, stored: StoredPassage, document: Document, progress: str) -> str:
    passage = stored.passage
    where = f"PDF page {passage.pages[0]}" if passage.pages else passage.locator or "no pages"
    return f"\n[{progress}] {item.question}\n\n{passage.text}\n— {document.file}, {where}\n"


def _question_of(item: PoolItem) -> Question:
    return Question(item.id, item.group, item.lang, item.type, item.question, answerable=False)


def _question_asked(text: str) -> Question:
    name = f"asked-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"
    language = next(iter(question_languages(text.casefold().split(), text)), DEFAULT_LANGUAGE)
    note = "from thumbs on the page: check quote, type and language"
    return Question(name, name, language, CANDIDATE_TYPE, text, answerable=False, note=note)


def _is_feedback(source: Path) -> bool:
    first = next(records(source), None)
    return first is not None and "useful" in first[1]


def _thumbs(source: Path) -> dict[str, dict[str, int]]:
    """Return question -> passage id -> thumbs up minus thumbs down, in the order first asked."""
    votes: dict[str, dict[str, int]] = {}
    for number, record in records(source):
        question, passage, useful = (record.get(key) for key in ("question", "passage_id", "useful"))
        if not isinstance(question, str) or not isinstance(passage, str) or not isinstance(useful, bool):
            raise UsageError(f"{source}, line {number}: is not a thumb with question, passage_id and useful")
        found = votes.setdefault(" ".join(question.split()), {})
        found[passage] = found.get(passage, 0) + (1 if useful else -1)
    return votes
