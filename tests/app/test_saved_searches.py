"""The last questions, saved searches, and what is new since one was opened: right over ten real ingests."""

import hashlib
import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from app.service import owner_folder, saved_searches
from app.service.owner_folder import FOLDER, owner_of
from app.service.saved_searches import (
    FILE,
    MOST_RECENT,
    MOST_SAVED,
    Asked,
    Kept,
    Searches,
    new_documents,
    new_passages,
)
from index.search import Searcher
from index.snapshot.publish import publish
from ingest.errors import PinciteError
from ingest.library.library import Library
from ingest.library.rebuild import set_aside
from ingest.pipeline import ingest_folder

OXYGEN = Asked(question="oxygen shortage in clinics")
TOPICS = (
    "Oxygen is short in the {n} clinics of the valley. Nurses carry cylinders over the bridge of {n} planks.",
    "School meals reach {n} pupils. Cooks of {n} villages buy maize from their neighbours.",
    "Clinics of the north report an oxygen shortage of {n} days. Trucks bring {n} cylinders a week.",
    "A shortage of oxygen closed {n} wards. The clinics sent {n} patients to the coast.",
)

MATTERS = [
    "harvest",
    "forest",
    "border",
    "school",
    "salary",
    "water",
    "harbour",
    "census",
    "tax",
    "bridge",
    "library",
    "election",
    "market",
    "river",
]


def searches(folder: Path, key: str = "key") -> Searches:
    return Searches(folder, owner_of(key))


def ids_of(searcher: Searcher) -> set[str]:
    return {document.id for document in searcher.snapshot.documents}


def read_and_publish(corpus: Path, library: Path) -> Searcher:
    with Library.open(library, create=True) as opened:
        ingest_folder(corpus, opened, settle=0.0, allow_empty=True)
        publish(opened, library, None)
    return Searcher.open(library)


