"""What fuzzing found stays found: every kept input is tried on its target, and some made ones beside it."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import fuzz
from bench.fuzz_targets import TARGETS

ROOT = Path(__file__).parents[2]
FINDS = sorted(path for path in fuzz.FINDS.rglob("*") if path.is_file())
SEEDS = {
    "query": b'"exact phrase" -without a OR b publisher:UNDP year:2020 \xc2\xabentre comillas\xc2\xbb',
    "sentences": "It rained (cf. Art. 3, No. 7). «¿Quién?» — dijo… Sr. Pérez, 2.5 %.".encode(),
    "offset_map": b"\x80\x40insti\xc2\xad\ntu\xef\xac\x81on  ..... 24\x00",
    "splitter": b"\x20\xf0\x14\x01Heading\n\x20\xd0\x0a\x00It rained. It\n\x20\xc0\x0a\x00fell.\xff\x20\xd0\x0a\x00On.",
    "gold": b'{"id": "q1", "question": "Who?", "language": "en", "relevant": []}\n{"id": ',
    "catalogue": b'["a.pdf"]\ntitle = "A"\nyear = 2020\n',
}


def test_every_target_has_a_seed_and_a_name() -> None:
    assert set(TARGETS) == set(SEEDS) == set(fuzz.NAMES)


def test_what_was_found_once_holds() -> None:
    for path in FINDS:
        TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_and_what_is_near_them_hold(name: str) -> None:
    seed = SEEDS[name]
    for at in range(0, len(seed), 5):
        TARGETS[name](seed[:at] + seed[at + 1 :])
    TARGETS[name](seed)
    TARGETS[name](b"")


@settings(max_examples=25)
@given(st.sampled_from(sorted(TARGETS)), st.binary(max_size=120))
def test_made_bytes_hold(name: str, data: bytes) -> None:
    TARGETS[name](data)


def test_a_broken_promise_is_found(tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris has no files for this system")
    broken = (
        "import sys; from bench import fuzz, fuzz_targets\n"
        "def bad(data): assert b'x' not in data\n"
        "fuzz_targets.TARGETS['query'] = bad\n"
        f"fuzz.one('query', ['-runs=20000', '-seed=1', '-artifact_prefix={tmp_path}/'])"
    )
    done = subprocess.run([sys.executable, "-c", broken], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode != 0
    assert [b"x" in path.read_bytes() for path in tmp_path.glob("crash-*")] == [True]
