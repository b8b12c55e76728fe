"""A reading child that was taken over: it does for each file what the file's name says, and then reads on."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ingest.sandbox import worker
from ingest.sandbox.protocol import Done, Event, line_of

SHA = "a" * 64
HEAD = {
    "format": "txt",
    "paged": False,
    "pages": 1,
    "passages": 1,
    "info": {},
    "notes": [],
    "language": "en",
    "title": None,
}
TEXT = "Clinics open early."
PAGE = [1, TEXT, 0.0, 0.0, None, [], None, 1.0, []]
PASSAGE = {
    "id": "f" * 32,
    "text": TEXT,
    "kind": "body",
    "language": "en",
    "section": [],
    "spans": [[1, 0, 19]],
    "pages": [],
    "labels": [],
    "label_source": None,
    "locator": "line 1",
    "sentences": [[0, 19]],
    "tokens": 4,
}

EVENTS = {
    "no json": b"hello\n",
    "not an event": b"[1, 2]\n",
    "an unknown event": b'{"type": "gift", "value": 1}\n',
    "a hash that is none": b'{"type": "hashed", "sha256": "../../etc/passwd"}\n',
    "a number as text": b'{"type": "progress", "step": "page", "done": "1", "total": 2}\n',
    "a number below none": b'{"type": "progress", "step": "page", "done": -1, "total": 2}\n',
    "an unknown step": b'{"type": "progress", "step": "rm", "done": 1, "total": 2}\n',
    "a missing field": b'{"type": "progress", "step": "page", "done": 1}\n',
    "an unknown state": b'{"type": "done", "state": "perfect", "reason": "so it is"}\n',
    "a failure without a reason": b'{"type": "done", "state": "failed"}\n',
    "a reason that is a list": b'{"type": "done", "state": "failed", "reason": ["a"]}\n',
    "not UTF-8": b'{"type": "done", "state": "failed", "reason": "\xff"}\n',
    "a nest": b'{"type": "done", "x": ' + b"[" * 50_000 + b"\n",
    "a line without end": b'{"type": "done", "reason": "' + b"x" * 200_000,
}
"""Lines on stdout that are no events."""


def result(*changes: Callable[[dict[str, object], list[object], dict[str, object]], object]) -> bytes:
    """Return the sound result of one page and one passage, changed."""
    head, page, passage = json.loads(json.dumps([HEAD, PAGE, PASSAGE]))
    for change in changes:
        change(head, page, passage)
    return b"".join(json.dumps(record).encode() + b"\n" for record in (head, page, passage))


RESULTS = {
    "empty": b"",
    "no json": b"hello\n",
    "cut off": result()[:-40],
    "a passage too few": result(lambda head, page, passage: head.update(passages=2)),
    "a page too many": result() + b"[2]\n",
    "an unknown format": result(lambda head, page, passage: head.update(format="exe")),
    "a gap outside of its page": result(
        lambda head, page, passage: page.__setitem__(8, [{"start": 0, "end": 99, "reason": "hidden"}])
    ),
    "a gap of no known reason": result(
        lambda head, page, passage: page.__setitem__(8, [{"start": 0, "end": 2, "reason": "forgotten"}])
    ),
    "more than a whole page covered": result(lambda head, page, passage: page.__setitem__(7, 1.5)),
    "a PDF without pages": result(lambda head, page, passage: head.update(format="pdf")),
    "a list for information": result(lambda head, page, passage: head.update(info=[])),
    "a number for information": result(lambda head, page, passage: head.update(info={"title": 7})),
    "a page that is number 2": result(lambda head, page, passage: page.__setitem__(0, 2)),
    "a page whose text is a number": result(lambda head, page, passage: page.__setitem__(1, 5)),
    "a page of too few fields": result(lambda head, page, passage: page.pop()),
    "a label from nowhere": result(
        lambda head, page, passage: page.__setitem__(6, {"text": "7", "source": "guessed"})
    ),
    "a passage without text": result(lambda head, page, passage: passage.pop("text")),
    "a passage without spans": result(lambda head, page, passage: passage.pop("spans")),
    "an unknown kind": result(lambda head, page, passage: passage.update(kind="advert")),
    "a text that is a list": result(lambda head, page, passage: passage.update(text=["a"])),
    "tokens that are text": result(lambda head, page, passage: passage.update(tokens="4")),
    "tokens beyond all numbers": result(lambda head, page, passage: passage.update(tokens=10**30)),
    "a span of two numbers": result(lambda head, page, passage: passage.update(spans=[[1, 0]])),
    "a span behind the page": result(lambda head, page, passage: passage.update(spans=[[1, 0, 20]])),
    "a span before the page": result(lambda head, page, passage: passage.update(spans=[[1, -1, 5]])),
    "a span backwards": result(lambda head, page, passage: passage.update(spans=[[1, 5, 2]])),
    "a span of page 0": result(lambda head, page, passage: passage.update(spans=[[0, 0, 5]])),
    "a span of page 2": result(lambda head, page, passage: passage.update(spans=[[2, 0, 5]])),
    "a sentence outside": result(lambda head, page, passage: passage.update(sentences=[[0, 20]])),
    "a call outside": result(lambda head, page, passage: passage.update(calls=[[18, 25]])),
}
"""Files that are no results."""


def main(settings: str) -> None:
    """Serve orders: a file "event NAME.txt" or "result NAME.txt" is answered with that, any other one is read."""
    from ingest.readers.limits import Limits

    values = json.loads(settings)
    ocr = values.pop("ocr")
    out = sys.stdout.buffer

    def tell(event: Event) -> None:
        out.write(line_of(event))

    for line in sys.stdin:
        order = json.loads(line)
        what, _, name = Path(order["path"]).stem.partition(" ")
        if what == "event":
            out.write(EVENTS[name])
            out.flush()
            time.sleep(60)
        elif what == "result":
            Path(order["out"]).write_bytes(RESULTS[name])
            out.write(line_of(Done()))
        elif what == "large":
            with Path(order["out"]).open("wb") as file:
                file.truncate(600 * 1024 * 1024)
            out.write(line_of(Done()))
        else:
            work = worker._Order(Path(order["path"]), Path(order["out"]), Limits(**values), ocr)
            worker._serve(work, tell)
        out.flush()
