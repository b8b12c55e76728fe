"""How a generation gets to the disk: whole or not at all, whatever is killed when.

It is written under another name, every file and folder is synced, it is renamed, and last CURRENT is replaced.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from index.snapshot import checked
from index.snapshot.paths import CURRENT
from index.snapshot.snapshot import (
    MANIFEST,
    Manifest,
    read_current,
)
from ingest.atomic_files import file_sha256, full_stat, sync
from ingest.errors import PinciteError

KEPT = 2
"""Generations that stay: the current one and the one that searches may still have open."""


Share = Callable[[Path, bytes], None]
"""Gives a generation, its folder and its manifest, to the other machines before it becomes current here."""


def next_generation(parent: Path) -> str:
    """Return a name no generation has had."""
    numbers = [int(path.name[4:]) for path in parent.glob("gen-*") if path.name[4:].isdigit()]
    return f"gen-{max(numbers, default=0) + 1:08d}"


def publish_folder(draft: Path, parent: Path, manifest: Manifest, share: Share | None = None) -> Manifest:
    """Make a written draft folder the current generation; return its manifest with the files filled in.

    Files that the manifest has already, those of a base taken over, are not hashed and synced again. Order:
    base, files, folder, rename, parent, `share`, CURRENT, parent. A kill at any point leaves the old or the new.
    """
    files = {path.name: (path.stat().st_size, file_sha256(path)) for path in sorted(draft.iterdir())}
    if manifest.base is not None and not manifest.files:
        base = parent / manifest.base
        for path in sorted(base.iterdir()):
            files[f"../{base.name}/{path.name}"] = (path.stat().st_size, file_sha256(path))
            sync(path)
        sync(base)
    files |= manifest.files
    content = asdict(manifest) | {"files": files}
    payload = json.dumps(content, indent=1, sort_keys=True).encode()
    (draft / MANIFEST).write_bytes(payload)
    for path in draft.iterdir():
        sync(path)
    sync(draft)
    target = parent / manifest.generation
    draft.rename(target)
    sync(parent)
    checked.remember(target, {name: full_stat(target / name) for name in files})
    if share is not None:
        share(target, payload)
    switch(parent, manifest.generation, hashlib.sha256(payload).hexdigest())
    return Manifest(**content)


def switch(parent: Path, generation: str, digest: str) -> None:
    """Make a generation whose files are on the disk the current one; `digest` is the SHA-256 of its manifest."""
    pointer = parent / f".{CURRENT}.new"
    pointer.write_text(f"{generation} {digest}\n", encoding="ascii")
    sync(pointer)
    pointer.replace(parent / CURRENT)
    sync(parent)


def collect(parent: Path) -> None:
    """Remove all but the current generation, the one before and their bases, and what a failure left behind.

    Above the current one are only those that a failure kept from becoming current.
    """
    current = _current_name(parent)
    names = sorted(path.name for path in parent.glob("gen-*"))
    kept = [name for name in names if current is None or name <= current][-KEPT:]
    for name in set(names).difference(kept):
        shutil.rmtree(parent / name, ignore_errors=True)
    wanted = {_base_of(parent / name) for name in kept}
    for base in parent.glob("base-*"):
        if base.name not in wanted:
            shutil.rmtree(base, ignore_errors=True)
    for draft in parent.glob(".draft-*"):
        shutil.rmtree(draft, ignore_errors=True)


def _current_name(parent: Path) -> str | None:
    """Return what CURRENT names; None where it is missing or damaged and nothing can be opened."""
    try:
        return read_current(parent)[0]
    except PinciteError:
        return None


def _base_of(folder: Path) -> str | None:
    """Return the base a generation names; None also where its manifest is damaged and it cannot be opened."""
    try:
        found = json.loads((folder / MANIFEST).read_bytes()).get("base")
    except (OSError, ValueError, AttributeError, RecursionError):
        return None
    return found if isinstance(found, str) else None
