"""Markdown blocks into HTML, DOCX and plain text with form feeds."""

import io
import textwrap
import zipfile
from collections.abc import Iterator
from html import escape
from pathlib import Path

from starter_build.inline import runs, to_html, to_plain
from starter_build.source import Block, Document

TEXT_WIDTH = 78
NOTES_TITLE = {"en": "Notes", "es": "Notas", "pt": "Notas"}
# A ZIP member needs a date; the oldest one the format knows keeps the file the same each time.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)

SHEET = """\
body { max-width: 42rem; margin: 2rem auto; font: 1rem/1.55 Georgia, serif; color: #1b1f24 }
h1, h2, h3, nav, footer { font-family: "Helvetica Neue", Arial, sans-serif; color: #17375e }
table { border-collapse: collapse }
td, th { border-bottom: 1px solid #b8c0c8; padding: .3rem .6rem }"""


def build_html(document: Document, target: Path) -> None:
    """Write a page with navigation and footer around an article, as sites have them."""
    meta = document.meta
    body = "\n".join(_html_block(block) for block in document.blocks)
    notes = "\n".join(f'<li id="note-{n}">{to_html(text)}</li>' for n, text in document.notes.items())
    if notes:
        body += f"\n<h2>{NOTES_TITLE[document.language]}</h2>\n<ol>\n{notes}\n</ol>"
    target.write_text(
        f"""<!DOCTYPE html>
<html lang="{document.language}">
<head>
<meta charset="utf-8">
<title>{escape(str(meta["title"]))}</title>
<meta name="author" content="{escape(str(meta["publisher"]))}">
<style>
{SHEET}
</style>
</head>
<body>
<nav><a href="#top">Home</a> <a href="#about">About these digests</a></nav>
<main id="top">
<article>
<h1>{escape(str(meta["title"]))}</h1>
<p><em>{escape(str(meta["subtitle"]))}</em></p>
{body}
</article>
</main>
<footer><p id="about">{escape(str(meta["foot"]))}</p></footer>
</body>
</html>
""",
        encoding="utf-8",
    )


def _html_block(block: Block) -> str:
    if block.kind == "heading":
        return f"<h{block.level + 1}>{to_html(block.text)}</h{block.level + 1}>"
    if block.kind in ("bullets", "numbers"):
        tag = "ul" if block.kind == "bullets" else "ol"
        return f"<{tag}>\n" + "\n".join(f"<li>{to_html(item)}</li>" for item in block.items) + f"\n</{tag}>"
    if block.kind == "table":
        rows = [row.split("\t") for row in block.items]
        head = "".join(f"<th>{to_html(cell)}</th>" for cell in rows[0])
        lines = ["<tr>" + "".join(f"<td>{to_html(cell)}</td>" for cell in row) + "</tr>" for row in rows[1:]]
        caption = f"<caption>{to_html(block.text)}</caption>"
        return f"<table>\n{caption}\n<tr>{head}</tr>\n" + "\n".join(lines) + "\n</table>"
    if block.kind == "box":
        return (
            "<blockquote>"
            + "".join(f"<p>{to_html(item)}</p>" for item in block.items if item)
            + "</blockquote>"
        )
    return f"<p>{to_html(block.text)}</p>" if block.text else ""


def build_text(document: Document, target: Path) -> None:
    """Write plain text as a dumped PDF leaves it: a form feed between pages, running feet and all."""
    pages: list[list[str]] = [[str(document.meta["title"]), "", str(document.meta["subtitle"]), ""]]
    for block in document.blocks:
        if block.kind == "page":
            pages.append([])
        else:
            pages[-1] += [*_text_block(block), ""]
    pages[-1] += [f"{number} {to_plain(text)}" for number, text in document.notes.items()]
    first = int(document.meta.get("first_number", 1))
    feet = [f"{document.meta['foot']}    {first + index}" for index in range(len(pages))]
    text = "\f".join("\n".join([*page, "", foot, ""]) for page, foot in zip(pages, feet, strict=True))
    target.write_text(text, encoding="utf-8", newline="\n")


def _text_block(block: Block) -> Iterator[str]:
    if block.kind == "heading":
        yield to_plain(block.text)
    elif block.kind in ("bullets", "numbers"):
        for count, item in enumerate(block.items, 1):
            mark = "- " if block.kind == "bullets" else f"{count}. "
            yield from textwrap.wrap(
                to_plain(item), TEXT_WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark)
            )
    elif block.kind == "table":
        yield to_plain(block.text)
        yield ""
        rows = [[to_plain(cell) for cell in row.split("\t")] for row in block.items]
        widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
        for row in rows:
            yield "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    else:
        yield from textwrap.wrap(to_plain(block.text), TEXT_WIDTH)


def build_docx(document: Document, target: Path) -> None:
    """Write a DOCX with real heading, list, caption and table styles; the ZIP dates are fixed."""
    import docx
    from docx.shared import Pt, RGBColor

    word = docx.Document()
    word.styles["Normal"].font.name = "Georgia"
    word.styles["Normal"].font.size = Pt(10.5)
    for level in (1, 2, 3):
        word.styles[f"Heading {level}"].font.color.rgb = RGBColor(0x17, 0x37, 0x5E)
    properties = word.core_properties
    properties.title, properties.author = str(document.meta["title"]), str(document.meta["publisher"])
    properties.language = document.language
    word.add_heading(str(document.meta["title"]), level=1)
    word.add_paragraph(str(document.meta["subtitle"]), style="Subtitle")
    for block in document.blocks:
        _word_block(word, block)
    if document.notes:
        word.add_heading(NOTES_TITLE[document.language], level=2)
        for number, text in document.notes.items():
            _word_runs(word.add_paragraph(), f"{number}. {text}")
    buffer = io.BytesIO()
    word.save(buffer)
    target.write_bytes(_undated(buffer.getvalue()))


def _word_block(word, block: Block) -> None:  # type: ignore[no-untyped-def]  # python-docx has no types
    if block.kind == "heading":
        word.add_heading(to_plain(block.text), level=block.level + 1)
    elif block.kind in ("bullets", "numbers"):
        style = "List Bullet" if block.kind == "bullets" else "List Number"
        for item in block.items:
            _word_runs(word.add_paragraph(style=style), item)
    elif block.kind == "table":
        _word_runs(word.add_paragraph(style="Caption"), block.text)
        rows = [row.split("\t") for row in block.items]
        table = word.add_table(rows=0, cols=len(rows[0]), style="Light Grid Accent 1")
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = to_plain(text)
    else:
        for text in block.items or (block.text,):
            _word_runs(word.add_paragraph(), text)


def _word_runs(paragraph, text: str) -> None:  # type: ignore[no-untyped-def]  # python-docx has no types
    for style, piece in runs(text):
        run = paragraph.add_run(piece)
        run.bold, run.italic = style == "strong" or None, style == "em" or None
        run.font.superscript = style == "call" or None


def _undated(data: bytes) -> bytes:
    """The same ZIP with every member dated alike and in the same order."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return out.getvalue()
