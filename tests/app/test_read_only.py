"""A library on a read-only disk, or of somebody else, can be looked at with every reading command."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# Root may write everywhere, unless it gives that right up: prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE), then exec.
GIVE_UP = """
import ctypes, os, sys
if os.geteuid() == 0 and ctypes.CDLL(None, use_errno=True).prctl(24, 1, 0, 0, 0):
    sys.exit(os.strerror(ctypes.get_errno()))
os.execv(sys.executable, [sys.executable, "-c", *sys.argv[1:]])
"""
COMMANDS = """
import json, os, sys
from app.cli import main

library, commands = sys.argv[1], json.loads(sys.argv[2])
if os.access(library, os.W_OK):
    sys.exit("the library can be written to")
for words in commands:
    try:
        main([*words, "--library", library])
    except SystemExit as stop:
        print("\\nended", words[0], stop.code or 0, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="folders without write permission are a POSIX matter")
def test_every_reading_command_reads_a_library_that_cannot_be_written_to(
    small_library: Path, small_corpus: Path, tmp_path: Path
) -> None:
    if os.geteuid() == 0 and sys.platform != "linux":
        pytest.skip("root may write everywhere")
    library = tmp_path / "library"
    shutil.copytree(small_library, library)
    gold = tmp_path / "gold.jsonl"
    clinics = {"doc": "clinics.pdf", "quote": "Waiting times fell to nine days"}
    question = {
        "id": "a",
        "group": "a",
        "lang": "en",
        "type": "natural",
        "question": "How long?",
        "answerable": True,
    }
    gold.write_text(json.dumps(question | {"evidence": [clinics]}))
    commands = {"status": 0, "doctor": 0, "export": 0, "verify": 0, "eval": 0, "search": 0, "ingest": 1}
    words = [
        ["status", "--json"],
        ["doctor"],
        ["export", "passages", "--out", str(tmp_path / "out.jsonl")],
        ["verify", str(tmp_path / "out.jsonl")],
        ["eval", "check", str(gold)],
        ["search", "measles", "--mode", "lexical"],
        ["ingest", str(small_corpus), "--progress", "none"],
    ]
    folders = [library, *(path for path in library.rglob("*") if path.is_dir())]
    before = sorted(library.rglob("*"))
    for folder in folders:
        folder.chmod(0o555)
    for file in before:
        if file.is_file():
            file.chmod(0o444)
    try:
        done = subprocess.run(
            [sys.executable, "-c", GIVE_UP, COMMANDS, str(library), json.dumps(words)],
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).resolve().parents[2],
        )
    finally:
        for folder in folders:
            folder.chmod(0o755)
    ended = dict(line.split()[1:] for line in done.stdout.splitlines() if line.startswith("ended "))
    assert ended == {name: str(code) for name, code in commands.items()}, done.stdout + done.stderr
    assert done.stderr.count("\n") == done.stderr.count("Permission denied") == 1, done.stderr
    assert sorted(library.rglob("*")) == before
