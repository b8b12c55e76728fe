"""The sections of docs/measurements.md that the scripts of this folder write themselves."""

from pathlib import Path

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "measurements.md"


def write_section(name: str, title: str, table: str, document: Path = DOCUMENT) -> None:
    """Put a table between the marks `<!-- name -->` of the document; a new section goes to the end."""
    mark = f"<!-- {name} -->"
    text = document.read_text(encoding="utf-8")
    if mark not in text:
        text = f"{text.rstrip()}\n\n### {title}\n\n{mark}\n{mark}\n"
    before, _, after = text.split(mark, 2)
    document.write_text(f"{before}{mark}\n{table}\n{mark}{after}", encoding="utf-8")
