"""Paths as people write them."""

from pathlib import Path

from ingest.errors import UsageError


def folder_or_name(model: str, beside: Path) -> str:
    """Return the whole path of a model's folder, given from `beside`; a hub name as it is."""
    from index.embedding.embedder import DEFAULT_MODEL

    folder = written_path(model, beside)
    is_folder = model.startswith((".", "~")) or (model != DEFAULT_MODEL and folder.is_dir())
    return str(folder.resolve()) if is_folder else model


def written_path(written: str | Path, beside: Path) -> Path:
    """Return a path, given from `beside`; `~` is the home folder. Raises UsageError where there is no such one."""
    try:
        return beside / Path(written).expanduser()
    except RuntimeError as error:
        raise UsageError(f"{written}: there is no such home folder") from error
