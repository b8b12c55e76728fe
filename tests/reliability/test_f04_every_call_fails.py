"""F4: whichever call of an ingest fails, for want of room or of a sound disk: one clear line, and nothing lost."""

import errno
from collections.abc import Callable
from pathlib import Path

import failing_calls
import pytest
from failing_calls import HELD, REFUSED

ERRORS = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO}
# Calls that only tidy up or speed up may fail without a word; what was stored is whole all the same.
QUICK = 12


@pytest.mark.slow
@pytest.mark.timeout(7_200)
@pytest.mark.parametrize("name", ERRORS)
def test_a_call_that_fails_costs_nothing_but_itself(
    tmp_path: Path, name: str, size: Callable[[int], int], record_property: Callable[[str, object], None]
) -> None:
    made = failing_calls.compiled(tmp_path)
    failing_calls.base(tmp_path / "base")
    most = size(2 * QUICK) // 2  # half for each error
    (whole,) = failing_calls.failing(
        made, "fail", tmp_path / "base", tmp_path / "work", 100_000, 100_001, 1, 5
    )
    assert whole["how"] == HELD
    step = max(1, whole["calls"] // most)
    ended: dict[str, int] = {}
    for told in failing_calls.failing(
        made, "fail", tmp_path / "base", tmp_path / "work", 1, whole["calls"] + 1, step, ERRORS[name]
    ):
        assert told["how"] in {HELD, REFUSED}, told
        assert "\n" not in told["message"], told
        assert (told["after"]["how"], told["after"].get("fault")) == (HELD, ""), told
        if told["next"]:
            assert (told["next"]["how"], told["next"].get("fault")) == (HELD, ""), told
            assert told["next"]["left"] == [], told
        ended[told["how"]] = ended.get(told["how"], 0) + 1
    record_property(
        "soak",
        f"{name} at {sum(ended.values())} of {whole['calls']} calls: {ended.get(REFUSED, 0)} refused, "
        f"{ended.get(HELD, 0)} went on, 0 lost",
    )
    assert ended.get(REFUSED, 0) > 0
