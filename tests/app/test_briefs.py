"""Briefs on the server: kept whole, changed on what is stored now, never overwritten by another window."""

import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.exports import brief_copy
from app.exports.brief import MAX_ITEMS, Brief, Item
from app.exports.brief_formats import FORMATS
from app.i18n import words
from app.service import owner_folder as module
from app.service.briefs import MOST_BRIEFS, Briefs
from app.service.owner_folder import FOLDER, owner_of
from ingest.errors import PinciteError, UsageError
from ingest.library.library import Library

KEPT = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def items(small_library: Path) -> list[Item]:
    with Library.open(small_library) as library:
        return [
            Item(document, stored.passage, f"question {number}?")
            for document in library.documents()
            for number, stored in enumerate(library.passages(document.id))
        ][:6]


def notes(store: Briefs, ident: str) -> dict[str, str]:
    kept = store.get(ident)
    assert kept is not None
    return {item.passage.id: item.note for item in kept.brief.items}


def test_a_brief_is_there_for_the_next_process(items: list[Item], tmp_path: Path) -> None:
    store = Briefs(tmp_path, owner_of("key"))
    assert store.current() is None and store.listed() == []
    made = store.create("Health  in\nLima")
    for item in items:
        store.add(made.id, item)
    store.note(made.id, items[1].passage.id, "", "look again – ñandú")
    again = Briefs(tmp_path, owner_of("key")).current()
    assert again is not None and again.name == "Health in Lima"
    assert list(again.brief.items) == [items[0], replace(items[1], note="look again – ñandú"), *items[2:]]
    assert again.version == 1 + len(items) + 1


def test_another_key_finds_nothing_and_no_file_tells_the_key(items: list[Item], tmp_path: Path) -> None:
    key = "a-very-secret-key"
    made = Briefs(tmp_path, owner_of(key)).create("Mine", Brief((items[0],)))
    other = Briefs(tmp_path, owner_of("another"))
    assert other.get(made.id) is None and other.current() is None
    assert other.remove(made.id, items[0].passage.id) is None
    names = [str(path) for path in (tmp_path / FOLDER).rglob("*")]
    assert names and not any(key in name for name in names)


@pytest.mark.parametrize("ident", ["", "../../x", "0" * 12, "current", "ABCDEF012345"])
def test_only_ids_name_briefs(ident: str, tmp_path: Path) -> None:
    store = Briefs(tmp_path, owner_of("key"))
    store.create("Mine")
    assert store.get(ident) is None


def test_rename_duplicate_delete_and_undo(items: list[Item], tmp_path: Path) -> None:
    store = Briefs(tmp_path, owner_of("key"))
    one = store.create("One", Brief(tuple(items[:2])))
    two = store.create("Two", one.brief)
    assert [kept.name for kept in store.listed()] == ["One", "Two"]
    store.rename(one.id, "First")
    store.rename(one.id, "   ")
    assert store.get(one.id).name == "First"  # type: ignore[union-attr]
    store.delete(two.id)
    assert store.get(two.id) is None and store.current() == store.get(one.id)
    restored = store.restore(two.id)
    assert restored is not None and restored.brief == one.brief
    assert store.current() == restored


def test_removing_is_undone_at_its_place_with_its_note(items: list[Item], tmp_path: Path) -> None:
    store = Briefs(tmp_path, owner_of("key"))
    made = store.create("One", Brief(tuple(items[:4])))
    middle = items[1].passage.id
    store.note(made.id, middle, "", "mine")
    before = store.get(made.id)
    assert before is not None
    store.remove(made.id, middle)
    store.put_back(made.id, middle)
    assert store.get(made.id).brief == before.brief  # type: ignore[union-attr]
    store.remove(made.id, middle)
    store.add(made.id, items[1])
    assert notes(store, made.id)[middle] == "mine"


def test_a_note_typed_on_a_removed_passage_brings_it_back(items: list[Item], tmp_path: Path) -> None:
    store = Briefs(tmp_path, owner_of("key"))
    made = store.create("One", Brief((items[0],)))
    store.remove(made.id, items[0].passage.id)
    store.note(made.id, items[0].passage.id, "", "")
    assert notes(store, made.id) == {}
    store.note(made.id, items[0].passage.id, "", "typed in the other window")
    assert notes(store, made.id) == {items[0].passage.id: "typed in the other window"}


