"""The command line is a contract: words, JSON keys and exit codes."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.cli import main

SEARCH_KEYS = {"question", "mode", "answerable", "confidence", "hits"}
HIT_KEYS = {
    "rank", "score", "passage_id", "text", "kind", "language", "document", "pages", "labels", "label_source",
    "section", "lexical_rank", "dense_rank", "weak", "spans", "citation",
}  # fmt: skip
DOCUMENT_KEYS = {"id", "file", "title", "publisher", "year", "type", "countries", "url"}
PASSAGE_KEYS = {
    "passage_id", "document", "text", "kind", "language", "pages", "labels", "label_source", "section", "spans",
    "tokens", "ocr", "readers_agree",
}  # fmt: skip
COMMANDS = ["ingest", "search", "batch", "verify", "eval", "serve", "watch", "status", "doctor", "export"]
HEAVY = {"torch", "faiss", "streamlit", "sentence_transformers", "sklearn", "scipy", "sqlalchemy"}


def call(*words: str) -> int:
    """Run the command line in this process and return its exit code."""
    with pytest.raises(SystemExit) as stop:
        main(list(words))
    return int(stop.value.code or 0)


def ask(library: Path, question: str, capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    assert call("search", question, "--library", str(library), "--json", *options) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_help_names_every_command_and_stays_light() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    shown = subprocess.run(
        [sys.executable, "-m", "app.cli", "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "200"},
    ).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert [name for name in COMMANDS if f" {name} " not in shown] == []
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert cpu < 1.0  # 0.3 s measured on a quiet machine; the limit leaves room for a busy one


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, app.cli; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert HEAVY & set(loaded) == set()


@pytest.mark.parametrize(
    "command", [*COMMANDS, "eval run", "eval check", "eval compare", "eval diagnose", "eval beir"]
)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(*command.split(), "--help") == 0
    assert "Usage: pincite" in capsys.readouterr().out


def test_search_object_has_the_keys_of_the_contract(
    small_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = ask(small_library, "How many patients have a SIS policy?", capsys)
    assert set(result) >= SEARCH_KEYS
    hit = result["hits"][0]
    assert set(hit) >= HIT_KEYS
    assert set(hit["document"]) >= DOCUMENT_KEYS
    assert hit["document"]["file"] == "clinics.pdf"
    assert hit["pages"] == [2, 2]
    assert "31 percent" in hit["text"]


def test_a_spanish_question_finds_the_english_page(
    small_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = ask(small_library, "¿Dónde se puede vacunar contra el sarampión en la frontera?", capsys)
    assert result["hits"][0]["document"]["file"] == "note.html"
    assert result["hits"][0]["pages"] == []
    assert result["hits"][0]["locator"]


def test_a_form_feed_starts_a_page(small_library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = ask(small_library, "llamadas línea telefónica gratuita", capsys, "--mode", "lexical")
    assert result["hits"][0]["pages"] == [2, 2]


def test_a_filter_that_matches_nothing_gives_nothing(
    small_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(small_library, "clinics", capsys, "--filter", "year=1990..1999")["hits"] == []
    assert ask(small_library, "clinics", capsys, "--filter", "publisher=nobody")["hits"] == []


def test_filters_of_one_key_mean_or_of_two_keys_and(
    small_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    either = ask(
        small_library,
        "salud clinics",
        capsys,
        "--filter",
        "document=clinics.pdf",
        "--filter",
        "document=mental.txt",
    )
    assert {hit["document"]["file"] for hit in either["hits"]} == {"clinics.pdf", "mental.txt"}
    both = ask(
        small_library, "salud clinics", capsys, "--filter", "document=mental.txt", "--filter", "year=2023"
    )
    assert both["hits"] == []


BAD_WORDS = {
    "unknown filter": ["search", "x", "--filter", "colour=red"],
    "filter without value": ["search", "x", "--filter", "year"],
    "broken year": ["search", "x", "--filter", "year=20..30"],
    "empty id": '{"id": "", "question": "x"}',
    "blank id": '{"id": " ", "question": "x"}',
    "empty question": ["search", "  "],
    "unknown mode": ["search", "x", "--mode", "magic"],
    "no such corpus": ["ingest", "nowhere/at/all"],
    "missing batch file": ["batch", "nowhere.jsonl", "--out", "x"],
}


@pytest.mark.parametrize("words", BAD_WORDS.values(), ids=BAD_WORDS.keys())
def test_wrong_usage_exits_2_in_plain_words(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert call(*words) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_no_library_is_one_line_with_the_next_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("search", "anything", "--library", str(tmp_path / "none")) == 1
    error = capsys.readouterr().err
    assert "pincite ingest" in error
    assert len(error.strip().splitlines()) == 1


BROKEN_LINES = {
    "not json": "{oops",
    "no question": '{"id": "a"}',
    "number as question": '{"id": "a", "question": 7}',
    "no id": '{"question": "x"}',
    "unknown filter": '{"id": "a", "question": "x", "filters": {"colour": "red"}}',
    "empty question": '{"id": "a", "question": " "}',
    "id twice": '{"id": "ok", "question": "again"}',
    "misspelt key": '{"id": "a", "question": "x", "filter": {"year": "2019"}}',
    "half a character": '{"id": "a", "question": "\\ud800 health"}',
    "half a character in the id": '{"id": "\\udfff", "question": "x"}',
    "half a character in a filter": '{"id": "a", "question": "x", "filters": {"country": ["\\ud83d"]}}',
}


@pytest.mark.parametrize("line", BROKEN_LINES.values(), ids=BROKEN_LINES.keys())
def test_a_broken_batch_line_is_named(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text('{"id": "ok", "question": "fine"}\n' + line + "\n", encoding="utf-8")
    assert call("batch", str(questions), "--out", str(tmp_path / "o"), "--library", str(tmp_path)) == 2
    assert "q.jsonl, line 2" in capsys.readouterr().err.replace("\n", "")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_lacks_a_character_gets_another(encoding: str, small_library: Path) -> None:
    words = ["search", "teléfono 健康 psicológico", "--mode", "lexical", "--library", str(small_library)]
    for more in ([], ["--json"]):
        done = subprocess.run(
            [sys.executable, "-m", "app.cli", *words, *more],
            env={**os.environ, "PYTHONIOENCODING": encoding},
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        shown = done.stdout.decode(encoding)
        if more:
            found = json.loads(shown)
            assert found["question"] == words[1]
            assert "línea telefónica" in found["hits"][0]["text"]
        else:
            assert ("l?nea telef?nica" if encoding == "ascii" else "línea telefónica") in shown


def test_a_batch_line_that_is_not_utf8_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_bytes(b'\xef\xbb\xbf{"id": "a", "question": "x"}\n\n{"id": "b", "question": "\xff"}\n')
    assert call("batch", str(questions), "--out", str(tmp_path / "o"), "--library", str(tmp_path)) == 2
    assert "q.jsonl, line 3: not UTF-8" in capsys.readouterr().err.replace("\n", "")


@pytest.mark.parametrize("linked", [False, True])
def test_a_batch_does_not_overwrite_its_questions(
    linked: bool, small_library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions, out = tmp_path / "q.jsonl", tmp_path / "link.jsonl"
    questions.write_text('{"id": "a", "question": "\\ud83d\\ude00 clinics"}\n', encoding="utf-8")
    out.symlink_to(questions)
    before = questions.read_bytes()
    words = ("batch", str(questions), "--library", str(small_library), "--mode", "lexical", "--out")
    assert call(*words, str(out if linked else questions)) == 2
    assert "is the file of the questions" in capsys.readouterr().err
    assert questions.read_bytes() == before
    assert call(*words, str(tmp_path / "answers.jsonl")) == 0
    assert "1 question answered" in capsys.readouterr().err


def test_batch_keeps_the_order_and_its_output_verifies(
    small_library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions, out = tmp_path / "q.jsonl", tmp_path / "answers.jsonl"
    asked = [
        {"id": 2, "question": "Decree 1466"},
        {"id": "a", "question": "vacuna", "filters": {"document": ["note.html", "mental.txt"]}},
        {"id": "1", "question": "prenatal care", "filters": {"year": 2023}},
    ]
    questions.write_text("".join(json.dumps(item) + "\n" for item in asked), encoding="utf-8")
    assert call("batch", str(questions), "--out", str(out), "--library", str(small_library)) == 0
    answers = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == ["2", "a", "1"]
    assert all(set(answer) >= SEARCH_KEYS | {"id"} for answer in answers)
    assert call("verify", str(out), "--library", str(small_library)) == 0


def test_verify_sees_one_altered_character(
    small_library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = ask(small_library, "Decree 1466", capsys)
    result["hits"][0]["text"] = result["hits"][0]["text"].replace("1466", "1467")
    altered = tmp_path / "altered.json"
    altered.write_text(json.dumps(result), encoding="utf-8")
    assert call("verify", str(altered), "--library", str(small_library)) == 1
    assert "not_found" in capsys.readouterr().out


@pytest.fixture(scope="module")
def uneven_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One document with six good answers to "fees clinics", one with six poor ones, searched by words."""
    from index_library import put_text

    from index.snapshot.publish import publish
    from ingest.library.library import Library
    from ingest.metadata.metadata import Metadata

    towns = ("Lima", "Tumbes", "Piura", "Tacna", "Cusco", "Puno")
    good = [
        f"Fees in the clinics of {town}: clinics there ask fees of {n}00 soles."
        for n, town in enumerate(towns)
    ]
    poor = [
        f"People from {town} wrote {n} long letters about roads, schools, water and fees."
        for n, town in enumerate(towns)
    ]
    folder = tmp_path_factory.mktemp("uneven")
    with Library.open(folder, create=True) as library:
        put_text(library, "good.txt", Metadata(title="Good"), "en", good)
        put_text(library, "poor.txt", Metadata(title="Poor"), "en", poor)
        publish(library, folder, None)
    return folder


