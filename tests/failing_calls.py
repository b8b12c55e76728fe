"""A session that changes a library, every call of which can fail or be written down (`failing_calls.c`).

As a program, started with the compiled file in LD_PRELOAD, it tries one call after the other, each in a child process:

    python failing_calls.py fail BASE WORK FIRST LAST STEP ERRNO    a JSON line for each call
    python failing_calls.py record FOLDER LOG                       one session, written down in LOG
"""

import ctypes
import json
import os
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from index_library import TEXTS, HashingEmbedder, put_text

from index.search import Searcher
from index.snapshot.paths import snapshot_folder
from index.snapshot.publish import publish
from index.snapshot.snapshot import verify
from ingest.errors import PinciteError
from ingest.library.full_disk import telling_of_a_full_disk
from ingest.library.library import Library
from ingest.metadata.metadata import Metadata

SOURCE = Path(__file__).with_suffix(".c")
TESTS = SOURCE.parent
DOCUMENTS = 3
HELD, REFUSED, RAISED = "held", "refused", "raised"


def compiled(folder: Path) -> Path:
    """Compile what stands before the C library."""
    if sys.platform != "linux" or shutil.which("cc") is None:
        if os.environ.get("CI") and sys.platform == "linux":
            pytest.fail("no C compiler is installed")
        pytest.skip("needs Linux and a C compiler")
    made = folder / "failing_calls.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(made), str(SOURCE), "-ldl"], check=True)
    return made


def base(folder: Path) -> None:
    """Make a library of some documents with its index."""
    with Library.open(folder, create=True) as library:
        for name, (metadata, language, texts) in TEXTS.items():
            put_text(library, name, metadata, language, texts)
        publish(library, folder, HashingEmbedder())


def session(folder: Path, mark: Any = None) -> None:
    """Store documents, type in a value, publish; `mark` is told how many of which are acknowledged."""
    with Library.open(folder) as library:
        for number in range(DOCUMENTS):
            put_text(
                library,
                f"new{number}.txt",
                Metadata(title=f"N{number}"),
                "en",
                [f"Oxygen lasts {number} days."],
            )
            if mark:
                mark(number + 1)
            if number == 1:
                library.set_override(library.documents()[0].id, "year", 1999)
            with telling_of_a_full_disk(folder):  # as `pincite ingest` does
                publish(library, folder, HashingEmbedder())
            if mark:
                mark(100 + number + 1)


def shim() -> Any:
    return ctypes.CDLL(None)


def fault_of(folder: Path, acknowledged: int = 0, published: int = 0) -> str:
    """Return what is wrong with a library of which so much was acknowledged, "" where nothing is."""
    with Library.open(folder) as library:
        if found := library.check():
            return f"the library: {found[0]}"
        names = {document.file for document in library.documents()}
        if lost := {*TEXTS, *(f"new{number}.txt" for number in range(acknowledged))} - names:
            return f"lost: {sorted(lost)}"
        if any(
            document.passage_count != len(list(library.passages(document.id)))
            for document in library.documents()
        ):
            return "half a document"
    if found := verify(snapshot_folder(folder)):
        return f"the snapshot: {found[0]}"
    searcher = Searcher.open(folder, embedder=HashingEmbedder())
    if not searcher.search("nurses").hits or searcher.snapshot.manifest.documents < len(TEXTS) + published:
        return "not found any more"
    return ""


def left_behind(folder: Path) -> list[str]:
    """Return what a session that was ended badly has left."""
    return sorted(
        str(path) for path in folder.rglob("*") if path.name.startswith(".") or "draft" in path.name
    )


def in_child(told: dict[str, Any], work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do something in a child process and return what it tells; how it ended where it raises."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            told |= {"how": HELD, **work()}
        except PinciteError as fault:
            told |= {"how": REFUSED, "message": str(fault)}
        except BaseException:
            told |= {"how": RAISED, "message": traceback.format_exc()[-1_500:]}
        told["calls"] = shim().shim_count()
        os.write(write, json.dumps(told).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        line = answer.read()
    os.waitpid(child, 0)
    return dict(json.loads(line)) if line else {**told, "how": "died"}


def failed(folder: Path, call: int, error: int) -> dict[str, Any]:
    """Run a session whose call with this number fails, look at the folder, and finish in another session."""

    def broken() -> dict[str, Any]:
        shim().shim_arm(str(folder).encode(), ctypes.c_long(call), error, -1)
        session(folder)
        return {}

    def looked_at() -> dict[str, Any]:
        return {"fault": fault_of(folder)}

    def finished() -> dict[str, Any]:
        session(folder)
        return {"fault": fault_of(folder, DOCUMENTS, DOCUMENTS), "left": left_behind(folder)}

    told = in_child({"call": call, "message": ""}, broken)
    return {**told, "after": in_child({}, looked_at), "next": in_child({}, finished) if call % 5 == 0 else {}}


def failing(made: Path, *words: object) -> Iterator[dict[str, Any]]:
    """Run this file as a program and give what it tells, line by line."""
    command = [sys.executable, __file__, *map(str, words)]
    paths = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    environment = {**os.environ, "LD_PRELOAD": str(made), "PYTHONPATH": paths}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield json.loads(line)
    assert process.returncode == 0


# What was written down ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Call:
    """A call that changed the folder: C create, W write, T cut, S sync, R rename, M mkdir, U remove, A acknowledged."""

    what: str
    inode: int
    offset: int
    path: str
    second: str
    data: bytes


def calls_in(log: Path) -> list[Call]:
    """Return what a recorded session did, in order."""
    data, at, found = log.read_bytes(), 0, []
    while at < len(data):
        inode, offset, *sizes = (
            int.from_bytes(data[at + 1 + 8 * n : at + 9 + 8 * n], "little") for n in range(5)
        )
        parts, place = [], at + 41
        for size in sizes:
            parts.append(data[place : place + size])
            place += size
        found.append(Call(chr(data[at]), inode, offset, parts[0].decode(), parts[1].decode(), parts[2]))
        at = place
    return found


def main(words: list[str]) -> None:
    if words[0] == "record":
        log = os.open(words[2], os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        shim().shim_arm(words[1].encode(), ctypes.c_long(0), 0, log)
        session(Path(words[1]), mark=lambda number: shim().shim_mark(ctypes.c_long(number)))
        shim().shim_arm(b"", ctypes.c_long(0), 0, -1)
        print(json.dumps({"recorded": True}), flush=True)
        return
    source, work = Path(words[1]), Path(words[2])
    first, last, step, error = map(int, words[3:])
    for call in range(first, last, step):
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(source, work)
        told = failed(work, call, error)
        print(json.dumps(told), flush=True)
        if told["calls"] < call:
            return


if __name__ == "__main__":
    main(sys.argv[1:])
