"""What a change of reading or splitting did to the passages: a readable diff of two exports, as Markdown.

    pincite export passages --library before --out before.jsonl
    pincite export passages --library after --out after.jsonl
    python tools/passage_changes.py before.jsonl after.jsonl [--out changes.md] [--most 40]

Documents are told by their title and id, passages by page and text. A passage whose text is the same but whose kind,
section, label or pages differ is "changed"; one whose words came to stand in other passages is told as its old and new
parts. Identical passages are only counted.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

Record = Mapping[str, Any]
SEEN = ("kind", "section", "pages", "labels", "locator", "table")
"""What of a passage is compared beside its text."""
WORDS = 30
# Passages of one page whose words agree at least so far are one passage before and after.
ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Changed:
    """A passage before and after; `what` names the values that differ, "text" among them."""

    before: Record
    after: Record
    what: tuple[str, ...]


@dataclass(slots=True)
class Changes:
    """What happened to the passages of one document."""

    name: str
    same: int = 0
    added: list[Record] = field(default_factory=list)
    removed: list[Record] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many passages are not what they were."""
        return len(self.added) + len(self.removed) + len(self.changed)


def main() -> None:
    """Read the two exports and write what changed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--out", type=Path, help="the Markdown file (default: standard output)")
    parser.add_argument("--most", type=int, default=40, help="passages shown for each document")
    arguments = parser.parse_args()
    text = as_markdown(compare(read(arguments.before), read(arguments.after)), most=arguments.most)
    if arguments.out is None:
        sys.stdout.write(text)
    else:
        arguments.out.write_text(text, encoding="utf-8")


def read(path: Path) -> list[Record]:
    """Return the records of an export. Raises: SystemExit naming the file and line that is none."""
    records = []
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                record = json.loads(line)
                record["document"]["id"], record["text"], record["kind"]
            except (ValueError, KeyError, TypeError) as error:
                raise SystemExit(f"{path}:{number}: no passage of an export ({error})") from error
            records.append(record)
    return records


def compare(before: Iterable[Record], after: Iterable[Record]) -> list[Changes]:
    """Return the changes of each document that has any or that both hold, by name."""
    old, new = _by_document(before), _by_document(after)
    return [_of_document(name, old.get(name, []), new.get(name, [])) for name in sorted({*old, *new})]


def _by_document(records: Iterable[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        document = record["document"]
        found[f"{document.get('title') or 'without a title'} ({str(document['id'])[:8]})"].append(record)
    return found


def _of_document(name: str, before: Sequence[Record], after: Sequence[Record]) -> Changes:
    changes = Changes(name)
    waiting: dict[str, list[Record]] = defaultdict(list)
    for record in before:
        waiting[record["text"]].append(record)
    rest = []
    for record in after:
        if waiting[record["text"]]:
            _pair(changes, waiting[record["text"]].pop(0), record)
        else:
            rest.append(record)
    gone = [record for records in waiting.values() for record in records]
    for record in rest:
        old = _alike(record, gone)
        if old is None:
            changes.added.append(record)
        else:
            gone.remove(old)
            _pair(changes, old, record)
    changes.removed = gone
    return changes


def _pair(changes: Changes, before: Record, after: Record) -> None:
    what = [name for name in ("text", *SEEN) if before.get(name) != after.get(name)]
    if what:
        changes.changed.append(Changed(before, after, tuple(what)))
    else:
        changes.same += 1


def _alike(record: Record, others: Sequence[Record]) -> Record | None:
    """Return the passage of the same first page with most words in common, if those are enough."""
    words = Counter(record["text"].split())
    best, share = None, ALIKE
    for other in others:
        if _page(other) != _page(record):
            continue
        theirs = Counter(other["text"].split())
        common = (words & theirs).total() / max(words.total(), theirs.total(), 1)
        if common >= share:
            best, share = other, common
    return best


def _page(record: Record) -> Any:
    return record["pages"][0] if record.get("pages") else record.get("locator")


def as_markdown(documents: Sequence[Changes], *, most: int) -> str:
    """Return the changes as Markdown: a table of all documents, then each with changes."""
    lines = [
        "# Passages that changed",
        "",
        "| document | same | changed | added | removed |",
        "|---|---|---|---|---|",
    ]
    for item in documents:
        lines.append(
            f"| {_cell(item.name)} | {item.same} | {len(item.changed)} | {len(item.added)} | {len(item.removed)} |"
        )
    what = Counter(name for item in documents for changed in item.changed for name in changed.what)
    if what:
        lines += ["", "Changed: " + ", ".join(f"{name} {count}" for name, count in what.most_common()) + "."]
    for item in documents:
        if item.count:
            lines += ["", f"## {item.name}", "", *_shown(item, most)]
    return "\n".join(lines) + "\n"


def _shown(item: Changes, most: int) -> Iterator[str]:
    entries = [(_order(changed.after), list(_change(changed))) for changed in item.changed]
    entries += [
        (_order(record), [f"- **added** {_where(record)}: {_excerpt(record)}"]) for record in item.added
    ]
    entries += [
        (_order(record), [f"- **removed** {_where(record)}: {_excerpt(record)}"]) for record in item.removed
    ]
    entries.sort(key=lambda entry: entry[0])
    for _, lines in entries[:most]:
        yield from lines
    if len(entries) > most:
        yield f"- … and {len(entries) - most} more"


def _change(changed: Changed) -> Iterator[str]:
    yield f"- **changed** {_where(changed.after)}, {', '.join(changed.what)}: {_excerpt(changed.after)}"
    for name in changed.what:
        if name == "text":
            yield f"  - text: {_difference(changed.before['text'], changed.after['text'])}"
        elif name == "table":
            yield f"  - table: {_table(changed.before)} → {_table(changed.after)}"
        else:
            yield f"  - {name}: {_value(changed.before, name)} → {_value(changed.after, name)}"


def _difference(before: str, after: str) -> str:
    """Return the words that left (struck) and came (bold), in order, with what stands around them cut short."""
    old, new = before.split(), after.split()
    parts = []
    for tag, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(_short(old[start:end], 6))
            continue
        if end > start:
            parts.append(f"~~{_short(old[start:end], WORDS)}~~")
        if last > first:
            parts.append(f"**{_short(new[first:last], WORDS)}**")
    return " ".join(parts)


def _short(words: Sequence[str], most: int) -> str:
    return (
        " ".join(words) if len(words) <= most else " ".join([*words[: most // 2], "…", *words[-most // 2 :]])
    )


def _where(record: Record) -> str:
    pages = record.get("pages") or []
    place = (
        f"p. {'–'.join(str(page) for page in dict.fromkeys(pages))}" if pages else str(record.get("locator"))
    )
    return f"{place}, {record['kind']}"


def _order(record: Record) -> tuple[int, str]:
    return (record["pages"][0] if record.get("pages") else 0, str(record.get("locator") or ""))


def _excerpt(record: Record) -> str:
    return _short(record["text"].split(), WORDS)


def _value(record: Record, name: str) -> str:
    value = record.get(name)
    return " › ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)


def _table(record: Record) -> str:
    table = record.get("table")
    return f"{len(table['rows'])} rows of {len(table['columns'])} columns" if table else "none"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    main()
