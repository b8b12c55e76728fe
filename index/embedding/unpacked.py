"""A model folder that was unpacked here is still what was unpacked: told by hash, read again only when touched.

    SHA256SUMS      hash and name of every other file, as `sha256sum -c` reads them; written when it is unpacked
    checked.stat    size, times and inode of each file when its hash was last found right

Neither is among the files that make the model's fingerprint. Whoever may write here can write these as well: what is
found is a disk's damage, an interrupted copy, and a file put in the place of another.
"""

from pathlib import Path

from ingest.atomic_files import file_sha256, full_stat, known_stamps, remember_stamps, sync

SUMS, CHECKED = "SHA256SUMS", "checked.stat"


def seal(folder: Path) -> None:
    """Write the hashes of all files of a folder that was just unpacked. Raises OSError."""
    lines = [f"{file_sha256(folder / name)}  {name}\n" for name in _names(folder)]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")
    sync(folder / SUMS)


def fault(folder: Path) -> str:
    """Return what is wrong with an unpacked folder, "" if nothing is. Reads what was touched since it was last read."""
    try:
        wanted = _sums(folder)
        names = _names(folder)
        if set(names) != set(wanted):
            return f"{min(set(names) ^ set(wanted))} is missing, or was not unpacked"
        known, found = known_stamps(folder / CHECKED), {name: full_stat(folder / name) for name in names}
        for name in names:
            if known.get(name) != found[name] and file_sha256(folder / name) != wanted[name]:
                return f"{name} is not as it was unpacked"
    except (OSError, ValueError) as error:
        return f"it cannot be checked ({error})"
    if known != found:
        remember_stamps(folder / CHECKED, found)
    return ""


def _names(folder: Path) -> list[str]:
    """Return the files of a folder but for the two of this module, relative to it, sorted."""
    files = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in files if name != SUMS and not name.startswith((CHECKED, f".{CHECKED}")))


def _sums(folder: Path) -> dict[str, str]:
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
