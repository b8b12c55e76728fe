"""The library from Python: five lines, tables, the notebook of the documentation, retrievers of two frameworks."""

import builtins
import json
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest

from index import Searcher, SearchResult
from index.ranking.frames import frame as frame_of
from ingest.errors import PinciteError

ROOT = Path(__file__).parent.parent.parent
NOTEBOOK = ROOT / "docs" / "notebooks" / "search.ipynb"
RETRIEVERS = ("app/service/langchain_retriever.py", "app/service/llama_index_retriever.py")


@pytest.fixture(scope="module")
def result(small_library: Path) -> SearchResult:
    return Searcher.open(small_library).search("Who has a SIS policy?", k=3)


def test_values_are_frozen(result: SearchResult) -> None:
    with pytest.raises(FrozenInstanceError):
        result.confidence = 1.0  # type: ignore[misc]  # what must not be possible
    with pytest.raises(FrozenInstanceError):
        result.hits[0].score = 1.0  # type: ignore[misc]  # the same


def test_a_result_is_a_table(result: SearchResult) -> None:
    frame = result.to_frame()
    assert list(frame["rank"]) == [1, 2, 3] and "31 percent" in frame.iloc[0]["text"]
    assert frame.iloc[0]["pages"] == [2, 2] and frame.iloc[0]["publisher"] == "Ministry of Health"
    assert {"title", "file", "document_id", "passage_id", "labels"} <= set(frame.columns)
    assert list(frame_of([{"a": 1}, {"a": 2}])["a"]) == [1, 2]


def test_without_pandas_and_polars_it_says_what_to_install(
    result: SearchResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def refused(name: str, *words: Any, **more: Any) -> Any:
        if name in {"pandas", "polars"}:
            raise ImportError(name)
        return real(name, *words, **more)

    monkeypatch.setattr(builtins, "__import__", refused)
    with pytest.raises(PinciteError, match="pip install pandas"):
        result.to_frame()


def test_the_notebook_runs(small_library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    names: dict[str, Any] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            exec("".join(cell["source"]), names)
            if "LIBRARY" in names:
                names["LIBRARY"] = small_library
    assert "Clinics in Lima" in capsys.readouterr().out


def test_a_retriever_is_short() -> None:
    for path in RETRIEVERS:
        assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) < 60, path


NOT_HERE = "not installed here; CI installs the extras langchain and llama-index for these tests"


def test_langchain_gets_verbatim_passages_with_their_page(small_library: Path) -> None:
    pytest.importorskip("langchain_core", reason=NOT_HERE)
    from app.service.langchain_retriever import PinciteRetriever

    retriever = PinciteRetriever.open(small_library, k=2, mode="lexical", answerable_only=False)
    documents = retriever.invoke("SIS policy")
    assert "31 percent" in documents[0].page_content
    assert documents[0].metadata["pages"] == [2, 2] and "PDF page 2" in documents[0].metadata["citation"]
    assert documents[0].id == documents[0].metadata["passage_id"]
    assert PinciteRetriever.open(small_library).invoke("¿Qué es la fotosíntesis de las plantas?") == []


def test_llama_index_gets_verbatim_passages_with_their_page(small_library: Path) -> None:
    pytest.importorskip("llama_index.core", reason=NOT_HERE)
    from app.service.llama_index_retriever import PinciteRetriever

    retriever = PinciteRetriever.open(small_library, k=2, mode="lexical", answerable_only=False)
    found = retriever.retrieve("SIS policy")
    assert "31 percent" in found[0].text and found[0].score == found[0].metadata["score"]
    assert found[0].metadata["pages"] == [2, 2] and "PDF page 2" in found[0].metadata["citation"]
    assert PinciteRetriever.open(small_library).retrieve("¿Qué es la fotosíntesis de las plantas?") == []


def test_neither_framework_is_loaded_by_pincite_itself() -> None:
    import subprocess

    code = "import sys, app.cli, index, app.web.api; print([n for n in sys.modules if n[:5] in ('langc', 'llama')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