def test_a_trec_run_is_ranked_as_shown(uneven_library: Path, tmp_path: Path) -> None:
    from evals.measures.metrics import trec_order
    from evals.trec import read_run

    questions, out, run = tmp_path / "q.jsonl", tmp_path / "answers.jsonl", tmp_path / "run.trec"
    questions.write_text('{"id": "q_1", "question": "fees clinics"}\n', encoding="utf-8")
    words = ("--library", str(uneven_library), "--mode", "lexical")
    assert call("batch", str(questions), "--out", str(out), *words) == 0
    assert call("batch", str(questions), "--out", str(run), "--format", "trec", *words) == 0
    hits = json.loads(out.read_text(encoding="utf-8"))["hits"]
    assert trec_order(read_run(run)["q_1"]) == [hit["passage_id"] for hit in hits]
    first = run.read_text(encoding="utf-8").splitlines()[0].split()
    assert (first[0], first[1], first[3], first[5]) == ("q_1", "Q0", "1", "pincite-lexical")


def test_other_keys_of_a_question_are_left_alone(uneven_library: Path, tmp_path: Path) -> None:
    questions, out = tmp_path / "q.jsonl", tmp_path / "answers.jsonl"
    questions.write_text('{"id": 1, "question": "fees", "language": "en", "type": "fact", "note": null}\n')
    words = ("--library", str(uneven_library), "--mode", "lexical")
    assert call("batch", str(questions), "--out", str(out), *words) == 0
    assert json.loads(out.read_text(encoding="utf-8"))["id"] == "1"


