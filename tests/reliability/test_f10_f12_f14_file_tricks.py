"""Path tricks and odd names: nothing outside the corpus is opened, nothing hangs, every name survives."""

import os
import socket
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.atomic_files import file_sha256
from ingest.corpus.folder import MAX_DEPTH, current_stamp, scan, wait_until_stable
from ingest.errors import UsageError
from ingest.library.library import Library
from ingest.pipeline import ingest_folder
from ingest.text.safe import printable

posix = pytest.mark.skipif(os.name == "nt", reason="links, pipes and devices of POSIX")


Make = Callable[[Path, str], object]


def link(target: str) -> Make:
    return lambda folder, name: (folder / name).symlink_to(target)


def touch(content: bytes = b"Some words stand here.") -> Make:
    def make(folder: Path, name: str) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)

    return make


def make_socket(folder: Path, name: str) -> None:
    before = Path.cwd()
    os.chdir(folder)  # the path of a socket may have 107 bytes only
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(name)
    finally:
        os.chdir(before)


def make_device(folder: Path, name: str) -> None:
    try:
        os.mknod(folder / name, 0o600 | stat.S_IFCHR, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("only the administrator can make a device")


# name -> (how it is made, None when it is taken up, "" when it is passed over silently, or the reason)
TRICKS: dict[str, tuple[Make, str | None]] = {
    "link to a file.pdf": (link("/etc/passwd"), "a link"),
    "link upwards.pdf": (link("../outside.txt"), "a link"),
    "link to nothing.pdf": (link("nowhere"), "a link"),
    "link to itself.pdf": (link("link to itself.pdf"), "a link"),
    "link to a folder": (link("/etc"), "a link"),
    "link to the corpus": (link("."), "a link"),
    "link to a device.txt": (link("/dev/zero"), "a link"),
    "pipe.pdf": (lambda folder, name: os.mkfifo(folder / name), "not an ordinary file"),
    "socket.pdf": (make_socket, "not an ordinary file"),
    "device.pdf": (make_device, "not an ordinary file"),
    "folder.pdf": (lambda folder, name: (folder / name).mkdir(), "name of a file"),
    "folder.txt/inside.txt": (touch(), "name of a file"),
    ".hidden.pdf": (touch(), ""),
    ".git/inside.txt": (touch(), ""),
    "~$open in word.docx": (touch(), ""),
    "download.pdf.part": (touch(), ""),
    "download.pdf.crdownload": (touch(), ""),
    "half.tmp": (touch(), ""),
    "Thumbs.db": (touch(), ""),
    "paper.pdf.toml": (touch(b"year = 2020"), ""),
    "picture.png": (touch(b"\x89PNG"), "not a kind"),
    "no ending": (touch(), "not a kind"),
    "pdf without ending": (touch(b"%PDF-1.4 x"), None),
    "pdf after a line end": (touch(b"\xef\xbb\xbf\r\n%PDF-1.4 x"), None),
    "reader.py": (touch(b'if data.startswith(b"%PDF-"):'), "not a kind"),
    "guide.rst": (touch(b"A PDF begins with ``%PDF-1.7``."), "not a kind"),
    "facts.json": (touch(b'{"header": "%PDF-"}'), "not a kind"),
    "..pdf": (touch(), ""),
    "a..pdf": (touch(), None),
    "UPPER.PDF": (touch(), None),
    "deep/" * (MAX_DEPTH + 1) + "x.txt": (touch(), f"more than {MAX_DEPTH}"),
    "sub/folder/paper.txt": (touch(), None),
    "-rf.txt": (touch(), None),
    "$(reboot).txt": (touch(), None),
}


@posix
@pytest.mark.parametrize("name", TRICKS)
def test_each_trick_is_taken_up_passed_over_or_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "outside.txt").write_text("Never to be read.")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    make, expected = TRICKS[name]
    make(corpus, name)
    found = scan(corpus)
    if expected is None:
        assert [stamp.path for stamp in found.stamps] == [name]
        assert found.skipped == {}
    else:
        assert found.stamps == ()
        reasons = list(found.skipped.values())
        assert (reasons == []) == (expected == "")
        assert all(expected in reason for reason in reasons)


