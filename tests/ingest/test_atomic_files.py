"""Files that are there whole or not at all."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.atomic_files import file_sha256, whole_file
from ingest.errors import PinciteError


def test_the_new_file_is_there_at_the_end(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("old")
    with whole_file(out) as file:
        file.write(b"new")
        file.flush()
        assert out.read_text() == "old"
    assert out.read_text() == "new"
    assert list(tmp_path.iterdir()) == [out]


def test_an_error_leaves_the_old_file(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("old")
    with pytest.raises(ValueError, match="half way"), whole_file(out) as file:
        file.write(b"new")
        raise ValueError("half way")
    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.skipif(os.name == "nt", reason="Windows counts the characters of the whole path")
def test_a_name_may_be_as_long_as_names_can_be(tmp_path: Path) -> None:
    out = tmp_path / ("n" * 255)
    with whole_file(out) as file:
        file.write(b"new")
    assert out.read_text() == "new"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("name", ["folder", "none/out"])
def test_where_no_file_can_be_is_told_before_anything_is_done(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(PinciteError, match="cannot be written"), whole_file(tmp_path / name):
        pytest.fail("the block was entered")
    assert list(tmp_path.iterdir()) == [tmp_path / "folder"]


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own on Windows")
@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays(tmp_path: Path, there: bool) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    if there:
        target.write_text("old")
    link.symlink_to("target")
    with whole_file(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert target.read_text() == "new"


@pytest.mark.skipif(os.name == "nt", reason="no such devices on Windows")
def test_a_pipe_and_a_device_are_written_to(tmp_path: Path) -> None:
    code = "from pathlib import Path\nfrom ingest.atomic_files import whole_file\n"
    code += "with whole_file(Path('/dev/stdout')) as file: file.write(b'said')"
    piped = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert piped.stdout == b"said"
    led = tmp_path / "led"
    with led.open("wb") as file:
        subprocess.run([sys.executable, "-c", code], stdout=file, check=True)
        assert os.path.samestat(os.fstat(file.fileno()), led.stat())
    assert led.read_bytes() == b"said"
    with whole_file(Path("/dev/null")) as file:
        file.write(b"gone")
    assert not Path("/dev/null").is_file()


def test_the_hash_is_that_of_the_bytes_and_a_link_is_followed_only_where_that_is_meant(
    tmp_path: Path,
) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_bytes(b"abc")
    assert file_sha256(file) == hashlib.sha256(b"abc").hexdigest()
    link.symlink_to("file")
    assert file_sha256(link) == file_sha256(file)
    with pytest.raises(OSError, match="symbolic"):
        file_sha256(link, follow_links=False)


@pytest.mark.skipif(os.name == "nt", reason="no pipes with a name on Windows")
def test_a_pipe_is_not_waited_for_and_a_device_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(OSError, match="not an ordinary file"):
            file_sha256(path)
