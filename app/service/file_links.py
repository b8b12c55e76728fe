"""The files behind documents: where they lie, and links by which this server gives them out."""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from app.service.file_content import content_hash
from ingest.corpus.corpus import corpus_at
from ingest.corpus.place import store_url
from ingest.errors import PinciteError

if TYPE_CHECKING:
    from ingest.library.records import Document

log = logging.getLogger(__name__)

# Links work as long as this process runs: they are drawn afresh whenever a page is.
_SECRET = secrets.token_bytes(32)


class Gone(PinciteError):
    """The document's file is no longer where it was read."""


class Changed(Gone):
    """There is a file of that name, but not with the content that was read and is cited."""


class Away(Gone):
    """The store that holds the file does not give it now."""


def document_path(corpus: Path | None, document: Document) -> Path:
    """Return the first of the document's files that is a plain file inside the corpus folder, with its content.

    A symbolic link anywhere below the corpus folder is not followed. Raises Gone, or Changed where all that is left
    under its names is something else; of a document in a store a copy is returned, and Away raised where it is away.
    """
    changed = False
    if corpus is not None and store_url(corpus) is not None:
        return _fetched(corpus, document)
    if corpus is not None:
        for name in dict.fromkeys((document.path, *document.files)):
            path = corpus / os.fsdecode(os.fsencode(name))
            if ".." not in Path(name).parts and not Path(name).is_absolute() and _plain(corpus, path):
                if _is_content(path, document.sha256):
                    return path
                changed = True
    raise _not_there(changed=changed)


def _fetched(corpus: Path, document: Document) -> Path:
    """Return a copy of a document of a store, brought here if it is not. Raises as `document_path`, and Away."""
    from ingest.corpus.store import StoreCorpus

    store = corpus_at(corpus)
    assert isinstance(store, StoreCorpus)
    kept = store.copies.of_content(document.sha256)
    if kept is not None and _is_content(kept, document.sha256):
        return kept
    if kept is not None:
        store.copies.forget(kept)
    changed = False
    for name in dict.fromkeys((document.path, *document.files)):
        try:
            path, sha256 = store.fetched_now(name)
        except OSError as error:
            log.info("%s: %s", name, error)
            continue
        except PinciteError as error:
            raise Away(f"The file cannot be fetched now. {error}") from error
        if sha256 == document.sha256:
            return path
        changed = True
    raise _not_there(changed=changed)


def _not_there(*, changed: bool) -> Gone:
    if changed:
        return Changed("The file has changed since it was read. Run pincite ingest to read it again.")
    return Gone("The file is no longer in the corpus folder.")


def _is_content(path: Path, sha256: str) -> bool:
    try:
        return content_hash(path) == sha256
    except OSError:
        return False


def _plain(corpus: Path, path: Path) -> bool:
    try:
        inside = path.relative_to(corpus)
        at = corpus
        for part in inside.parts[:-1]:
            at = at / part
            if not stat.S_ISDIR(at.lstat().st_mode):
                return False
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


def signature(document_id: str) -> str:
    """Return what must stand in a link to this document's file."""
    return hmac.new(_SECRET, document_id.encode(), hashlib.sha256).hexdigest()[:32]


def link(document_id: str, page: int | None = None) -> str:
    """Return the address of the document's file on this server, opening at `page` (physical, from 1)."""
    return f"/files/{signature(document_id)}/{document_id}" + (f"#page={page}" if page else "")


def signed(document_id: str, given: str) -> bool:
    """Return whether `given` is the signature of this document."""
    return hmac.compare_digest(signature(document_id), given)