class Folder:
    """A folder of text files that changes a little before each ingest, and how."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.random = random.Random(7)
        self.number = 0

    def add(self) -> None:
        self.number += 1
        name = f"paper-{self.number}.txt"
        text = self.random.choice(TOPICS).format(n=self.number + 10)
        (self.path / name).write_text(text, encoding="utf-8")

    def fill(self, count: int) -> None:
        """Write papers on other matters, so that the words of the question are as rare as in a library."""
        for number in range(count):
            one, two, three, four = self.random.sample(MATTERS, 4)
            text = f"The {one} of the {two} changed after year {number}. The {three} needs a {four}."
            (self.path / f"other-{number}.txt").write_text(text, encoding="utf-8")

    def edit(self) -> None:
        chosen = self._one()
        chosen.write_text(chosen.read_text("utf-8") + f"\n\nAdded later: {self.number}.", encoding="utf-8")
        self.number += 1

    def rename(self) -> None:
        chosen = self._one()
        chosen.rename(chosen.with_name(f"renamed-{chosen.name}"))

    def remove(self) -> None:
        self._one().unlink()

    def touch(self) -> None:
        os.utime(self._one(), (1_600_000_000, 1_600_000_000))

    def contents(self) -> dict[str, str]:
        """Return the texts of the folder by the id of their content."""
        files = [path.read_bytes() for path in self.path.glob("*.txt")]
        return {hashlib.sha256(data).hexdigest()[:32]: data.decode("utf-8") for data in files}

    def _one(self) -> Path:
        return self.random.choice(sorted(self.path.glob("*.txt")))


def read_anew(library: Path) -> None:
    set_aside(library, "model")


@pytest.mark.slow
def test_new_since_is_right_over_ten_ingests(tmp_path: Path) -> None:
    corpus, library = tmp_path / "corpus", tmp_path / "library"
    corpus.mkdir()
    folder = Folder(corpus)
    folder.fill(30)
    searcher = read_and_publish(corpus, library)
    searches(library).save(OXYGEN, ids_of(searcher))
    opened = set(folder.contents())
    met, counts = 0, []
    steps: list[tuple[Callable[[], None], ...]] = [
        (),
        (folder.add, folder.add),
        (folder.rename, folder.touch),
        (folder.edit,),
        (folder.remove, folder.add, folder.add, folder.add),
        (lambda: read_anew(library),),
        (folder.add, folder.edit, folder.rename),
        (folder.remove,),
        (folder.add, folder.add),
        (lambda: read_anew(library), folder.add, folder.add),
    ]
    for number, changes in enumerate(steps):
        for change in changes:
            change()
        searcher = read_and_publish(corpus, library)
        ((saved, known),) = searches(library).saved_with_known()
        hits = new_passages(searcher, saved.asked, known)
        # Beside it: the files themselves, against those that were there when the search was last opened.
        expected = {
            ident for ident, text in folder.contents().items() if ident not in opened and "xygen" in text
        }
        assert {hit.document.id for hit in hits} == expected, number
        assert len({hit.passage.passage.id for hit in hits}) == len(hits)
        fresh = {one.id for one in new_documents(searcher.snapshot.documents, OXYGEN, opened)}
        assert fresh == folder.contents().keys() - opened
        counts.append(len(hits))
        if number in {1, 4, 8}:
            searches(library).opened(saved.asked.id, ids_of(searcher))
            opened = set(folder.contents())
            met += 1
    assert met == 3 and counts[0] == 0 and counts[2] == 0 and sum(counts) >= 8


def test_a_library_read_anew_has_nothing_new(tmp_path: Path) -> None:
    corpus, library = tmp_path / "corpus", tmp_path / "library"
    corpus.mkdir()
    Folder(corpus).add()
    searches(library).save(OXYGEN, ids_of(read_and_publish(corpus, library)))
    read_anew(library)
    searcher = read_and_publish(corpus, library)
    ((saved, known),) = searches(library).saved_with_known()
    assert new_passages(searcher, saved.asked, known) == ()


def test_filters_of_a_search_hold_for_what_is_new(small_library: Path) -> None:
    searcher = Searcher.open(small_library)
    asked = Asked(question="insurance policy", filters={"country": ("PER",)})
    hits = new_passages(searcher, asked, frozenset())
    assert hits and {hit.document.file for hit in hits} == {"clinics.pdf"}
    assert (
        new_passages(searcher, Asked(question="insurance", filters={"country": ("BRA",)}), frozenset()) == ()
    )


def test_questions_stand_newest_first_each_once(tmp_path: Path) -> None:
    store = searches(tmp_path)
    for question in ("a?", "b?", "a?"):
        store.record(Asked(question=question))
    store.record(Asked(question="a?", filters={"year": ("2019..2020",)}))
    assert [(one.asked.question, dict(one.asked.filters)) for one in store.recent()] == [
        ("a?", {"year": ("2019..2020",)}),
        ("a?", {}),
        ("b?", {}),
    ]
    store.forget_recent()
    assert store.recent() == ()


def test_the_oldest_questions_leave(tmp_path: Path) -> None:
    store = searches(tmp_path)
    for number in range(MOST_RECENT + 3):
        store.record(Asked(question=f"question {number}?"))
    kept = [one.asked.question for one in store.recent()]
    assert kept[0] == f"question {MOST_RECENT + 2}?" and len(kept) == MOST_RECENT


def test_a_search_is_saved_once_and_removed(tmp_path: Path) -> None:
    store = searches(tmp_path)
    one = Asked(question="a?", filters={"country": ("PER", "COL"), "type": ()})
    same = Asked(question="a?", filters={"country": ("COL", "PER")})
    assert one.id == same.id != Asked(question="a?").id
    store.save(one, ["d1"])
    store.save(same, ["d1", "d2"])
    assert [known for _, known in store.saved_with_known()] == [{"d1"}]
    store.remove(same.id)
    assert store.saved() == ()


def test_no_more_are_saved_than_there_is_room_for(tmp_path: Path) -> None:
    store = searches(tmp_path)
    for number in range(MOST_SAVED):
        store.save(Asked(question=f"{number}?"), ["d"])
    with pytest.raises(PinciteError, match=f"{MOST_SAVED} saved searches already"):
        store.save(Asked(question="one more?"), ["d"])
    assert len(store.saved()) == MOST_SAVED


def test_sets_of_documents_that_nothing_needs_are_dropped(tmp_path: Path) -> None:
    store = searches(tmp_path)
    store.save(OXYGEN, ["d1"])
    for number in range(5):
        store.opened(OXYGEN.id, [f"d{number}", "d1"])
        store.visit([f"v{number}"])
    content = json.loads((tmp_path / FOLDER / owner_of("key") / FILE).read_text("utf-8"))
    assert len(content["documents"]) == 2


def test_a_visit_tells_what_was_there_before(tmp_path: Path) -> None:
    store = searches(tmp_path)
    assert store.visit(["d1"]) is None
    assert not (tmp_path / FOLDER).exists()
    store.record(OXYGEN)
    assert store.visit(["d1"]) is None
    assert store.visit(["d1", "d2"]) == frozenset({"d1"})
    assert store.visit(["d1", "d2"]) == frozenset({"d1", "d2"})


def test_all_that_is_kept_is_one_reading(tmp_path: Path) -> None:
    store = searches(tmp_path)
    assert store.kept() == Kept()
    store.save(OXYGEN, ["d2", "d1"])
    store.record(OXYGEN)
    kept = store.kept()
    assert (kept.saved, kept.recent) == (store.saved(), store.recent())
    assert kept.known_of(kept.saved[0]) == {"d1", "d2"}


def test_another_key_finds_nothing(tmp_path: Path) -> None:
    searches(tmp_path).save(OXYGEN, ["d1"])
    searches(tmp_path).record(OXYGEN)
    assert searches(tmp_path, "other").saved() == () and searches(tmp_path, "other").recent() == ()


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    store = searches(tmp_path)
    store.record(OXYGEN)
    (tmp_path / FOLDER / owner_of("key") / FILE).write_text('{"recent": 3}', encoding="utf-8")
    with pytest.raises(PinciteError, match=r"searches\.json: the saved searches cannot be read"):
        store.recent()


def test_questions_leave_room_for_briefs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner_folder, "MOST_OWNERS", 2)
    searches(tmp_path, "one").record(OXYGEN)
    with pytest.raises(PinciteError, match="1 people have briefs here"):
        searches(tmp_path, "two").record(OXYGEN)
    searches(tmp_path, "two").save(OXYGEN, ["d1"])
    assert saved_searches.ROOM_FOR_QUESTIONS < 1
