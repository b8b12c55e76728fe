"""F3: power cuts of a whole library folder: any part of what was not synced is missing, and it opens at what was told.

What a session did to its folder is written down, call by call. A power cut comes after any of them; then every write
that no sync of its file came after may be missing, and of the new names, renamings and removals that no sync of their
folder came after only the first ones are there.
"""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import failing_calls
import pytest
from failing_calls import Call, calls_in, fault_of

Entry = tuple[int, str, int | None]
"""A folder, a name in it, and what it names from then on, None for nothing."""
QUICK = 30
ROOT = 0


@dataclass
class Disk:
    """Folders and files by number: what each folder names, what each file holds, and all that was done, in order."""

    names: dict[int, dict[str, int]] = field(default_factory=lambda: {ROOT: {}})
    content: dict[int, bytes] = field(default_factory=dict)
    entries: list[tuple[int, list[Entry]]] = field(default_factory=list)
    writes: list[tuple[int, int, int, bytes | None]] = field(default_factory=list)
    syncs: list[tuple[int, int]] = field(default_factory=list)
    acknowledged: list[tuple[int, int]] = field(default_factory=list)


def from_folder(folder: Path) -> Disk:
    """Return the disk as it is before the session: all of it safe."""
    disk = Disk()
    known = {folder: ROOT}
    for at, path in enumerate(sorted(folder.rglob("*")), 1):
        known[path] = at
        disk.names[known[path.parent]][path.name] = at
        if path.is_dir():
            disk.names[at] = {}
        else:
            disk.content[at] = path.read_bytes()
    return disk


def played(disk: Disk, folder: Path, calls: Sequence[Call]) -> Disk:
    """Follow a session: which folder and file each call was about."""
    now = {number: dict(names) for number, names in disk.names.items()}
    fresh = 1_000_000

    def find(path: str) -> tuple[int, str]:
        at = ROOT
        *parents, name = Path(path).relative_to(folder).parts or ("",)
        for part in parents:
            at = now[at][part]
        return at, name

    def named(path: str) -> int:
        at, name = find(path)
        return now[at][name] if name else at

    def is_folder(path: str) -> bool:
        try:
            return named(path) in now
        except KeyError:
            return False

    def enter(at: int, changes: list[Entry]) -> None:
        for parent, name, what in changes:
            now[parent].pop(name, None)
            if what is not None:
                now[parent][name] = what
        disk.entries.append((at, changes))

    open_files: dict[int, int] = {}  # of an inode: what is open may have been renamed or removed
    for at, call in enumerate(calls):
        if call.what in "CM":
            fresh += 1
            enter(at, [(*find(call.path), fresh)])
            if call.what == "M":
                now[fresh], disk.names[fresh] = {}, {}
            else:
                open_files[call.inode] = fresh
                disk.content[fresh] = b""
        elif call.what == "R":
            moved = named(call.path)
            enter(at, [(*find(call.path), None), (*find(call.second), moved)])
        elif call.what == "U":
            enter(at, [(*find(call.path), None)])
        elif call.what == "A":
            disk.acknowledged.append((at, call.offset))
        else:
            what = open_files.get(call.inode)
            if what is None or (call.what == "S" and is_folder(call.path)):
                what = named(call.path)  # a folder may have the inode of a file that is gone
            if call.what == "S":
                disk.syncs.append((at, what))
            else:
                disk.writes.append((at, what, call.offset, call.data if call.what == "W" else None))
    return disk


def after_cut(disk: Disk, cut: int, chance: random.Random, target: Path) -> None:
    """Write down what is on the disk after a power cut behind the call with this number."""
    last = {what: at for at, what in disk.syncs if at <= cut}
    begun = [one for one in disk.entries if one[0] <= cut]
    kept = chance.randrange(len(begun) + 1)
    names = {number: dict(found) for number, found in disk.names.items()}
    for number, (at, changes) in enumerate(begun):
        safe = all(last.get(parent, -1) > at for parent, _, _ in changes)
        if safe or number < kept:
            for parent, name, what in changes:
                names[parent].pop(name, None)
                if what is not None:
                    names[parent][name] = what
    content = {number: bytearray(data) for number, data in disk.content.items()}
    for at, what, offset, data in disk.writes:
        if at > cut or (last.get(what, -1) < at and chance.random() < 0.5):
            continue
        if data is None:
            content[what] = content[what][:offset].ljust(offset, b"\0")
        else:
            content[what] = content[what].ljust(offset, b"\0")
            content[what][offset : offset + len(data)] = data
    write(names, content, ROOT, target)


def write(names: dict[int, dict[str, int]], content: dict[int, bytearray], at: int, target: Path) -> None:
    target.mkdir()
    for name, what in names[at].items():
        if what in names:
            write(names, content, what, target / name)
        else:
            (target / name).write_bytes(content[what])


def cuts(disk: Disk, calls: int, count: int, seed: int) -> Iterator[tuple[int, random.Random]]:
    chance = random.Random(seed)
    for _ in range(count):
        yield chance.randrange(calls), chance


@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_a_power_cut_at_any_call_loses_nothing_that_was_told(
    tmp_path: Path, size: Callable[[int], int], record_property: Callable[[str, object], None]
) -> None:
    made = failing_calls.compiled(tmp_path)
    library = tmp_path / "library"
    failing_calls.base(library)
    disk = from_folder(library)
    assert list(failing_calls.failing(made, "record", library, tmp_path / "log")) == [{"recorded": True}]
    calls = calls_in(tmp_path / "log")
    played(disk, library, calls)
    assert {call.what for call in calls} >= set("CWSRA")
    count = size(QUICK)
    for number, (cut, chance) in enumerate(cuts(disk, len(calls), count, 3)):
        after_cut(disk, cut, chance, tmp_path / f"cut {number}")
        told = [what for at, what in disk.acknowledged if at <= cut]
        stored, published = (
            max([w % 100 for w in told if (w > 100) == kind], default=0) for kind in (False, True)
        )
        context = json.dumps([cut, calls[cut].what, calls[cut].path, stored, published])
        try:
            assert fault_of(tmp_path / f"cut {number}", stored, published) == "", context
        except Exception as error:
            raise AssertionError(context) from error
    record_property("soak", f"{count} cuts after any of {len(calls)} calls, all open, 0 acknowledged lost")


@pytest.mark.slow
def test_without_syncs_a_cut_would_be_seen(tmp_path: Path) -> None:
    made = failing_calls.compiled(tmp_path)
    library = tmp_path / "library"
    failing_calls.base(library)
    disk = from_folder(library)
    list(failing_calls.failing(made, "record", library, tmp_path / "log"))
    calls = calls_in(tmp_path / "log")
    played(disk, library, calls)
    disk.syncs.clear()
    broken = 0
    for number, (cut, chance) in enumerate(cuts(disk, len(calls), 20, 5)):
        after_cut(disk, cut, chance, tmp_path / f"cut {number}")
        told = max([what for at, what in disk.acknowledged if at <= cut and what < 100], default=0)
        try:
            broken += fault_of(tmp_path / f"cut {number}", told) != ""
        except Exception:
            broken += 1
    assert broken > 3, "the replay would notice nothing"
