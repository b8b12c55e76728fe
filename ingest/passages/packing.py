"""Blocks into passages: whole sentences, one section and kind, within the budget of word pieces."""

from collections.abc import Iterator, Mapping, Sequence

from ingest.layout.line_ends import continues, ends_sentence
from ingest.passage import Kind
from ingest.passages.block_text import BlockText, Packed, Sentence, with_headings
from ingest.passages.offset_map import MappedText
from ingest.passages.token_estimate import estimate_tokens
from ingest.structure.blocks import Block
from ingest.structure.reference_forms import is_bibliographic
from ingest.text.sentences import split_sentences

# Word tokens of a passage. The default model reads 512; windows of one to three sentences are embedded,
# and this keeps a passage to what a reader takes in at a glance: 220 true tokens at most, but for one in 600.
BUDGET = 214
# A sentence up to this long stays whole in a passage of its own; 19 of the 34 sentences over the budget in the
# policy PDFs in Latin letters are no longer. Passages hold 256 tokens at most (`ingest.passages.invariants`).
LONGEST_SENTENCE = 256
# Longer ones are cut behind a semicolon, else a comma, in this last part of what fits, else at a blank.
CUT_BEHIND = ((";", 0.35), (",", 0.5), (" ", 0.0))
# A passage at least this full is closed rather than filled up with half of the next paragraph.
FULL_ENOUGH = 0.45
# Word tokens of a sentence that is only the title of its paragraph.
SHORT_OPENING = 24
# As full as this a passage may be of a list and what announces it, and still give both to the next one.
MOST_MOVED = 0.75
# A last passage emptier than this takes sentences from the one before it.
TOO_SMALL = 0.25


def block_text(number: int, block: Block, mapped: MappedText) -> BlockText:
    """Return block `number` with its sentences; those that no passage can hold are cut between clauses."""
    spans = _lines(mapped.text) if block.by_line else split_sentences(mapped.text)
    sentences: list[Sentence] = []
    for start, end in spans:
        tokens = estimate_tokens(mapped.text[start:end])
        if tokens <= (BUDGET if block.by_line else LONGEST_SENTENCE):
            sentences.append(Sentence(block=number, start=start, end=end, tokens=tokens))
        else:
            sentences += _cut(number, mapped.text, start, end)
    return BlockText(block=block, mapped=mapped, sentences=tuple(sentences))