def test_ids_with_blanks_are_no_ids_of_a_trec_run(
    uneven_library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions, out = tmp_path / "q.jsonl", tmp_path / "out"
    questions.write_text('{"id": "a_b", "question": "fees"}\n{"id": "a b", "question": "clinics"}\n')
    words = (
        "batch",
        str(questions),
        "--out",
        str(out),
        "--library",
        str(uneven_library),
        "--mode",
        "lexical",
    )
    assert call(*words, "--format", "trec") == 2
    assert "q.jsonl, line 2: the id 'a b' holds a blank" in capsys.readouterr().err.replace("\n", "")
    assert not out.exists()
    assert call(*words) == 0
    assert [json.loads(line)["id"] for line in out.read_text().splitlines()] == ["a_b", "a b"]


def test_a_batch_that_cannot_be_written_answers_nothing(
    uneven_library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions, folder = tmp_path / "q.jsonl", tmp_path / "folder"
    folder.mkdir()
    questions.write_text('{"id": "a", "question": "fees", "filters": {"country": "BRA"}}\n')
    for out in (folder, tmp_path / "none" / "out"):
        assert call("batch", str(questions), "--out", str(out), "--library", str(uneven_library)) == 1
        told = capsys.readouterr().err
        assert "cannot be written" in told
        assert "no document has" not in told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "q.jsonl"]


def test_export_passages_equals_the_fold_of_its_raw_spans(small_library: Path, tmp_path: Path) -> None:
    from ingest.text.folding import fold

    passages, pages = tmp_path / "passages.jsonl", tmp_path / "pages.jsonl"
    assert call("export", "passages", "--out", str(passages), "--library", str(small_library)) == 0
    assert call("export", "pages", "--out", str(pages), "--library", str(small_library)) == 0
    raw = {}
    for line in pages.read_text(encoding="utf-8").splitlines():
        page = json.loads(line)
        document = page["document"]
        raw[document if isinstance(document, str) else document["id"], page["page"]] = page["text"]
    rows = [json.loads(line) for line in passages.read_text(encoding="utf-8").splitlines()]
    assert len(rows) >= 4
    for row in rows:
        assert set(row) >= PASSAGE_KEYS
        joined = "".join(raw[row["document"]["id"], page][start:end] for page, start, end in row["spans"])
        assert fold(row["text"]) == fold(joined)


def test_a_second_ingest_changes_nothing(
    small_corpus: Path, small_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("ingest", str(small_corpus), "--library", str(small_library), "--progress", "json") == 3
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {event["stage"] for event in events} & {"read", "embed", "count"} == set()
    last = events[-1]
    assert (last["stage"], last["added"], last["changed"], last["removed"]) == ("report", [], [], [])
    assert [item["file"] for item in last["unreadable"]] == ["broken.pdf"]


def test_status_tells_states_and_reasons(small_library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("status", "--library", str(small_library), "--json") == 0
    status = json.loads(capsys.readouterr().out)
    assert status["documents"]["by_state"]["ready"] == 3
    assert [item["file"] for item in status["documents"]["unreadable"]] == ["broken.pdf"]
    assert status["passages"] >= 4


def test_doctor_finds_nothing_wrong(small_library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("doctor", "--library", str(small_library)) == 0


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    from ingest.errors import PinciteError

    with pytest.raises(PinciteError):
        main(["search", "anything", "--library", str(tmp_path / "none"), "--debug"])


def test_an_unchanged_folder_loads_no_model(
    small_corpus: Path, small_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("ingest", str(small_corpus), "--library", str(small_library)) == 3
    told = capsys.readouterr().err
    assert "Nothing to do" in told
    assert "Loading the embedding model" not in told


def test_another_model_under_the_default_name_is_not_trusted_by_name(small_library: Path) -> None:
    from index.snapshot.publish import needs_no_model
    from ingest.library.library import Library

    with Library.open(small_library) as library:
        assert needs_no_model(library, small_library, None)
        assert needs_no_model(library, small_library, "multilingual-e5-small")
        assert not needs_no_model(library, small_library, "models/multilingual-e5-small")


@pytest.mark.parametrize(
    "wrong",
    [
        ("/nonexistent/model", 2, "there is no model folder /nonexistent/model"),
        ("a b/c?d", 1, "neither a folder nor a model name"),
        (None, 2, "holds no .safetensors weights"),
    ],
)
def test_a_wrong_model_is_told_before_anything_is_read(
    wrong: tuple[str | None, int, str], small_corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, code, message = wrong
    library = tmp_path / "library"
    words = ["ingest", str(small_corpus), "--library", str(library), "--model", model or str(small_corpus)]
    assert call(*words) == code
    captured = capsys.readouterr().err
    assert message in captured
    assert "Reading" not in captured
    assert not library.exists()


def test_a_model_that_cannot_be_had_is_an_error_and_is_forgotten(
    small_corpus: Path, small_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["ingest", str(small_corpus), "--library", str(small_library)]
    assert call(*words, "--model", "./no-such-folder") == 2
    assert "no-such-folder" in capsys.readouterr().err
    assert call(*words) == 3
    assert "Nothing to do" in capsys.readouterr().err
