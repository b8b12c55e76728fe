"""Fuzz what reads what others wrote, guided by coverage (atheris).

    python bench/fuzz.py --minutes 10                 every target of bench/fuzz_targets.py, ten minutes each
    python bench/fuzz.py splitter gold --minutes 60   these

What breaks a promise is kept in out/fuzz/TARGET/; put it into tests/fuzz_finds/TARGET/ with its mend, where
tests/reliability/test_fuzz_finds.py tries it from then on. Exit 1 if anything was found.
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
OUT = ROOT / "out" / "fuzz"
FINDS = ROOT / "tests" / "fuzz_finds"
NAMES = ("query", "sentences", "offset_map", "splitter", "gold", "catalogue")
LONGEST_BYTES = 4_096
# An input that takes longer than this is a find as well.
LONGEST_SECONDS = 20


def one(name: str, arguments: list[str]) -> None:
    """Fuzz one target in this process, until libFuzzer ends it."""
    import atheris

    with atheris.instrument_imports(include=["app", "evals", "index", "ingest"]):
        from bench.fuzz_targets import TARGETS
    atheris.Setup([sys.argv[0], *arguments], TARGETS[name])
    atheris.Fuzz()


def fuzz(name: str, minutes: float, out: Path) -> tuple[int, str]:
    """Fuzz a target in a process of its own; return its exit code and the number of its runs, in words."""
    inputs = out / name / "inputs"
    inputs.mkdir(parents=True, exist_ok=True)
    words = [sys.executable, __file__, "--one", name, str(inputs)]
    if (FINDS / name).is_dir():
        words.append(str(FINDS / name))
    words += [
        f"-max_total_time={minutes * 60:.0f}",
        f"-max_len={LONGEST_BYTES}",
        f"-timeout={LONGEST_SECONDS}",
    ]
    words += [f"-artifact_prefix={out / name}/", "-print_final_stats=1"]
    done = subprocess.run(words, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    runs = re.search(r"stat::number_of_executed_units:\s+(\d+)", said)
    cover = re.findall(r"cov: (\d+)", said)
    if done.returncode:
        (out / name / "last.log").write_text(said[-20_000:], encoding="utf-8")
    return done.returncode, f"{int(runs[1]) if runs else 0:,} runs, {cover[-1] if cover else 0} branches"


def main() -> int:
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], sys.argv[3:])
        return 0
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", default=NAMES, choices=[*NAMES, NAMES])
    parser.add_argument("--minutes", type=float, default=10.0, help="for each target (10)")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    found = 0
    for name in arguments.targets:
        code, told = fuzz(name, arguments.minutes, arguments.out.resolve())
        found += code != 0
        kept = "nothing found" if code == 0 else f"FOUND, see {arguments.out / name}"
        print(f"{name}: {told}, {kept}", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
