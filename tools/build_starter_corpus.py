"""Build the starter corpus from `tools/starter/*.md`.

    python tools/build_starter_corpus.py                  # writes corpus/ and its catalogue
    python tools/build_starter_corpus.py --out FOLDER     # the same, elsewhere (a test compares)
    python tools/build_starter_corpus.py --scans          # draws the pictures of scanned pages anew

The pictures of scanned pages are kept in `tools/starter/scan/` and only read by a normal build, since
drawing them depends on the version of the renderer.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

from starter_build.catalogue import catalogue_toml  # noqa: E402 — found through the line above
from starter_build.pdf import build_pdf  # noqa: E402
from starter_build.scan import draw_scan  # noqa: E402
from starter_build.source import Document, load  # noqa: E402
from starter_build.text import build_docx, build_html, build_text  # noqa: E402

SOURCES = ROOT / "tools" / "starter"
BUILDERS: dict[str, Callable[[Document, Path], None]] = {
    ".pdf": build_pdf,
    ".html": build_html,
    ".docx": build_docx,
    ".txt": build_text,
}


def main() -> None:
    """Build every source; a broken one stops the build with its name."""
    parser = argparse.ArgumentParser(description="Build the starter corpus.")
    parser.add_argument("--out", type=Path, default=ROOT / "corpus")
    parser.add_argument("--scans", action="store_true", help="draw the pictures of scanned pages anew")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    documents = [load(path) for path in sorted(SOURCES.glob("*.md"))]
    for document in documents:
        if arguments.scans:
            draw_scan(document)
        target = arguments.out / document.file
        BUILDERS[target.suffix](document, target)
    (arguments.out / "catalogue.toml").write_text(catalogue_toml(documents), encoding="utf-8")


if __name__ == "__main__":
    main()
