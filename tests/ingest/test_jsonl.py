"""JSON Lines: what is read, and how a fault is told."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.errors import UsageError
from ingest.text.jsonl import decoded, lines, records, values


@dataclass(frozen=True, slots=True)
class Place:
    """A line as a value."""

    name: str
    page: int
    years: tuple[int, ...] = ()


FAULTS = {
    "cut off": (b'{"a": 1}\n{"a"', "line 2: is not JSON"),
    "NaN": (b'{"a": NaN}', "line 1: is not JSON"),
    "no object": (b"\n[1]\n", "line 2: is not a JSON object"),
    "not UTF-8": (b'{"a": 1}\n{"a": "\xe9"}', "line 2: not UTF-8"),
    "not UTF-8, with a mark": (b'\xef\xbb\xbf{"a": 1}\n\n\xff', "line 3: not UTF-8"),
    "nested too deeply": (b"[" * 100_000, "line 1: is not JSON"),
}
NO_PLACES = {
    "a field too few": '{"name": "x"}',
    "a page in words": '{"name": "x", "page": "nine"}',
    "no object": "[]",
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_told_with_file_and_line(case: str, tmp_path: Path) -> None:
    data, message = FAULTS[case]
    path = tmp_path / "some.jsonl"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=f"some.jsonl, {message}"):
        list(records(path))


def test_a_missing_file_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.jsonl: no such file; make one with x"):
        list(lines(tmp_path / "none.jsonl", hint="make one with x"))
    with pytest.raises(UsageError, match="cannot be read"):
        list(lines(tmp_path))


def test_blank_lines_and_a_byte_order_mark_are_left_out_and_lines_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_bytes('\ufeff{"a": "x\u2028y"}\r\n  \n{"b": 2}\n'.encode())
    assert list(records(path)) == [(1, {"a": "x\u2028y"}), (3, {"b": 2})]


def test_half_a_character_is_kept_where_it_is_escaped() -> None:
    assert decoded('{"file": "\\udcff.txt"}') == {"file": "\udcff.txt"}
    with pytest.raises(ValueError, match="half a character"):
        decoded('"\udcff"')
    with pytest.raises(ValueError, match="NaN"):
        decoded('["\\udcff", NaN]')


def test_lines_become_values_of_a_type(tmp_path: Path) -> None:
    path = tmp_path / "places.jsonl"
    path.write_text('{"name": "Lima", "page": 3, "years": [2019, 2020]}\n', "utf-8")
    assert list(values(path, Place, "a place")) == [Place("Lima", 3, (2019, 2020))]


@pytest.mark.parametrize("case", NO_PLACES)
def test_a_line_that_does_not_fit_is_told(case: str, tmp_path: Path) -> None:
    path = tmp_path / "places.jsonl"
    path.write_text(NO_PLACES[case], "utf-8")
    with pytest.raises(UsageError, match=r"places\.jsonl, line 1: is not a place"):
        list(values(path, Place, "a place"))