@KEPT
@given(data=st.data())
def test_windows_that_change_one_brief_lose_no_item_and_no_note(
    items: list[Item], data: st.DataObject
) -> None:
    """Two windows, each with what it last saw, act in any order; what is stored equals a model of both."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        store = Briefs(Path(folder), owner_of("key"))
        made = store.create("One")
        seen: list[dict[str, str]] = [{}, {}]
        inside: list[str] = []
        typed: dict[str, set[str]] = {}
        for step in range(data.draw(st.integers(1, 12))):
            window = data.draw(st.integers(0, 1))
            item = data.draw(st.sampled_from(items))
            ident = item.passage.id
            act = data.draw(st.sampled_from(["add", "remove", "move", "note", "look", "restart"]))
            if act == "add":
                store.add(made.id, item)
                inside += [ident] * (ident not in inside)
            elif act == "remove":
                store.remove(made.id, ident)
                inside = [one for one in inside if one != ident]
            elif act == "move":
                store.move(made.id, ident, data.draw(st.integers(-3, 3)))
            elif act == "note" and ident in seen[window]:
                text = f"{seen[window][ident]} {window}.{step}"
                store.note(made.id, ident, seen[window][ident], text)
                inside += [ident] * (ident not in inside)
                typed.setdefault(ident, set()).add(f"{window}.{step}")
            elif act == "restart":
                store = Briefs(Path(folder), owner_of("key"))
            seen[window] = notes(store, made.id)
            assert sorted(seen[window]) == sorted(inside)
            for one in inside:
                assert typed.get(one, set()) <= set(seen[window][one].split())


def test_windows_at_the_same_moment_lose_nothing(items: list[Item], tmp_path: Path) -> None:
    store = Briefs(tmp_path, owner_of("key"))
    made = store.create("One")
    threads = [
        threading.Thread(target=lambda item=item: Briefs(tmp_path, owner_of("key")).add(made.id, item))
        for item in items
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = store.get(made.id)
    assert kept is not None and len(kept.brief) == len(items) and kept.version == 1 + len(items)


def test_what_cannot_be_read_or_stored_is_told(items: list[Item], tmp_path: Path) -> None:
    store = Briefs(tmp_path, owner_of("key"))
    made = store.create("One")
    (tmp_path / FOLDER / owner_of("key") / f"{made.id}.json").write_text("{", encoding="utf-8")
    with pytest.raises(PinciteError, match="cannot be read"):
        store.get(made.id)
    if os.name != "nt":
        (tmp_path / "file").write_text("", encoding="utf-8")
        with pytest.raises(PinciteError, match="cannot be written"):
            Briefs(tmp_path / "file", owner_of("key")).create("One")


def test_the_number_of_briefs_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Briefs(tmp_path, owner_of("key"))
    for number in range(MOST_BRIEFS):
        store.create(str(number))
    with pytest.raises(PinciteError, match="delete one first"):
        store.create("one more")
    monkeypatch.setattr(module, "MOST_OWNERS", 1)
    with pytest.raises(PinciteError, match="the most"):
        Briefs(tmp_path, owner_of("another")).create("One")


@pytest.mark.parametrize("name", ["word", "markdown", "json"])
def test_an_export_is_opened_again_with_everything(items: list[Item], name: str) -> None:
    brief = Brief(tuple(replace(item, note=f"note {n} --> </w:p>") for n, item in enumerate(items)))
    style = next(style for style in FORMATS if style.name == name)
    _, again = brief_copy.opened(f"brief.{style.suffix}", style.write(brief, words("es")))
    assert again == brief


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"# a brief", b"PK\x03\x04", b'{"kind": "pincite brief"}', b"[" * 9999]
)
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"notes\.md: no brief of pincite"):
        brief_copy.opened("notes.md", data)


def test_a_forged_copy_holds_a_passage_once_and_not_too_many(items: list[Item]) -> None:
    many = [replace(items[0], passage=replace(items[0].passage, id=str(n % 250))) for n in range(500)]
    _, again = brief_copy.opened("a.json", brief_copy.as_json("x", Brief(tuple(many))))
    assert len(again) == MAX_ITEMS == len({item.passage.id for item in again.items})
