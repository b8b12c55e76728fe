"""A folder against a library: each file falls into one kind of change, and each guard stops its own mistake."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.atomic_files import file_sha256
from ingest.changes import (
    STILL_CHANGING,
    LibraryState,
    Plan,
    compare,
    compare_folder,
    refuse_another_folder,
    refuse_to_empty,
)
from ingest.corpus.folder import FileStamp, Scan, current_stamp, scan
from ingest.errors import PinciteError, UsageError
from ingest.library.library import FileRecord, Library, NewDocument, document_id
from ingest.metadata.metadata import Metadata
from ingest.readers.version import NOT_READ, ReaderVersion

EMPTY = LibraryState(
    files={}, documents=frozenset(), readable=frozenset(), outdated=frozenset(), unread=frozenset()
)


def put(corpus: Path, **texts: str) -> None:
    """Write files, and let them be old enough that their stamps prove something."""
    import os

    corpus.mkdir(exist_ok=True)
    for name, text in texts.items():
        path = corpus / f"{name}.txt"
        path.write_text(text)
        os.utime(path, (1_600_000_000, 1_600_000_000))


def stamps(corpus: Path) -> list[FileStamp]:
    return list(scan(corpus).stamps)


def state_of(corpus: Path, *, outdated: bool = False, unread: bool = False) -> LibraryState:
    """Return the state of a library that holds what is in the folder now."""
    records, ids = {}, set()
    for stamp in stamps(corpus):
        ident = document_id(file_sha256(corpus / stamp.path))
        records[stamp.path] = FileRecord(stamp, ident)
        ids.add(ident)
    everything = frozenset(ids)
    return LibraryState(
        files=records,
        documents=everything,
        readable=everything,
        outdated=everything if outdated else frozenset(),
        unread=everything if unread else frozenset(),
    )


def kinds(plan: Plan) -> dict[str, list[str]]:
    """Return the lists of a plan that are not empty."""
    lists = ("added", "changed", "removed", "unchanged", "reread")
    found = {name: sorted(getattr(plan, name)) for name in lists if getattr(plan, name)}
    return found | ({"renamed": [f"{old}>{new}" for old, new in plan.renamed]} if plan.renamed else {})


def test_all_is_new_to_an_empty_library_and_one_content_is_read_once(tmp_path: Path) -> None:
    put(tmp_path / "c", one="One.", copy="One.", two="Two.")
    plan = compare(tmp_path / "c", stamps(tmp_path / "c"), EMPTY)
    assert kinds(plan) == {"added": ["copy.txt", "one.txt", "two.txt"]}
    assert sorted([stamp.path for stamp in names] for names in plan.read.values()) == [
        ["copy.txt", "one.txt"],
        ["two.txt"],
    ]
    assert plan.names == []


def test_what_is_as_it_was_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "c", one="One.", two="Two.")
    state = state_of(tmp_path / "c")
    monkeypatch.setattr(
        "ingest.corpus.corpus.file_sha256", lambda path, **_: pytest.fail(f"{path} was opened")
    )
    plan = compare(tmp_path / "c", stamps(tmp_path / "c"), state)
    assert kinds(plan) == {"unchanged": ["one.txt", "two.txt"]}
    assert not plan.read and not plan.names


def test_each_kind_of_change_is_told(tmp_path: Path) -> None:
    corpus = tmp_path / "c"
    put(corpus, kept="Kept.", edited="Before.", moved="Moved.", gone="Gone.")
    state = state_of(corpus)
    put(corpus, edited="After, and longer.", fresh="Fresh.")
    (corpus / "moved.txt").rename(corpus / "elsewhere.txt")
    (corpus / "gone.txt").unlink()
    plan = compare(corpus, stamps(corpus), state)
    assert kinds(plan) == {
        "added": ["fresh.txt"],
        "changed": ["edited.txt"],
        "removed": ["gone.txt"],
        "unchanged": ["kept.txt"],
        "renamed": ["moved.txt>elsewhere.txt"],
    }
    assert sorted(plan.gone) == ["gone.txt", "moved.txt"]
    assert [record.stamp.path for record in plan.names] == ["elsewhere.txt"]
    after = file_sha256(corpus / "edited.txt")
    assert plan.replaces == {after: state.files["edited.txt"].document_id}
    assert plan.leaving(state.files) == {state.files[name].document_id for name in ("edited.txt", "gone.txt")}


def test_what_an_older_reader_read_is_read_again_under_its_name(tmp_path: Path) -> None:
    put(tmp_path / "c", one="One.")
    plan = compare(tmp_path / "c", stamps(tmp_path / "c"), state_of(tmp_path / "c", outdated=True))
    assert kinds(plan) == {"reread": ["one.txt"]}
    assert len(plan.read) == 1
    assert plan.leaving(state_of(tmp_path / "c").files) == set()


def test_a_file_that_cannot_be_opened_keeps_what_it_had_or_is_named(tmp_path: Path) -> None:
    corpus = tmp_path / "c"
    put(corpus, one="One.")
    state = state_of(corpus)
    gone = [FileStamp("one.txt", 5), FileStamp("new.txt", 5)]
    (corpus / "one.txt").unlink()
    plan = compare(corpus, gone, state)
    assert plan.unchanged == ["one.txt"]
    assert "what was read before is kept" in plan.kept["one.txt"]
    assert plan.added == ["new.txt"]
    assert [(record.stamp.path, record.document_id) for record in plan.names] == [("new.txt", None)]
    assert (plan.names[0].reason or "").startswith("cannot be opened (")


def test_what_cannot_be_looked_at_now_stays(tmp_path: Path) -> None:
    put(tmp_path / "c", one="One.", two="Two.")
    state = state_of(tmp_path / "c")
    plan = compare(tmp_path / "c", [], state, leave=frozenset({"one.txt"}))
    assert plan.removed == ["two.txt"]


@pytest.mark.parametrize(
    ("unseen", "removed"),
    [
        (("sub/",), ["b.txt"]),
        (("b.txt",), ["sub/a.txt"]),
        (("su/",), ["b.txt", "sub/a.txt"]),
        ((), ["b.txt", "sub/a.txt"]),
    ],
)
def test_a_folder_that_cannot_be_listed_costs_nothing_below_it(
    tmp_path: Path, unseen: tuple[str, ...], removed: list[str]
) -> None:
    state = LibraryState(
        files={path: FileRecord(FileStamp(path), path) for path in ("sub/a.txt", "b.txt")},
        documents=frozenset({"sub/a.txt", "b.txt"}),
        readable=frozenset(),
        outdated=frozenset(),
        unread=frozenset(),
    )
    plan, waiting = compare_folder(tmp_path, Scan((), {}, unseen), state, settle=0.01)
    assert (sorted(plan.removed), waiting) == (removed, {})


def test_a_file_that_is_still_written_waits_and_is_not_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.changes.LONGEST_WAIT_SECONDS", 0.0)
    put(tmp_path / "c", old="Old.", growing="Gro")
    state = state_of(tmp_path / "c")
    (tmp_path / "c" / "growing.txt").write_text("Growing")
    plan, waiting = compare_folder(tmp_path / "c", scan(tmp_path / "c"), state, settle=60)
    assert waiting == {"growing.txt": STILL_CHANGING}
    assert kinds(plan) == {"unchanged": ["old.txt"]}


def test_what_a_transient_fault_stopped_is_read_last(tmp_path: Path) -> None:
    corpus = tmp_path / "c"
    put(corpus, aaa="A.", bbb="B.")
    both = state_of(corpus, outdated=True)
    first = both.files["aaa.txt"].document_id
    assert first is not None
    state = LibraryState(
        files=both.files,
        documents=both.documents,
        readable=both.readable,
        outdated=both.outdated,
        unread=frozenset({first}),
    )
    plan, _ = compare_folder(corpus, scan(corpus), state, settle=0.01)
    assert [names[0].path for names in plan.read.values()] == ["bbb.txt", "aaa.txt"]


@given(
    before=st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz"), max_size=4),
    after=st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz"), max_size=4),
)
def test_every_file_of_either_side_falls_into_one_kind(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, str], after: dict[str, str]
) -> None:
    corpus = tmp_path_factory.mktemp("pair") / "c"
    put(corpus, **before)
    state = state_of(corpus)
    for path in corpus.iterdir():
        path.unlink()
    put(corpus, **after)
    plan = compare(corpus, stamps(corpus), state)
    renamed_from, renamed_to = {old for old, _ in plan.renamed}, {new for _, new in plan.renamed}
    now = [*plan.added, *plan.changed, *plan.unchanged, *renamed_to]
    assert sorted(now) == sorted(f"{name}.txt" for name in after)
    assert {*plan.removed} | renamed_from == {f"{name}.txt" for name in set(before) - set(after)}
    contents = {document_id(file_sha256(corpus / f"{name}.txt")) for name in after}
    assert {document_id(sha256) for sha256 in plan.read} == contents - state.documents
    assert plan.leaving(state.files) == state.documents - contents


def test_the_state_of_a_library_is_what_its_documents_and_readers_say(tmp_path: Path) -> None:
    with Library.open(tmp_path, create=True) as library:
        for name, state, version in (
            ("a", "ready", ReaderVersion.current()),
            ("b", "ready", ReaderVersion("1")),
            ("c", "failed", NOT_READ),
        ):
            new = NewDocument(name * 64, "txt", False, state, None)
            library.put_document(new, Metadata(), [FileStamp(f"{name}.txt")], str(version))
        found = LibraryState.of(library)
    assert set(found.files) == {"a.txt", "b.txt", "c.txt"}
    assert found.documents == {"a" * 32, "b" * 32, "c" * 32}
    assert found.readable == {"a" * 32, "b" * 32}
    assert found.outdated == {"b" * 32, "c" * 32}
    assert found.unread == {"c" * 32}


def test_a_folder_without_any_file_is_refused_where_documents_would_leave(tmp_path: Path) -> None:
    with pytest.raises(PinciteError, match=r"the library 2; nothing was changed.*--allow-empty"):
        refuse_to_empty(tmp_path, Scan((), {}), Plan(removed=["a.txt", "b.txt"]))
    refuse_to_empty(tmp_path, Scan((), {}), Plan())
    refuse_to_empty(tmp_path, Scan((FileStamp("c.txt"),), {}), Plan(removed=["a.txt", "b.txt"]))


@pytest.mark.parametrize(("stay", "refused"), [(0, True), (1, True), (2, False), (4, False)])
def test_another_folder_must_hold_half_of_the_documents(tmp_path: Path, stay: int, refused: bool) -> None:
    idents = [letter * 32 for letter in "abcd"]
    state = LibraryState(
        files={f"{ident}.txt": FileRecord(FileStamp(f"{ident}.txt"), ident) for ident in idents},
        documents=frozenset(idents),
        readable=frozenset(idents),
        outdated=frozenset(),
        unread=frozenset(),
    )
    plan = Plan(gone=[f"{ident}.txt" for ident in idents[stay:]])
    with Library.open(tmp_path / "library", create=True) as library:
        refuse_another_folder(tmp_path, library, state, plan)  # the first folder of a library
        library.set_setting("corpus", str(tmp_path.resolve()))
        refuse_another_folder(tmp_path, library, state, plan)  # the same as the last time
        library.set_setting("corpus", "/elsewhere")
        if refused:
            with pytest.raises(
                UsageError, match=f"holds {f'only {stay}' if stay else 'none'} of the 4 documents"
            ):
                refuse_another_folder(tmp_path, library, state, plan)
        else:
            refuse_another_folder(tmp_path, library, state, plan)


def test_a_stamp_of_what_is_no_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    assert current_stamp(tmp_path, "folder") is None
    assert current_stamp(tmp_path, "none") is None
    stamp = current_stamp(tmp_path, "file")
    assert stamp is not None and stamp.size == 1 and stamp.mtime_ns <= time.time_ns()
