"""Reading text, Markdown, HTML and DOCX: every line quotes the page, with the role its markup gives."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf_samples import by_hand

from ingest.errors import UnreadableFile
from ingest.readers.limits import Limits
from ingest.readers.read import detect_format, read_bytes, read_source
from ingest.readers.text import cut_pages, decode

HTML = """<!doctype html><html lang="es"><head><title>Salud  y migración</title>
<meta name="author" content="OPS"><style>p{}</style></head>
<body><nav>Inicio</nav><h1>Barreras</h1><p>Una <b>primera</b>
frase.</p><ul><li>Costo</li><li>Miedo <i>real</i></li></ul><script>alert(1)</script>
<table><caption>Tabla 1</caption><tr><th>Año</th><th>Casos</th></tr><tr><td>2019</td><td>12</td></tr></table>
<p hidden>oculto</p><div style="display: none">oculto</div>Suelto<br>en dos líneas<aside>aparte</aside>
<h2>Costos</h2><footer>pie</footer></body></html>"""


def roles(source):
    page = source.pages[0]
    return [(line.role, page.text[line.start : line.end]) for line in page.lines]


def test_html_lines_and_roles():
    source = read_bytes(HTML.encode(), "a.html")
    assert roles(source) == [
        ("h1", "Barreras"),
        ("p", "Una primera frase."),
        ("li", "Costo"),
        ("li", "Miedo real"),
        ("caption", "Tabla 1"),
        ("th", "Año | Casos"),
        ("td", "2019 | 12"),
        ("p", "Suelto"),
        ("p", "en dos líneas"),
        ("h2", "Costos"),
    ]
    assert source.info == {"title": "Salud y migración", "author": "OPS", "language": "es"}
    assert not source.paged


CELLS = {
    "parts_of_a_word": ("H<sub>2</sub>O <span>Mig</span>ración", "H₂O Migración"),
    "script_and_style": ("12<script>alert(1)</script><style>x{}</style>", "12"),
    "hidden": ("<span hidden>no</span><i style='display:none'>no</i>yes<!-- no -->", "yes"),
    "blocks_and_breaks": ("<p>one</p><div>two</div>a<br>b<ul><li>x</li><li>y</li></ul>", "one two a b x y"),
    "blanks": (" a \n <b> b</b> ", "a b"),
    "empty": ("<script>1</script>", ""),
}


@pytest.mark.parametrize("case", CELLS)
def test_html_cells_hold_what_a_reader_sees(case):
    cell, text = CELLS[case]
    page = f"<html><body><table><tr><td>first</td><td>{cell}</td></tr></table></body></html>"
    assert roles(read_bytes(page.encode(), "a.html")) == [("td", f"first | {text}".strip())]


def test_html_table_in_a_table_is_read_as_blocks():
    inner = "<table><tr><td>a</td><td>b</td></tr></table>"
    page = f"<html><body><table><tr><td>out{inner}</td></tr></table></body></html>"
    assert roles(read_bytes(page.encode(), "a.html")) == [("p", "out"), ("td", "a | b")]


def test_html_deeply_nested_cell_is_refused():
    page = "<html><body><table><tr><td>" + "<b><i>" * 5_000 + "fin"
    with pytest.raises(UnreadableFile, match="nested too deeply"):
        read_bytes(page.encode(), "a.html")


def test_html_declared_encoding():
    page = "<html><meta charset='iso-8859-1'><body>Perú, São Paulo</body></html>".encode("latin-1")
    assert read_bytes(page, "a.html").pages[0].text == "Perú, São Paulo"


# Declared encoding -> bytes of the body, and what a browser shows (WHATWG, Encoding Standard).
DECLARED = {
    "iso-8859-1": (b"2015\x962020 \x93ni\xf1ez\x94", "2015–2020 “niñez”"),
    "latin1": (b"2015\x962020", "2015–2020"),
    "us-ascii": (b"2015\x962020 a\xf1o", "2015–2020 año"),
    "windows-1252": (b"2015\x962020", "2015–2020"),
    "iso-8859-15": (b"12 \xa4", "12 €"),
    "iso-8859-2": (b"\xb3\xf3d\xbc", "łódź"),
    "utf-8": ("2015–2020 año".encode(), "2015–2020 año"),
    "utf-16": ("2015–2020 año".encode(), "2015–2020 año"),
    "UTF-16LE": ("2015–2020 año".encode(), "2015–2020 año"),
    "utf-7": (b"2015+IBM-2020", "2015+IBM-2020"),
    "undefined": (b"2015-2020", "2015-2020"),
    "no-such-thing": (b"2015\x962020", "2015–2020"),
}


@pytest.mark.parametrize("label", DECLARED)
def test_html_declared_encoding_is_what_browsers_take_it_for(label):
    body, text = DECLARED[label]
    page = f"<html><head><meta charset='{label}'></head><body>".encode() + body + b"</body></html>"
    assert read_bytes(page, "a.html").pages[0].text == text


def test_html_byte_order_mark_counts_more_than_the_declaration():
    page = "<html><meta charset='iso-8859-1'><body>2015–2020</body></html>"
    assert read_bytes(page.encode("utf-16"), "a.html").pages[0].text == "2015–2020"


def test_html_named_pdf_is_read_as_html():
    assert read_bytes(HTML.encode(), "informe.pdf").format == "html"


def test_deeply_nested_html_is_refused_not_cut():
    assert read_bytes(("<html><body>" + "<div>" * 200 + "fin").encode(), "a.html").pages[0].text == "fin"
    with pytest.raises(UnreadableFile, match="nested too deeply"):
        read_bytes(("<html><body>" + "<div>" * 50_000 + "fin").encode(), "a.html")


def docx_bytes():
    import docx

    document = docx.Document()
    document.core_properties.title = "Informe"
    document.add_heading("Acceso a la salud", 1)
    document.add_paragraph("Primer párrafo.")
    document.add_paragraph("Un punto", style="List Bullet")
    table = document.add_table(2, 2)
    for cell, text in zip((c for r in table.rows for c in r.cells), "abcd", strict=True):
        cell.text = text
    document.add_paragraph("Tabla 1. Casos", style="Caption")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_docx_lines_and_roles():
    source = read_bytes(docx_bytes(), "a.docx")
    assert roles(source) == [
        ("h1", "Acceso a la salud"),
        ("p", "Primer párrafo."),
        ("li", "Un punto"),
        ("td", "a | b"),
        ("td", "c | d"),
        ("caption", "Tabla 1. Casos"),
    ]
    assert source.info["title"] == "Informe"


FOOTNOTES = b"""<?xml version="1.0"?>
<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:t>sep</w:t></w:r></w:p></w:footnote>
<w:footnote w:id="2"><w:p><w:r><w:t>See the survey of 2019.</w:t></w:r></w:p></w:footnote></w:footnotes>"""


def with_part(data, name, content, relation):
    """Add a part of notes to a DOCX, tied to the document by a relation."""
    target = name.rpartition("/")[2].encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.namelist():
            body = old.read(item)
            if item == "word/_rels/document.xml.rels":
                tie = b'<Relationship Id="r%s" Type="%s" Target="%s"/>' % (target[:3], relation, target)
                body = body.replace(b"</Relationships>", tie + b"</Relationships>")
            if item == "[Content_Types].xml":
                kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.%s+xml" % target[:-4]
                part = b'<Override PartName="/word/%s" ContentType="%s"/>' % (target, kind)
                body = body.replace(b"</Types>", part + b"</Types>")
            new.writestr(item, body)
        new.writestr(name, content)
    return out.getvalue()


def test_docx_footnotes():
    relation = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    source = read_bytes(with_part(docx_bytes(), "word/footnotes.xml", FOOTNOTES, relation), "a.docx")
    assert roles(source)[-1] == ("footnote", "See the survey of 2019.")


def docx_with(body):
    """Return a DOCX whose body is this XML (prefixes w, mc, wps, v)."""
    names = (
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
        ' xmlns:v="urn:schemas-microsoft-com:vml"'
        ' xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx_bytes())) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.namelist():
            own = f"<w:document{names}><w:body>{body}</w:body></w:document>".encode()
            new.writestr(item, own if item == "word/document.xml" else old.read(item))
    return out.getvalue()


def par(*runs):
    return (
        "<w:p>" + "".join(run if run[0] == "<" else f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"
    )


def tab(*rows):
    cells = ("".join(f"<w:tc>{cell}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def box(content, *, old_too=True):
    content = f"<w:txbxContent>{content}</w:txbxContent>"
    old = f"<w:pict><v:textbox>{content}</v:textbox></w:pict>"
    new = f"<w:drawing><wps:txbx>{content}</wps:txbx></w:drawing>"
    if not old_too:
        return f"<w:r>{old}</w:r>"
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps">{new}</mc:Choice>'
        f"<mc:Fallback>{old}</mc:Fallback></mc:AlternateContent></w:r>"
    )


def moved(tag, text):
    return f'<w:{tag} w:id="1" w:author="a"><w:r><w:t>{text}</w:t></w:r></w:{tag}>'


def control(content):
    return f"<w:sdt><w:sdtPr/><w:sdtContent>{content}</w:sdtContent></w:sdt>"


DOCX_BODIES = {
    "text_box": (par("Before ", box(par("in the box") + par("twice")), "after"),
                 [("p", "Before after"), ("p", "in the box"), ("p", "twice")]),
    "old_text_box": (par("Before", box(par("in the box"), old_too=False)), [("p", "Before"), ("p", "in the box")]),
    "table_in_a_text_box": (par(box(tab([par("a"), par("b")]))), [("td", "a | b")]),
    "moved_words": (par("One ", moved("moveFrom", "moved "), "two ", moved("moveTo", "moved")),
                    [("p", "One two moved")]),
    "moved_paragraph": (par(moved("moveTo", "Goes up.")) + par("Stays.") + par(moved("moveFrom", "Goes up.")),
                        [("p", "Goes up."), ("p", "Stays.")]),
    "inserted_and_deleted": (
        par("12", '<w:del w:id="1"><w:r><w:tab/><w:delText>3</w:delText></w:r></w:del>', moved("ins", "4")),
        [("p", "124")],
    ),
    "hidden_runs": (
        par(*(f"<w:r><w:rPr><w:vanish{value}/></w:rPr><w:t>{text}</w:t></w:r>" for value, text in
              [("", "no"), (' w:val="1"', "no"), (' w:val="true"', "no"), (' w:val="0"', "seen"),
               (' w:val="false"', " too")])),
        [("p", "seen too")],
    ),
    "nested_table": (tab([par("out") + tab([par("a"), par("b")]) + "<w:p/>", par("right")], [par("c"), par("d")]),
                     [("p", "out"), ("td", "a | b"), ("p", "right"), ("td", "c | d")]),
    "cell": (tab([par("one") + par("two", box(par("boxed"))), control(par("three"))], ["<w:p/>", "<w:p/>"]),
             [("td", "one two boxed | three")]),
    "content_controls": (control(par("p")) + tab([par("a"), par("b")]).replace("<w:tr>", "<w:sdt><w:sdtContent><w:tr>")
                         .replace("</w:tr>", "</w:tr></w:sdtContent></w:sdt>"), [("p", "p"), ("td", "a | b")]),
}  # fmt: skip


@pytest.mark.parametrize("case", DOCX_BODIES)
def test_docx_says_everything_once(case):
    body, lines = DOCX_BODIES[case]
    assert roles(read_bytes(docx_with(body), "a.docx")) == lines


def test_docx_endnotes_follow_the_footnotes():
    relation = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    endnotes = FOOTNOTES.replace(b"footnote", b"endnote").replace(b"survey of 2019", b"census of 2017")
    data = with_part(docx_bytes(), "word/endnotes.xml", endnotes, relation + b"endnotes")
    data = with_part(data, "word/footnotes.xml", FOOTNOTES, relation + b"footnotes")
    assert roles(read_bytes(data, "a.docx"))[-2:] == [
        ("footnote", "See the survey of 2019."),
        ("footnote", "See the census of 2017."),
    ]


def zip_bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * (201 * 1024 * 1024))
    return out.getvalue()


REFUSED = {
    "zero_bytes": (b"", "a.pdf", "file is empty", "empty"),
    "zip": (b"PK\x03\x04rest", "a.pdf", "ZIP archive", "failed"),
    "broken_docx": (b"PK\x03\x04 word/", "a.docx", "damaged archive", "failed"),
    "random": (bytes(range(256)) * 20, "a.pdf", "binary data", "failed"),
    "old_word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.doc", "old Word", "failed"),
    "png": (b"\x89PNG\r\n\x1a\n", "a.png", "picture", "failed"),
    "blank_text": (b" \n\t\n", "a.txt", "holds no text", "empty"),
    "header_only": (b"%PDF-1.7\n", "a.pdf", "PDF", "failed"),
}


@pytest.mark.parametrize("case", REFUSED, ids=list(REFUSED))
def test_refused_with_its_reason(case, tmp_path):
    data, name, reason, state = REFUSED[case]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(UnreadableFile) as caught:
        read_source(tmp_path / name)
    assert reason in caught.value.reason
    assert caught.value.state == state
    assert "\n" not in caught.value.reason


def test_zip_bomb_is_refused_before_unpacking():
    with pytest.raises(UnreadableFile, match="unpacks to more"):
        read_bytes(zip_bomb(), "a.docx")


def test_folder_and_fifo_are_refused(tmp_path):
    import os

    os.mkfifo(tmp_path / "x.pdf")
    for path in (tmp_path, tmp_path / "x.pdf", tmp_path / "missing.pdf"):
        with pytest.raises(UnreadableFile):
            read_source(path)


ENCODINGS = {
    "utf8": ("Año, São, naïve".encode(), "Año, São, naïve"),
    "utf8_bom": ("Año".encode("utf-8-sig"), "Año"),
    "utf16": ("Año 2019".encode("utf-16"), "Año 2019"),
    "latin1": ("La población migrante enfrenta barreras: acción, salud y niñez. ".encode("latin-1") * 5,
               "La población migrante enfrenta barreras: acción, salud y niñez. " * 5),
    "cp1252": ("“Migración” – población venezolana en Perú y niñez ".encode("cp1252") * 5,
               "“Migración” – población venezolana en Perú y niñez " * 5),
    "cp1252_short": (b"2015\x962020", "2015–2020"),
    "cp1252_english": (b"Between 2015\x962020 there were 1,200; the \x93rate\x94 rose.",
                       "Between 2015–2020 there were 1,200; the “rate” rose."),
    "cp1251": ("Привет, это отчёт о миграции населения за 2019 год.".encode("cp1251"),
               "Привет, это отчёт о миграции населения за 2019 год."),
    "cp1250": ("Żółć gęślą jaźń – 2015–2020, migracja".encode("cp1250"), "Żółć gęślą jaźń – 2015–2020, migracja"),
    "latin1_saved_as_utf8": ("2015\x962020 \x93año\x94".encode(), "2015–2020 “año”"),
    "utf8_next_line": ("a\x85b".encode(), "a\x85b"),
    "crlf": (b"a\r\nb\rc", "a\nb\nc"),
    "nul": (b"abc" * 200 + b"\0", "abc" * 200 + "\ufffd"),
}  # fmt: skip


@pytest.mark.parametrize("case", ENCODINGS, ids=list(ENCODINGS))
def test_encodings(case):
    data, text = ENCODINGS[case]
    assert decode(data) == text


def test_markdown_roles():
    source = read_bytes("# Título\n\ntexto\n- punto\n12. doce\n#no\n".encode(), "a.md")
    assert roles(source) == [
        ("h1", "Título"), (None, "texto"), ("li", "punto"), ("li", "12. doce"), (None, "#no")
    ]  # fmt: skip


def test_form_feeds_make_pages():
    source = read_bytes(b"one\ntwo\n\fthree\n\f\ffour\f", "a.txt")
    assert [page.text for page in source.pages] == ["one\ntwo\n", "three\n", "", "four"]
    assert source.paged
    assert source.pages[2].flags == {"no_text"}


@given(st.text(alphabet="ab \n\f1", max_size=200))
def test_pages_joined_give_the_text_back(text):
    assert "".join(cut_pages(text)) == text.replace("\f", "")


@given(st.text(max_size=300))
def test_every_line_of_text_is_whole_and_stored(text):
    try:
        source = read_bytes(text.encode("utf-8", "surrogatepass"), "a.txt")
    except UnreadableFile:
        return
    for page in source.pages:
        page.text.encode("utf-8")
        for line in page.lines:
            body = page.text[line.start : line.end]
            assert body.strip()
            assert "\n" not in body


def test_limits_are_named():
    with pytest.raises(UnreadableFile, match="characters of text"):
        read_bytes(b"word " * 100, "a.txt", limits=Limits(text=100))
    with pytest.raises(UnreadableFile, match="pages"):
        read_bytes(b"x\f" * 100, "a.txt", limits=Limits(pages=10))


FORMATS = {
    "junk_before_header": (b"junk\n%PDF-1.4", "a.bin", "pdf"),
    "blanks_before_header": (b"\xef\xbb\xbf\r\n%PDF-1.4", "a.txt", "pdf"),
    "header_first_in_a_text": (b"%PDF-1.4\n1 0 obj", "a.txt", "pdf"),
    "junk_before_a_pdf_called_text": (
        b"HTTP/1.1 200 OK\r\n\r\n" + by_hand(bytes(range(256)) * 20),
        "a.txt",
        "pdf",
    ),
    "junk_before_a_pdf_called_html": (
        b"HTTP/1.1 200 OK\r\n\r\n" + by_hand(bytes(range(256)) * 20),
        "a.html",
        "pdf",
    ),
    "text_that_mentions_it": ("Un año: a PDF begins with %PDF-1.4.".encode(), "a.txt", "txt"),
    "old_text_that_mentions_it": (
        "La población: a PDF begins with %PDF-1.4.".encode("cp1252"),
        "a.txt",
        "txt",
    ),
    "markdown_that_mentions_it": (b"# Files\n\n`%PDF-` stands first.", "a.md", "md"),
    "web_page_that_mentions_it": (b"<!doctype html><title>%PDF-</title><p>x", "a.html", "html"),
    "html_by_content": (b"\xef\xbb\xbf <!DOCTYPE HTML><p>", "a.txt", "html"),
    "xml_is_text": (b"<note>a</note>", "a.txt", "txt"),
    "markdown": (b"# a", "A.MD", "md"),
}


@pytest.mark.parametrize("case", FORMATS, ids=list(FORMATS))
def test_format_by_content(case):
    data, name, kind = FORMATS[case]
    assert detect_format(data, name).name == kind


def test_sources_do_not_depend_on_the_path(tmp_path: Path):
    for name in ("a.html", "b.html"):
        (tmp_path / name).write_text(HTML)
    assert read_source(tmp_path / "a.html") == read_source(tmp_path / "b.html")
