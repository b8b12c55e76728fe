"""Fixtures of the index tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from index_library import TEXTS, HashingEmbedder, put_text

from index.snapshot.publish import publish
from ingest.library.library import Library


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", create=True) as opened:
        for name, (metadata, language, texts) in TEXTS.items():
            put_text(opened, name, metadata, language, texts)
        yield opened


@pytest.fixture
def published(library: Library, embedder: HashingEmbedder) -> Path:
    publish(library, library.folder, embedder)
    return library.folder