def _lines(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for line in text.split("\n"):
        if line:
            spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _cut(number: int, text: str, start: int, end: int) -> Iterator[Sentence]:
    """Cut one long sentence into parts within the budget, between clauses or words where there are any."""
    while start < end:
        stop = end
        tokens = estimate_tokens(text[start:stop])
        while tokens > BUDGET:
            stop = _clause_end(text, start, start + max(1, (stop - start) * BUDGET // (tokens + 1)))
            tokens = estimate_tokens(text[start:stop])
        yield Sentence(block=number, start=start, end=stop, tokens=tokens, cut=True)
        start = stop
        while start < end and text[start].isspace():
            start += 1


def _clause_end(text: str, start: int, reach: int) -> int:
    """Return where a clause or at least a word ends in `(start, reach]`; `reach` where none does."""
    for mark, part in CUT_BEHIND:
        first = start + round(part * (reach - start))
        at = text.rfind(mark if mark == " " else f"{mark} ", first + 1, reach)
        if at > start:
            return at if mark == " " else at + 1
    return reach


def pack(texts: Sequence[BlockText]) -> list[Packed]:
    """Return the passages of a document as kinds and lists of sentences, in reading order."""
    passages: list[Packed] = []
    for run in _runs(texts):
        kind = texts[run[0]].block.kind
        if kind == "table":
            passages += [("table", part) for part in _pack_table(texts[run[0]])]
        else:
            passages += [(_kind(part, texts), part) for part in _pack_flow([texts[at] for at in run])]
    passages.sort(key=lambda passage: (passage[1][0].block, passage[1][0].start))
    return [
        ("references" if kind == "footnote" and _names_sources(part, texts) else kind, part)
        for kind, part in with_headings(passages, texts)
    ]


def _names_sources(note: Sequence[Sentence], texts: Sequence[BlockText]) -> bool:
    """Return whether a note only names where something stands."""
    return is_bibliographic(" ".join(texts[each.block].mapped.text[each.start : each.end] for each in note))


def _class(block: Block) -> str:
    if block.loose:
        return f"loose {block.kind}"
    return "flow" if block.kind in ("body", "list") else block.kind


def _runs(texts: Sequence[BlockText]) -> Iterator[list[int]]:
    """Yield the blocks that may share passages: one section and class; notes and tables stay alone.

    Headings that follow on one another share one. Floats between two paragraphs of one section do not part them.
    Loose lines of a form or a list do where a sentence has ended, or a passage would read on where the page does
    not.
    """
    open_runs: dict[str, list[int]] = {}
    last_loose = -1
    for at, text in enumerate(texts):
        if not text.sentences:
            continue
        name = _class(text.block)
        if name in ("footnote", "table"):
            yield [at]
            continue
        if text.block.loose:
            last_loose = at
        run = open_runs.get(name)
        if run and (name == "heading" or texts[run[-1]].block.section == text.block.section):
            if name == "flow":
                parted = run[-1] < last_loose and _sentence_between(texts[run[-1]], text)
            else:
                parted = run[-1] != at - 1
            if not parted:
                run.append(at)
                continue
        if run:
            yield run
        open_runs[name] = [at]
    yield from open_runs.values()


def _sentence_between(before: BlockText, after: BlockText) -> bool:
    return ends_sentence(before.mapped.text) and not continues(after.mapped.text)


def _kind(sentences: Sequence[Sentence], texts: Sequence[BlockText]) -> Kind:
    weights: dict[Kind, int] = {}
    for sentence in sentences:
        kind = texts[sentence.block].block.kind
        weights[kind] = weights.get(kind, 0) + sentence.end - sentence.start
    last = texts[sentences[-1].block]
    if last.block.kind == "list" and not ends_sentence(last.mapped.text[: sentences[-1].end]):
        return "list"
    return max(weights, key=lambda kind: (weights[kind], kind))


def _pack_flow(texts: Sequence[BlockText]) -> list[list[Sentence]]:
    """Pack paragraphs; those on the two sides of a page break never share a passage."""
    parts: list[list[Sentence]] = []
    for paged in _page_runs(texts):
        parts += _balanced(_pack_run(paged))
    return parts


def _page_runs(texts: Sequence[BlockText]) -> Iterator[list[BlockText]]:
    """Cut a run of paragraphs where a page ends between two of them: there, one page cites best.

    A paragraph that goes on over the page break stays whole, and a line that announces what follows (it
    ends with a colon) stays with it.
    """
    run: list[BlockText] = []
    for text in texts:
        turn = text.block.lines[0].page - run[-1].block.lines[-1].page if run else 0
        # Back a page: what was left there after a paragraph that went on over the break.
        if turn < 0 or (turn > 0 and not run[-1].mapped.text.rstrip().endswith(":")):
            yield run
            run = []
        run.append(text)
    if run:
        yield run


def _pack_run(texts: Sequence[BlockText]) -> list[list[Sentence]]:
    parts: list[list[Sentence]] = []
    current: list[Sentence] = []
    by_block = {text.sentences[0].block: text for text in texts}
    for text in texts:
        need = sum(sentence.tokens for sentence in text.sentences)
        used = sum(sentence.tokens for sentence in current)
        if current and used + need > BUDGET and used >= FULL_ENOUGH * BUDGET:
            current = _close(parts, current, by_block, text.block.kind)
        for sentence in text.sentences:
            if current and sum(other.tokens for other in current) + sentence.tokens > BUDGET:
                current = _close(parts, current, by_block, text.block.kind)
                if sum(other.tokens for other in current) + sentence.tokens > BUDGET:
                    parts[-1] += current
                    current = []
            current.append(sentence)
    if current:
        parts.append(current)
    return parts


def _close(
    parts: list[list[Sentence]], current: list[Sentence], by_block: Mapping[int, BlockText], following: Kind
) -> list[Sentence]:
    """Close a passage before a block of the kind `following`, and return what of it belongs to the next one."""
    at = _announced_from(current, by_block, following)
    if at == 0:
        at = len(current)
    parts.append(current[:at])
    return current[at:]


def _announced_from(current: Sequence[Sentence], by_block: Mapping[int, BlockText], following: Kind) -> int:
    """Return where the end of a passage begins that only announces what follows; its length if none does.

    It ends with a colon ("The main barriers are:"), or is the short title a paragraph opens with
    ("13. Environment Assembly."). The first items of a list that goes on move with what announces it.
    """
    end = len(current)
    at = end - 1
    if following == "list":
        while at > 0 and by_block[current[at].block].block.kind == "list":
            at -= 1
        begun = sum(sentence.tokens for sentence in current[at:])
        if at < end - 1 and _announces(current[at], by_block) and begun <= MOST_MOVED * BUDGET:
            return at
    last = current[-1]
    text = by_block[last.block]
    opens = last.start == text.sentences[0].start and last.end != text.sentences[-1].end
    announces = _announces(last, by_block) or (opens and last.tokens <= SHORT_OPENING)
    return end - 1 if announces and last.tokens <= BUDGET // 3 else end


def _announces(sentence: Sentence, by_block: Mapping[int, BlockText]) -> bool:
    return by_block[sentence.block].mapped.text[: sentence.end].endswith(":")


def _balanced(parts: list[list[Sentence]]) -> list[list[Sentence]]:
    """Fill a last passage that is too small with sentences of the one before."""
    if len(parts) < 2:
        return parts
    last, before = parts[-1], parts[-2]
    while len(before) > 1:
        moved = before[-1]
        small = sum(sentence.tokens for sentence in last)
        if small >= TOO_SMALL * BUDGET or small + moved.tokens > BUDGET:
            break
        last.insert(0, before.pop())
    return parts


def _pack_table(text: BlockText) -> list[list[Sentence]]:
    """Cut a table at lines; each part repeats caption and header line if they are on its own page."""
    total = sum(sentence.tokens for sentence in text.sentences)
    if total <= BUDGET:
        return [list(text.sentences)]
    head = list(text.sentences[: text.block.head])
    if sum(sentence.tokens for sentence in head) > BUDGET // 3:
        head = []
    parts: list[list[Sentence]] = [[]]
    for sentence in text.sentences:
        if parts[-1] and sum(other.tokens for other in parts[-1]) + sentence.tokens > BUDGET:
            parts.append(list(head))
        parts[-1].append(sentence)
    return parts
