"""How many body passages begin or end inside a sentence?

    python bench/broken_sentences.py [FOLDER] [--show]

FOLDER holds PDFs (default: ../shared/data/policy-pdfs beside the repository, else corpus/). `--show` names
every one of them. The judge is the text alone, not what the splitter thought of it:

- a passage begins inside a sentence when its first letter is small, or when it begins with a closing mark. A bullet, a
  counter or the letter of a note ("a Eid falls on Sunday") before it opens an item, so it does not; nor does
  a passage right after one that ends with a semicolon (a clause of an enumeration);
- it ends inside one when no sentence mark (with closing quotes or a note call behind it) stands at its end. A colon
  announces a list, table or quotation, and ";", "; and", "; y" end an item of a list: these are joints, counted
  apart.

Sentences too long for one passage count in full where they are cut. So do sentences whose full stop the
source itself has forgotten, scans with poor OCR, and tables that were taken for text: the figure is an upper
bound. What it cannot see: a cut between a false full stop and a capital.
"""

import argparse
import logging
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ingest.errors import UnreadableFile  # noqa: E402  the repository root comes first
from ingest.passage import Passage  # noqa: E402
from ingest.passages.split import split_source  # noqa: E402
from ingest.readers.limits import Limits  # noqa: E402
from ingest.readers.read import read_bytes  # noqa: E402

_CLOSERS = "\"'”’»)]\u200b"
_MARK = re.compile(
    r"^(?:[•·▪▫■□●○◦‣⁃∙➢➤►▶✓✔❖◆◇–—*\-\uf0a0-\uf0ff]"
    r"|[oº°a-z][/ ](?=[A-ZÀ-Þ0-9])|\(?(?:[a-zñ]{1,2}|[ivxlIVXL]{1,6}|\d{1,3}(?:\.\d+)*)[.)\]]-?\s)"
)
_CALL = re.compile(
    r"[.!?…][\"'”’»)\]]*\s?(?:\d{1,3}(?:[,\s]+\d{1,3})*|[a-z]|[¹²³⁰⁴-⁹]+|\*{1,3})[\"'”’»)\]]*$"
)
_JOINT = re.compile(r"(?:[:;]|;\s(?:and|or|y|o|e|u|ou|et|en|of))$")


@dataclass(frozen=True, slots=True)
class BrokenPassage:
    """A passage at fault: whether at its beginning, at its end, and whether its sentence was too long."""

    file: str
    passage: Passage
    begins: bool
    ends: bool


def begins_inside_sentence(text: str, before: str = "") -> bool:
    """Return whether a passage begins inside a sentence. `before` is the text of the passage in front of it."""
    if _MARK.match(text) or before.rstrip(_CLOSERS + " ").endswith(";"):
        return False
    return text.lstrip("\"'“”‘’«([¿¡ ")[:1].islower() or text[:1] in ",;:.)]%"


def ends_inside_sentence(text: str) -> bool:
    """Return whether a passage ends inside a sentence; at a joint (colon, end of an item) it does not."""
    bare = text.rstrip(_CLOSERS)
    return bare[-1:] not in ".!?…" and not _CALL.search(text[-30:]) and not ends_at_joint(text)


def ends_at_joint(text: str) -> bool:
    """Return whether a passage ends where a list, a table or a quotation is announced or an item ends."""
    return bool(_JOINT.search(text.rstrip(_CLOSERS)))


def broken_passages(file: str, passages: Sequence[Passage]) -> Iterator[BrokenPassage]:
    """Yield the body passages of one document that begin or end inside a sentence."""
    for at, passage in enumerate(passages):
        if passage.kind == "body":
            first = begins_inside_sentence(passage.text, passages[at - 1].text if at else "")
            last = ends_inside_sentence(passage.text)
            if first or last:
                yield BrokenPassage(file, passage, first, last)


def measure(files: Sequence[Path]) -> tuple[int, int, list[BrokenPassage]]:
    """Return the number of body passages, how many end at a joint, and the broken ones. OCR is not used."""
    body, joints = 0, 0
    faults: list[BrokenPassage] = []
    for path in files:
        try:
            source = read_bytes(path.read_bytes(), path.name, limits=Limits(second_reading=0.0), ocr=False)
        except UnreadableFile as error:
            print(f"left out: {path.name}: {error}", file=sys.stderr)
            continue
        passages = split_source(source, "0" * 64).passages
        body += sum(passage.kind == "body" for passage in passages)
        joints += sum(passage.kind == "body" and ends_at_joint(passage.text) for passage in passages)
        faults += broken_passages(path.name, passages)
    return body, joints, faults


def main() -> None:
    shared = ROOT.parent / "shared" / "data" / "policy-pdfs"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "folder", nargs="?", type=Path, default=shared if shared.exists() else ROOT / "corpus"
    )
    parser.add_argument("--show", action="store_true", help="name every broken passage")
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)
    body, joints, faults = measure(sorted(arguments.folder.rglob("*.pdf")))
    if arguments.show:
        for fault in faults:
            text, side = fault.passage.text.replace("\n", "⏎"), "<"[: fault.begins] + ">"[: fault.ends]
            print(f"{fault.file[:32]:32} {fault.passage.pages} {side:2} {text[:60]} … {text[-60:]}")
    cut = sum(fault.passage.cut for fault in faults)
    print(
        f"{body} body passages: {len(faults)} broken ({100 * len(faults) / max(body, 1):.2f} %), {cut} of them in a "
        f"sentence too long for one passage; {joints} end at a colon or semicolon"
    )
    for file, count in Counter(fault.file for fault in faults).most_common(8):
        print(f"{count:4}  {file}")


if __name__ == "__main__":
    main()
