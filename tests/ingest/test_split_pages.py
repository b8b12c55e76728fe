"""Whole pages into passages: what joins, what stays apart, and that nothing is invented or lost."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from split_samples import PROSE, Printed, paragraph, pdf, pdf_page, prose, text_page

from ingest.passage import Passage
from ingest.passages.packing import BUDGET
from ingest.passages.split import split_source
from ingest.readers.source import Line, OutlineEntry, Page, Source
from ingest.text.folding import fold

SHA = "0" * 64


def passages(source: Source) -> tuple[Passage, ...]:
    return split_source(source, SHA).passages


def texts(source: Source, kind: str) -> list[str]:
    return [p.text for p in passages(source) if p.kind == kind]


def test_paragraph_runs_on_over_the_page_break_past_a_footnote() -> None:
    first = [
        *paragraph(prose(1), 760.0),
        *paragraph("The ministry opened offices in the north and then in the", 700.0),
    ]
    first[-1] = Printed(first[-1].text, 700.0, 85, 510)
    note = Printed("1 Law No. 12 of 2019, art. 5.", 60.0, 85, 300, 8.0)
    first[0] = Printed(first[0].text + ".1 More", first[0].y)
    second = paragraph("south of the country, where few people lived.", 760.0)
    source = pdf(pdf_page(1, *first, note), pdf_page(2, *second, *paragraph(prose(9), 700.0)))
    found = [p for p in passages(source) if "then in the south" in p.text]
    assert len(found) == 1
    assert found[0].pages == (1, 2)
    assert texts(source, "footnote") == ["1 Law No. 12 of 2019, art. 5."]


def test_sentence_that_ends_on_its_page_stays_there() -> None:
    source = pdf(pdf_page(1, *paragraph(prose(1), 760.0)), pdf_page(2, *paragraph(prose(2), 760.0)))
    assert all(p.pages[0] == p.pages[1] for p in passages(source))


def test_line_end_hyphen_goes_and_the_span_stays_verbatim() -> None:
    lines = [
        Printed("People told of migra-", 700.0),
        Printed("tion in many ways. The word migration is old.", 688.0),
    ]
    source = pdf(pdf_page(1, *lines, *paragraph(prose(3), 660.0)))
    body = next(p for p in passages(source) if "told" in p.text)
    assert "migration in many ways" in body.text


def test_headings_make_the_path_and_open_the_text_that_they_head() -> None:
    rows = [
        Printed("2. Health", 780.0, 85, 200, 14.0, True),
        *paragraph(prose(1), 750.0),
        Printed("2.1 Barriers", 690.0, 85, 200, 12.0, True),
        *paragraph(prose(2), 670.0),
        Printed("3. Schools", 600.0, 85, 200, 14.0, True),
        *paragraph(prose(3), 580.0),
    ]
    found = passages(pdf(pdf_page(1, *rows)))
    assert [p.section for p in found] == [("2. Health",), ("2. Health", "2.1 Barriers"), ("3. Schools",)]
    assert [p.text[: p.start] for p in found] == ["2. Health\n", "2.1 Barriers\n", "3. Schools\n"]
    assert not any("Barriers" in p.search_text() for p in found)


def test_unnumbered_heading_in_body_type() -> None:
    rows = [
        *paragraph(prose(1), 780.0),
        Printed("Protection of staff", 720.0, 85, 180),
        *paragraph(prose(2), 700.0),
    ]
    assert passages(pdf(pdf_page(1, *rows)))[-1].section == ("Protection of staff",)


def test_text_along_the_axis_of_a_chart_is_no_heading() -> None:
    axis = "Millions of United States dollars"
    page = pdf_page(
        1, *paragraph(prose(1), 780.0), Printed(axis, 560.0, 60.0, 66.0, 9.0), *paragraph(prose(2), 520.0)
    )
    upright = next(line for line in page.lines if page.text[line.start : line.end] == axis)
    lines = tuple(
        replace(line, box=(60.0, 560.0, 66.0, 677.0)) if line is upright else line for line in page.lines
    )
    found = passages(pdf(replace(page, lines=lines)))
    assert all(p.section == () for p in found)


def test_short_last_line_is_no_heading() -> None:
    rows = [*paragraph(prose(1), 780.0), Printed("It rained.", 738.0, 85, 130), *paragraph(prose(2), 700.0)]
    assert all(p.section == () for p in passages(pdf(pdf_page(1, *rows))))


def test_a_count_or_a_date_alone_in_text_without_type_heads_nothing() -> None:
    for line in ("1 Scopus citation", "20 March 2024"):
        page = text_page(1, f"{prose(3)}\n\n{line}\n\n{prose(1)}\n\n{prose(2)}\n")
        assert all(p.section == () for p in passages(Source("text", False, (page,)))), line
    page = text_page(1, f"1 Clinics\n\n{prose(1)}\n\n2 Costs of clinics\n\n{prose(2)}\n")
    assert [p.section for p in passages(Source("text", False, (page,)))] == [
        ("1 Clinics",),
        ("2 Costs of clinics",),
    ]


def test_bookmark_names_a_heading() -> None:
    page = pdf_page(1, Printed("Methods", 780.0, 85, 130), *paragraph(prose(1), 760.0))
    source = Source("pdf", True, (page,), (OutlineEntry("Methods", 1, 1),))
    assert passages(source)[0].section == ("Methods",)


def test_table_keeps_caption_header_and_source() -> None:
    rows = [*paragraph(prose(1), 780.0), Printed("Table 1. Offices and staff", 700.0, 85, 250, 9.0, True)]
    for at, text in enumerate(["Region 2021 2022", "North 12 31", "South 8 9", "East 4 6"]):
        rows.append(Printed(text, 688.0 - 11 * at, 85, 300, 8.5))
    rows += [Printed("Source: Ministry, 2022.", 640.0, 85, 220, 8.0), *paragraph(prose(2), 600.0)]
    table = texts(pdf(pdf_page(1, *rows)), "table")
    assert table == [
        "Table 1. Offices and staff\nRegion 2021 2022\nNorth 12 31\nSouth 8 9\nEast 4 6\nSource: Ministry, 2022."
    ]


def test_numbered_rows_of_a_table_are_no_footnotes() -> None:
    rows = [
        *paragraph(prose(1) + " Staff grew.1", 780.0),
        Printed("Table 1. Measures", 700.0, 85, 250, 9.0, True),
    ]
    for at, text in enumerate(
        ["No. Measure Example", "1 Coordinate sectors Unit", "2 Reduce discrimination none"]
    ):
        rows.append(Printed(text, 688.0 - 11 * at, 85, 300, 8.5))
    rows.append(Printed("Source: Ministry, 2022.", 640.0, 85, 220, 8.0))
    source = pdf(pdf_page(1, *rows))
    assert texts(source, "footnote") == []
    assert "1 Coordinate sectors Unit" in texts(source, "table")[0]


def test_heads_of_columns_in_many_small_lines_stay_with_their_table() -> None:
    heads = [
        "State",
        "Date of signature",
        "or succession",
        "to signature",
        "Date of accession",
        "or succession",
    ]
    rows = [*paragraph(prose(2), 780.0)]
    rows += [Printed(head, 700.0 - 9 * at, 85.0, 160.0, 7.5) for at, head in enumerate(heads)]
    rows += [
        Printed(f"Land{at} {at} May 20{at} {at} June 20{at}", 630.0 - 12 * at, 85.0, 400.0)
        for at in range(10, 16)
    ]
    (table,) = texts(pdf(pdf_page(1, *rows)), "table")
    assert table.startswith("State\nDate of signature\nor succession\nto signature\nDate of accession\n")
    assert prose(2) in texts(pdf(pdf_page(1, *rows)), "body")


def test_loose_rows_of_figures_make_a_table_on_each_page() -> None:
    first, second = ("Enero", "12 13", "Febrero", "14 15"), ("Callao", "sin datos", "Tumbes", "27 31")
    ending = (Printed(cell, 600.0 - 40 * at, 85.0, 140.0) for at, cell in enumerate(first))
    opening = (Printed(cell, 500.0 - 30 * at, 95.0, 150.0) for at, cell in enumerate(second))
    pages = [
        pdf_page(1, *paragraph(prose(3), 780.0), *ending),
        pdf_page(2, *opening, *paragraph(prose(5), 300.0)),
    ]
    assert [p.pages for p in passages(pdf(*pages)) if p.kind == "table"] == [(1, 1), (2, 2)]


def test_a_heading_that_is_a_sentence_is_text_as_well() -> None:
    law = "Article 36. Paragraph 12 of article 131 of the code is repealed."
    page = text_page(1, f"{prose(1)}\n\nArticle 35. Purpose.\n\n{prose(2)}\n\n{law}\n\n{prose(3)}\n")
    found = passages(Source("text", False, (page,)))
    assert any(p.text.startswith(law) and p.section == ("Article 36",) for p in found)
    assert not any("Article 35. Purpose." in p.search_text() for p in found)
    assert any(p.section == ("Article 35. Purpose.",) for p in found)


def test_long_table_is_cut_between_rows_and_repeats_its_header() -> None:
    rows = [
        Printed("Table 1. Staff by district", 790.0, 85, 250, 9.0, True),
        Printed("District 2021 2022", 778.0, 85, 300, 8.5),
    ]
    rows += [
        Printed(f"District of San Pedro {n} 1{n:03d} 2{n:03d}", 766.0 - 11 * n, 85, 300, 8.5)
        for n in range(50)
    ]
    parts = texts(pdf(pdf_page(1, *rows)), "table")
    assert len(parts) > 1
    assert all(part.startswith("Table 1. Staff by district\nDistrict 2021 2022\n") for part in parts)
    found = [line for part in parts for line in part.split("\n")[2:]]
    assert found == [f"District of San Pedro {n} 1{n:03d} 2{n:03d}" for n in range(50)]


def test_contents_and_references_are_typed() -> None:
    contents = [Printed("Contents", 780.0, 85, 150, 14.0, True)]
    contents += [Printed(f"{n}. Chapter {'. ' * 20}{n * 3}", 760.0 - 14 * n) for n in range(1, 6)]
    entries = [Printed("References", 780.0, 85, 160, 14.0, True)]
    for n in range(4):
        entries += paragraph(
            f"Author {n}, A. 201{n}. The title of a paper on health. Lima: Press.", 750.0 - 30 * n
        )
    source = pdf(pdf_page(1, *contents), pdf_page(2, *paragraph(prose(1), 780.0)), pdf_page(3, *entries))
    kinds = {p.pages[0]: p.kind for p in passages(source)}
    assert kinds == {1: "contents", 2: "body", 3: "references"}


def test_hidden_lines_are_left_out() -> None:
    rows = [*paragraph(prose(1), 780.0), Printed("Ignore all this hidden text please.", 700.0, hidden=True)]
    assert not any("hidden" in p.text for p in passages(pdf(pdf_page(1, *rows))))


def test_markup_roles_and_locators() -> None:
    parts = [
        ("h1", "Findings"),
        ("p", "Few people have insurance."),
        ("h2", "Costs"),
        ("p", "Care is expensive."),
        ("li", "for women;"),
        ("li", "for children."),
        ("caption", "Table 1. Costs"),
        ("th", "Item Price"),
        ("td", "Visit 20"),
    ]
    text, lines = "", []
    for role, part in parts:
        lines.append(Line(len(text), len(text) + len(part), role=role))
        text += part + "\n"
    found = passages(Source("html", False, (Page(1, text, tuple(lines)),)))
    assert [p.section for p in found] == [("Findings",), ("Findings", "Costs"), ("Findings", "Costs")]
    assert found[0].locator == "section Findings, paragraph 1"
    assert found[1].locator == "section Findings › Costs, paragraphs 1–3"
    assert [p.kind for p in found][-1] == "table"
    assert found[-1].text == "Table 1. Costs\nItem Price\nVisit 20"
    assert all(p.pages == () and p.labels == () and p.label_source is None for p in found)


def test_plain_text_is_cited_by_lines() -> None:
    page = text_page(1, "First line of the text goes here.\n\nSecond paragraph has\ntwo lines in all.")
    found = passages(Source("txt", False, (page,)))
    assert [p.locator for p in found] == ["lines 1–4"]


def test_same_text_twice_has_two_ids_and_ids_are_stable() -> None:
    rows = [*paragraph("The same sentence stands here twice.", 780.0)]
    source = pdf(pdf_page(1, *rows), pdf_page(2, *rows))
    ids = [p.id for p in passages(source)]
    assert len(ids) == len(set(ids)) == 2
    assert ids == [p.id for p in passages(source)]


def test_labels_never_mix_numberings() -> None:
    first = pdf_page(
        1, Printed("The text of the front matter goes on over the page to the", 700.0), label="iv"
    )
    second = pdf_page(2, Printed("first page of the main part and ends here.", 760.0), label="1")
    crossing = [p for p in passages(pdf(first, second)) if p.pages == (1, 2)]
    assert crossing
    assert all(p.labels == () and p.label_source is None for p in crossing)


def test_a_sentence_over_the_budget_is_cut_and_marked() -> None:
    long = "The list names " + ", ".join(f"Santiago{n} Quispe" for n in range(120)) + " and others."
    found = passages(pdf(pdf_page(1, *paragraph(long, 790.0))))
    assert len(found) > 1
    assert all(p.cut for p in found)
    assert all(p.tokens <= BUDGET for p in found)


def test_empty_sources_have_no_passages() -> None:
    assert passages(Source("pdf", True, ())) == ()
    assert passages(pdf(pdf_page(1))) == ()


WORDS = st.sampled_from(
    [
        "health",
        "Peru",
        "2015",
        "Art.",
        "5.",
        "migra-",
        "tion",
        "•",
        "(a)",
        "Table 1.",
        "ﬁn",
        "\u0002",
        "\u00ad",
        "é",
        "cafe\u0301",
        "\uf0b7",
        "....",
        "1",
        "References",
        "N.º",
        "\u200b",
        "end.",
        "\ufffe",
        "12,5",
        "–",
    ]
)
LINES = st.lists(st.lists(WORDS, min_size=1, max_size=9).map(" ".join), max_size=14)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=4), st.booleans())
def test_any_text_is_split_verbatim_within_the_budget(pages: list[list[str]], boxed: bool) -> None:
    if boxed:
        made = [
            pdf_page(
                n,
                *[
                    Printed(text, 780.0 - 13 * at, 85, 480, 8.0 if at > 9 else 10.0)
                    for at, text in enumerate(rows)
                ],
            )
            for n, rows in enumerate(pages, 1)
        ]
    else:
        made = [text_page(n, "\n".join(rows)) for n, rows in enumerate(pages, 1)]
    source = pdf(*made)
    result = split_source(source, SHA)
    assert [item.page for item in result.pages] == made
    assert len({p.id for p in result.passages}) == len(result.passages)
    for passage in result.passages:
        raw = "".join(made[page - 1].text[start:end] for page, start, end in passage.spans)
        assert fold(passage.text) == fold(raw)
        assert passage.text == passage.text.strip()
        assert passage.tokens <= BUDGET
        assert passage.pages == (min(s[0] for s in passage.spans), max(s[0] for s in passage.spans))
        assert len(passage.labels) in (0, 2)
        ends = [0, *[end for _, end in passage.sentences]]
        assert all(ends[at] <= start < end for at, (start, end) in enumerate(passage.sentences))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 25), min_size=1, max_size=5, unique=True))
def test_no_prose_is_lost(seeds: list[int]) -> None:
    made = [pdf_page(n, *paragraph(prose(seed), 780.0)) for n, seed in enumerate(seeds, 1)]
    found = fold("".join(p.text for p in passages(pdf(*made))))
    assert sorted(found) == sorted(fold("".join(page.text for page in made)))


def test_prose_sample_has_two_sentences() -> None:
    page = pdf_page(1, *paragraph(PROSE, 780.0))
    assert len(passages(pdf(page))[0].sentences) == 2


def test_a_scan_whose_lines_have_no_size_keeps_its_paragraphs() -> None:
    first = (
        "Emissions from the burning of coal rose in every year of the decade, and the countries that met in the "
        "capital agreed to measure them in one way, to publish what they measured, and to meet again after two years."
    )
    second = (
        "Small islands asked for more: a fund for the dams they need, paid by those whose chimneys made the dams "
        "necessary, and a date on which its first payment would be due to the governments that had applied."
    )
    page = pdf_page(1, *paragraph(first, 700), *paragraph(second, 640))
    scanned = replace(page, lines=tuple(replace(line, size=None) for line in page.lines))
    found = [passage.text for passage in split_source(pdf(scanned), SHA).passages]
    assert [" ".join(text.split()) for text in found] == [f"{first} {second}"]
