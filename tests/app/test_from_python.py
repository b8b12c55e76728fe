"""The library from Python: five lines, tables, the notebook of the documentation, retrievers of two frameworks."""

import builtins
import json
import re
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest

import app
from app import cite, search_object
from index import Searcher, SearchResult
from index.ranking.frames import frame as frame_of
from ingest import Library, PinciteError, UsageError

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
    years = frame_of([{"year": 2022}, {"year": None}])["year"]
    assert str(years[0]) == "2022" and years.isna()[1], "a year is no fraction where another is missing"
    assert frame_of([]).empty


def test_a_library_is_named_by_text_or_path(small_library: Path) -> None:
    searcher = Searcher.open(str(small_library))
    assert searcher.is_current() and searcher.search("SIS policy", mode="lexical").hits
    with Library.open(str(small_library)) as library:
        assert len(library.documents()) >= 1
    with pytest.raises(PinciteError, match="pincite ingest"):
        Searcher.open(str(small_library / "none"))


def test_a_hit_gives_its_words_and_pages(result: SearchResult) -> None:
    hit = result.hits[0]
    assert hit.text == hit.passage.passage.text and "31 percent" in hit.text
    assert hit.pages == (2, 2)


@pytest.mark.parametrize(
    "filters",
    [
        {"publisher": "Ministry of Health"},
        {"publisher": ["Ministry of Health"]},
        {"country": "per", "language": ("en", "es")},
        {"document": "clinics.pdf"},
    ],
    ids=str,
)
def test_filters_take_a_value_or_several(filters: dict[str, Any], small_library: Path) -> None:
    found = Searcher.open(small_library).search("Who has a SIS policy?", mode="lexical", filters=filters)
    assert "31 percent" in found.hits[0].text


def test_a_wrong_filter_is_no_empty_answer(small_library: Path) -> None:
    searcher = Searcher.open(small_library)
    with pytest.raises(UsageError, match="must be a value or a list"):
        searcher.search("SIS", filters={"year": 20.22})  # type: ignore[dict-item]  # what is refused
    with pytest.raises(UsageError, match="unknown filter"):
        searcher.facets({"colour": "red"})
    assert searcher.facets({"year": 1900})["publisher"] == {}


def test_a_hit_is_cited_with_its_page_and_a_document_as_a_whole(result: SearchResult) -> None:
    hit = result.hits[0]
    assert cite(hit) == search_object(result)["hits"][0]["citation"] and "PDF page 2" in cite(hit)
    assert "página 2 del PDF" in cite(hit, language="es")
    assert cite(hit, "bibtex").startswith("@") and "PDF page 2" in cite(hit, "bibtex")
    whole = cite(hit.document)
    assert "PDF page" not in whole and str(hit.document.metadata.title) in whole
    assert json.loads(cite(hit.document, "csl-json"))[0]["title"] == hit.document.metadata.title


@pytest.mark.parametrize("wrong", [("endnote", "en"), ("text", "fr")])
def test_a_form_that_is_not_there_is_named(wrong: tuple[str, str], result: SearchResult) -> None:
    with pytest.raises(UsageError, match="there are: "):
        cite(result.hits[0], *wrong)


def test_a_result_becomes_the_object_of_the_contract(result: SearchResult) -> None:
    made = json.loads(json.dumps(search_object(result)))
    assert {"question", "mode", "answerable", "confidence", "hits"} <= made.keys()
    assert [hit["passage_id"] for hit in made["hits"]] == [hit.passage.passage.id for hit in result.hits]


def test_the_face_of_app_is_this() -> None:
    assert app.__all__ == ["cite", "search_object"]
    with pytest.raises(AttributeError, match="has no attribute 'quote'"):
        getattr(app, "quote")  # noqa: B009  # a literal attribute would not pass the type checker


def test_the_lines_of_the_readme_run(
    small_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (script,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    (tmp_path / "library").symlink_to(small_library)
    monkeypatch.chdir(tmp_path)
    exec(script, {})
    assert "31 percent" in capsys.readouterr().out
    assert len([line for line in script.splitlines() if line.strip()]) <= 5


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
