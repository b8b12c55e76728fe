"""A draft checked against the small library: verdicts, files that go out, and that what is shown stands there."""

import json
from pathlib import Path

import docx
import pytest

from app.checks.verify import verify_file
from app.cli import main
from app.desk import check
from app.desk.check import CheckedSentence, check_sentences
from app.desk.check_draft import CheckedDraft, check_draft
from app.desk.check_files import draft_dict, word_file
from app.desk.draft_file import parse_text
from app.desk.evidence import Evidence
from app.desk.figures import Figure
from app.i18n import words
from index.search import Searcher
from index.snapshot.snapshot import Snapshot
from ingest.library.library import Library
from ingest.library.records import StoredPassage

DRAFT = """# Clinics

In 2023 the Lima clinic network registered 4,812 consultations by Venezuelan patients. Only 13 percent of the people
interviewed had a SIS policy. The report says that "those without a residence permit cannot enrol".

- A third of the callers asked for psychological support.
- The ministry will buy forty ambulances in Cusco.
"""
VERDICTS = ["verbatim", "numbers_differ", "verbatim", "supported", "not_found"]


@pytest.fixture(scope="module")
def evidence(small_library: Path) -> Evidence:
    return Evidence(Searcher.open(small_library))


@pytest.fixture(scope="module")
def checked(evidence: Evidence) -> CheckedDraft:
    return check_draft(evidence, parse_text(DRAFT))


def one(evidence: Evidence, text: str) -> CheckedSentence:
    (found,) = check_sentences(evidence, [text])
    return found


def test_four_verdicts(checked: CheckedDraft) -> None:
    assert [sentence.verdict for sentence in checked.sentences] == VERDICTS
    assert checked.counts == {"verbatim": 2, "supported": 1, "numbers_differ": 1, "not_found": 1}


def test_both_numbers_are_shown(checked: CheckedDraft) -> None:
    (difference,) = checked.sentences[1].differences
    assert (difference.kind, difference.draft, difference.passage) == ("number", "13 percent", "31 percent")


def test_the_verdict_rests_on_the_first_passage(checked: CheckedDraft) -> None:
    sentence = checked.sentences[1]
    assert sentence.place is not None
    start, end = sentence.place
    assert sentence.hits[0].passage.passage.text[start:end].startswith("Insurance coverage stays low")


def test_words_that_differ_are_marked(evidence: Evidence) -> None:
    found = one(evidence, "Measles vaccine is offered at the Tumbes border post each weekday.")
    assert found.verdict == "verbatim"
    assert [(d.draft, d.passage) for d in found.differences] == [("each", "every")]


