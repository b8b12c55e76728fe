"""F11: uploads of a day have a limit, so that nobody fills the disk through the page."""

import os
import threading
import time
from pathlib import Path

import pytest

from app.i18n import words
from app.service.uploads import DAY_SECONDS, MIB, message, store
from app.settings.model import Settings

HEAD = b"%PDF-1.7\n"


def pdf(number: int, size: int = MIB) -> bytes:
    head = HEAD + f"{number:04}".encode()
    return head + b"0" * (size - len(head))


def sent(corpus: Path, number: int, *, daily: int = 3, size: int = MIB) -> str:
    return store(
        corpus, f"Paper {number}.pdf", pdf(number, size), max_mb=50, known={}, daily_mb=daily
    ).outcome


def test_what_goes_over_the_limit_of_a_day_is_not_stored(tmp_path: Path) -> None:
    assert [sent(tmp_path, number) for number in range(5)] == ["stored"] * 3 + ["quota"] * 2
    assert len(list(tmp_path.iterdir())) == 3


def test_a_smaller_file_may_still_fit(tmp_path: Path) -> None:
    assert sent(tmp_path, 1, size=2 * MIB) == "stored"
    assert sent(tmp_path, 2, size=2 * MIB) == "quota"
    assert sent(tmp_path, 3, size=MIB) == "stored"


def test_the_next_day_more_is_taken(tmp_path: Path) -> None:
    for number in range(3):
        sent(tmp_path, number)
    yesterday = time.time() - DAY_SECONDS - 60
    for path in tmp_path.iterdir():
        os.utime(path, (yesterday, yesterday))
    assert sent(tmp_path, 3) == "stored"


def test_files_put_there_by_hand_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "Annual report.pdf").write_bytes(pdf(0, 9 * MIB))
    assert sent(tmp_path, 1) == "stored"


def test_a_file_that_is_there_is_told_as_such_whatever_the_limit(tmp_path: Path) -> None:
    for number in range(3):
        sent(tmp_path, number)
    assert sent(tmp_path, 2) == "duplicate"


def test_no_limit(tmp_path: Path) -> None:
    assert {sent(tmp_path, number, daily=0) for number in range(6)} == {"stored"}


def test_many_at_one_moment_do_not_pass_it_together(tmp_path: Path) -> None:
    outcomes: list[str] = []
    threads = [threading.Thread(target=lambda n=n: outcomes.append(sent(tmp_path, n))) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["quota"] * 9 + ["stored"] * 3


def test_equal_files_at_one_moment_are_stored_once(tmp_path: Path) -> None:
    outcomes: list[str] = []
    threads = [threading.Thread(target=lambda: outcomes.append(sent(tmp_path, 7))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["duplicate"] * 7 + ["stored"]


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_it_is_told_in_the_language_of_the_page(language: str, tmp_path: Path) -> None:
    upload = store(tmp_path, "a.pdf", pdf(1, 2 * MIB), max_mb=50, known={}, daily_mb=1)
    told = message(words(language), upload, 50, 1)
    assert "a.pdf" in told and "1 MB" in told
    assert ("tomorrow" in told) == (language == "en")


def test_there_is_a_limit_unless_it_is_lifted() -> None:
    assert Settings().upload_daily_mb == 1000


def test_equal_files_under_other_names_are_stored_once(tmp_path: Path) -> None:
    outcomes: list[str] = []

    def send(number: int) -> None:
        outcomes.append(store(tmp_path, f"Copy {number}.pdf", pdf(7), max_mb=50, known={}).outcome)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["duplicate"] * 7 + ["stored"]
    assert len(list(tmp_path.iterdir())) == 1


def test_a_name_that_only_looks_alike_is_no_twin(tmp_path: Path) -> None:
    first = store(tmp_path, "one.pdf", pdf(7), max_mb=50, known={}).path
    assert first is not None
    (tmp_path / f"two{first.name[3:]}").write_bytes(pdf(8))
    first.unlink()
    assert store(tmp_path, "three.pdf", pdf(7), max_mb=50, known={}).outcome == "stored"