@posix
def test_all_tricks_together_do_not_hang_or_leave_the_corpus(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("soak", f"{len(TRICKS)} tricks, none left the corpus")
    (tmp_path / "outside.txt").write_text("Never to be read.")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, (make, _) in TRICKS.items():
        if name != "device.pdf":
            make(corpus, name)
    with Library.open(tmp_path / "library", create=True) as library:
        report = ingest_folder(corpus, library, settle=0.01)
        assert len(report.skipped) == 17
        assert library.skipped() == report.skipped
        assert not any("Never" in stored.passage.text for stored in library.passages())
        wanted = sorted(name for name, (_, expected) in TRICKS.items() if expected is None)
        assert sorted(file for document in library.documents() for file in document.files) == wanted


@posix
def test_a_file_that_became_a_link_or_a_pipe_after_the_scan_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("x")
    (tmp_path / "link.txt").symlink_to("secret.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    for name in ("link.txt", "pipe.txt"):
        assert current_stamp(tmp_path, name) is None
        with pytest.raises(OSError, match=r"ordinary|symbolic|Too many"):
            file_sha256(tmp_path / name, follow_links=False)


@posix
@pytest.mark.skipif(os.name != "nt" and os.geteuid() == 0, reason="the administrator may read everything")
def test_what_cannot_be_opened_is_named_and_what_was_read_before_is_kept(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    (corpus / "sub").mkdir(parents=True)
    (corpus / "a.txt").write_text("Some words stand here.")
    (corpus / "sub" / "b.txt").write_text("Other words stand here.")
    with Library.open(tmp_path / "library", create=True) as library:
        ingest_folder(corpus, library, settle=0.01)
        (corpus / "sub").chmod(0)
        try:
            report = ingest_folder(corpus, library, settle=0.01)
        finally:
            (corpus / "sub").chmod(0o700)
        assert report.removed == ()
        assert len(library.documents()) == 2


def test_a_corpus_that_is_a_file_or_missing_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for name in ("file", "none"):
        with pytest.raises(UsageError, match="no such folder"):
            scan(tmp_path / name)


NAMES: list[str | bytes] = [
    b"caf\xe9 latin1.txt", b"\xff\xfe\xfd.txt", b"\x80.txt", "ñandú.txt", "e\u0301 composed.txt", "日本語.txt",
    "العربية.txt", "\u202efdp.txt", "\u2066isolate\u2069.txt", "zero\u200bwidth.txt", "bell\x07.txt",
    "esc\x1b[31mred.txt", "new\nline.txt", "carriage\rreturn.txt", "tab\there.txt", "back\\slash.txt", "quote'.txt",
    'double".txt', "<script>alert(1)<.txt", "a&b.txt", "100%25.txt", "# hash?.txt", "{brace}.txt", "=cmd|x.txt",
    "-option.txt", "emoji 🏥.txt", "CON.txt", "dot. .txt", "l" * 240 + ".txt", "\u00a0blank\u3000.txt",
    "semi;colon.txt", "nul\u2400.txt", "á" * 124 + "bc.txt",
    "name.pdf.txt", "=HYPERLINK(1).txt",
]  # fmt: skip


@posix
def test_odd_names_are_kept_listed_cited_exported_and_opened_again(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("soak", f"{len(NAMES)} names ingested, listed, cited, exported, renamed")
    import json

    from app.citations.styles import bibtex, citation
    from app.exports.records import records
    from ingest.text.jsonl import json_line

    corpus = tmp_path / "corpus"
    corpus.mkdir()
    names = [name if isinstance(name, bytes) else name.encode() for name in NAMES]
    for at, name in enumerate(names):
        (corpus / os.fsdecode(name)).write_text(f"Paper number {at} has words of its own.\n")
    with Library.open(tmp_path / "library", create=True) as library:
        report = ingest_folder(corpus, library, settle=0.01)
        assert (len(report.added), report.unreadable) == (len(NAMES), ())
        documents = library.documents()
        assert {os.fsencode(document.path) for document in documents} == set(names)
        assert len({document.file for document in documents}) == len(NAMES)
        for document in documents:
            assert document.file.isprintable() or not document.file.isascii()
            assert library.document(document.file) == library.document(document.path) == document
            assert (corpus / document.path).is_file()
            assert bibtex(document).count("\n@") == 0
            (stored,) = library.passages(document.id)
            assert "\n" not in citation(document, stored.passage)
        for record in records(library, "documents"):
            assert json.loads(json_line(record).decode("utf-8")) == record
        for document in documents:
            (corpus / document.path).rename(corpus / f"{document.id}.txt")
        assert len(ingest_folder(corpus, library, settle=0.01).renamed) == len(NAMES)


SHOWN = {
    "plain name.pdf": "plain name.pdf",
    "ñ 日本.pdf": "ñ 日本.pdf",
    "\udce9.pdf": r"\xe9.pdf",
    "\u202e.pdf": r"\u202e.pdf",
    "\x1b\n.pdf": r"\x1b\x0a.pdf",
    r"\x1b.pdf": r"\\x1b.pdf",
    "\U000e0001.pdf": r"\U000e0001.pdf",
}


@pytest.mark.parametrize("name", SHOWN)
def test_names_as_shown(name: str) -> None:
    assert printable(name) == SHOWN[name]


def test_files_still_being_written_are_waited_for(tmp_path: Path) -> None:
    stop = time.monotonic() + 1.0
    rounds = 0

    def write(path: Path) -> None:
        nonlocal rounds
        while time.monotonic() < stop:
            with path.open("a") as file:
                file.write("more ")
            rounds += 1
            time.sleep(0.03)

    paths = [tmp_path / f"{n}.txt" for n in range(20)]
    for path in paths:
        path.write_text("begun ")
    rested = tmp_path / "rested.txt"
    rested.write_text("done")
    os.utime(rested, (1_600_000_000, 1_600_000_000))
    writers = [threading.Thread(target=write, args=(path,)) for path in paths]
    for writer in writers:
        writer.start()
    stable, changing = wait_until_stable(tmp_path, scan(tmp_path).stamps, settle=0.2, longest=0.4)
    assert list(stable) == ["rested.txt"]
    assert len(changing) == 20
    stable, changing = wait_until_stable(tmp_path, scan(tmp_path).stamps, settle=0.2, longest=10)
    for writer in writers:
        writer.join()
    assert rounds > 100
    assert (len(stable), changing) == (21, [])
    for path in paths:
        assert stable[path.name].size == path.stat().st_size


def test_a_file_that_vanishes_while_it_is_waited_for_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    stamps = scan(tmp_path).stamps
    stable, changing = wait_until_stable(
        tmp_path, stamps, settle=5, longest=10, sleep=lambda _: (tmp_path / "a.txt").unlink(missing_ok=True)
    )
    assert (stable, changing) == ({}, [])