def test_passages_are_read_for_figures_only_where_a_sentence_has_one_that_is_not_met(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    kept = check.figures_kept

    def noted(text: str, language: str | None) -> tuple[Figure, ...]:
        asked.append(text)
        return kept(text, language)

    monkeypatch.setattr(check, "figures_kept", noted)
    one(evidence, "Callers asked the line for psychological support.")
    assert asked == []
    one(evidence, "A third of the 907 callers asked for psychological support.")
    assert asked


def test_a_passage_is_decoded_once_for_a_whole_draft(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[int] = []
    decode = Snapshot.passage

    def noted(self: Snapshot, row: int) -> StoredPassage:
        rows.append(row)
        return decode(self, row)

    monkeypatch.setattr(Snapshot, "passage", noted)
    check_draft(evidence, parse_text(DRAFT))
    assert rows and len(rows) == len(set(rows))


def test_a_turned_negation_is_no_quotation(evidence: Evidence) -> None:
    found = one(evidence, "Those without a residence permit can enrol in the public insurance of SIS.")
    assert found.verdict != "verbatim"


def test_a_quotation_that_is_not_there_is_told(evidence: Evidence) -> None:
    found = one(evidence, "The note says “measles vaccine is sold at every border post”.")
    assert found.verdict != "verbatim"


def test_a_draft_in_another_language_than_the_paper(evidence: Evidence) -> None:
    found = one(
        evidence, "En 2023 la red de clínicas de Lima registró 4.812 consultas de pacientes venezolanos."
    )
    assert found.verdict == "supported"
    assert found.hits[0].document.file == "clinics.pdf"


def test_progress_is_told_and_no_sentence_is_lost(evidence: Evidence) -> None:
    told: list[tuple[int, int]] = []
    found = check_draft(
        evidence, parse_text("One clinic opened. " * 3), lambda done, total: told.append((done, total))
    )
    assert told == [(3, 3)]
    assert len(found.sentences) == 3


def test_json_has_the_keys_of_the_contract(checked: CheckedDraft) -> None:
    content = draft_dict(checked)
    assert [sorted(sentence) for sentence in content["sentences"]] == [
        ["differences", "evidence", "hits", "text", "verdict"]
    ] * 5
    hit = content["sentences"][0]["hits"][0]
    assert hit["rank"] == 1
    assert hit["pages"] == [1, 1]
    assert "p. 1" in hit["citation"] or "PDF page 1" in hit["citation"]


def footnotes(path: Path) -> str:
    from zipfile import ZipFile

    return ZipFile(path).read("word/footnotes.xml").decode()


def test_word_has_a_footnote_at_each_accepted_sentence(checked: CheckedDraft, tmp_path: Path) -> None:
    path = tmp_path / "out.docx"
    path.write_bytes(word_file(checked, words("en")))
    document = docx.Document(str(path))
    first = document.paragraphs[1]
    assert first.text.startswith("In 2023 the Lima clinic network")
    assert first._p.xml.count("footnoteReference ") == 2
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert "Sentences to look at" in texts
    assert any(text.startswith("Numbers differ: Only 13 percent") and "31 percent" in text for text in texts)
    assert "Clinics in Lima" in footnotes(path)


def test_people_choose_which_sentences_are_accepted(checked: CheckedDraft, tmp_path: Path) -> None:
    path = tmp_path / "out.docx"
    path.write_bytes(word_file(checked, words("es"), accepted={1, 99}))
    first = docx.Document(str(path)).paragraphs[1]
    assert first._p.xml.count("footnoteReference ") == 1


@pytest.mark.parametrize("ending", ["json", "docx"])
def test_every_shown_passage_is_found_by_verify(small_library: Path, tmp_path: Path, ending: str) -> None:
    (tmp_path / "draft.md").write_text(DRAFT, encoding="utf-8")
    out = tmp_path / f"out.{ending}"
    with pytest.raises(SystemExit) as stop:
        main(["check", str(tmp_path / "draft.md"), "--out", str(out), "--library", str(small_library)])
    assert stop.value.code in (0, None)
    report = verify_file(out, Library.open(small_library))
    assert report.all_found
    assert report.counts["found"] >= 3


def test_the_command_writes_the_json_of_the_contract(
    small_library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "draft.md").write_text(DRAFT, encoding="utf-8")
    with pytest.raises(SystemExit):
        main(
            [
                "check",
                str(tmp_path / "draft.md"),
                "--out",
                str(tmp_path / "o.json"),
                "--library",
                str(small_library),
            ]
        )
    content = json.loads((tmp_path / "o.json").read_text(encoding="utf-8"))
    assert [sentence["verdict"] for sentence in content["sentences"]] == VERDICTS
    assert "5 sentences checked" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words_given", "told"),
    [
        (["check", "{draft}", "--out", "out.pdf"], "must end in .json or .docx"),
        (["check", "gone.md", "--out", "out.json"], "gone.md: cannot be read"),
    ],
)
def test_wrong_usage_ends_with_2_and_leaves_no_file(
    tmp_path: Path, small_library: Path, words_given: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = tmp_path / "draft.md"
    draft.write_text(DRAFT, encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        main([*(word.format(draft=draft) for word in words_given), "--library", str(small_library)])
    assert stop.value.code == 2
    assert told in capsys.readouterr().err
    assert not Path("out.pdf").exists()
    assert not Path("out.json").exists()
