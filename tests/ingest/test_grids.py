"""Printed tables whose columns and rows are certain, drawn with letters; and those in which something is in doubt."""

import pytest
from drawn_tables import page, tables

from ingest.structure.grids import grids_of

CERTAIN: dict[str, tuple[str, list[str]]] = {
    "years above, one head over both": (
        """
        Table 2
        Members insured
                          Insured, thousands
        Country           2015      2020
        Peru                12        34
        Chile               40        61
        Total               52        95
        """,
        [
            "[Table 2 Members insured]",
            " | Insured, thousands | Insured, thousands",
            "Country | 2015 | 2020",
            "--",
            "Peru | 12 | 34",
            "Chile | 40 | 61",
            "Total | 52 | 95",
        ],
    ),
    "years that begin anew have a head a run": (
        """
        Three months       Six months
        In millions         2022    2021       2022    2021
        Revenue               12      34         56      78
        Costs                  1       2          3       4
        """.replace("Three months       Six months", "                            Quarter           Half"),
        [
            " | Quarter | Quarter | Half | Half",
            "In millions | 2022 | 2021 | 2022 | 2021",
            "--",
            "Revenue | 12 | 34 | 56 | 78",
            "Costs | 1 | 2 | 3 | 4",
        ],
    ),
    "a label in two lines stands nearer than rows do": (
        """
                                        Field   Overall

        I know how the plan is
        managed here                       63        59

        I think that work is set
        in the right order                 58        50

        I have what I need                 54        51
        """,
        [
            " | Field | Overall",
            "--",
            "I know how the plan is managed here | 63 | 59",
            "I think that work is set in the right order | 58 | 50",
            "I have what I need | 54 | 51",
        ],
    ),
    "a title within the table is a row of its own": (
        """
                           2022     2021
        Assets
        Cash                 15       13
        Goods                83       90
        Debts
        Loans                 7        8
        """,
        [
            " | 2022 | 2021",
            "--",
            "Assets |  | ",
            "Cash | 15 | 13",
            "Goods | 83 | 90",
            "Debts |  | ",
            "Loans | 7 | 8",
        ],
    ),
    "signs of money stand with their figures": (
        """
                             2022           2021
        Income        $       100      $      90
        Costs               (40)            (30)
        """,
        [" | 2022 | 2021", "--", "Income | $ 100 | $ 90", "Costs | (40) | (30)"],
    ),
    "one row, all of whose columns have heads": (
        """
        FY 2010     FY 2011     FY 2012     Target
        Results     Results     Results
          77%         82%         85%         92%
        """,
        [
            " |  |  | Target",
            "FY 2010 Results | FY 2011 Results | FY 2012 Results | ",
            "--",
            "77% | 82% | 85% | 92%",
        ],
    ),
    "no heads, but labels and one column": (
        """
        March            18
        June             11
        September         4
        Total            33
        """,
        ["March | 18", "June | 11", "September | 4", "Total | 33"],
    ),
    "counters and labels are one column": (
        """
                               North     South
        1.  Lima                  12        14
        2.  Puno                  13        15
        10.  Tacna                16        17
        """,
        [" | North | South", "--", "1. Lima | 12 | 14", "2. Puno | 13 | 15", "10. Tacna | 16 | 17"],
    ),
    "rules column by column, cells of several lines": (
        """
        ============= =================== =========
        !Body         Name                Country
        ============= =================== =========
        Fund          Ana Lima            Peru
        ============= =================== =========
        Office of     Juan Silva          Brazil
        the Envoy
        ============= =================== =========
        Bank          Eva Ruiz            Chile
        ============= =================== =========
        """,
        [
            "Body | Name | Country",
            "--",
            "Fund | Ana Lima | Peru",
            "Office of the Envoy | Juan Silva | Brazil",
            "Bank | Eva Ruiz | Chile",
        ],
    ),
    "words, heads in smaller type, rows parted by white space": (
        """
        ~State         Report      Due             Examined

        Chile          Initial     1 July 2004     Ninth
                                   (two years
                                   late)

        Peru           Initial     1 May 2005      Tenth

                       Second      1 May 2010      -

        """,
        [
            "State | Report | Due | Examined",
            "--",
            "Chile | Initial | 1 July 2004 (two years late) | Ninth",
            "Peru | Initial | 1 May 2005 | Tenth",
            " | Second | 1 May 2010 | -",
        ],
    ),
    "words, heads over a rule, one line a row": (
        """
        Name            Country        Term ends
        ========================================
        Ana Lima        Peru           2027
        Juan Silva      Brazil         2025
        Eva Ruiz        Chile          2027
        Otto Meyer      Austria        2025
        """,
        [
            "Name | Country | Term ends",
            "--",
            "Ana Lima | Peru | 2027",
            "Juan Silva | Brazil | 2025",
            "Eva Ruiz | Chile | 2027",
            "Otto Meyer | Austria | 2025",
        ],
    ),
}
IN_DOUBT = {
    "two columns of prose": """
        the report says that in this year      of the other column, where the
        work went on in all of the regions     text goes on as well and says
        as it had been planned before and      in 2015 what was to be done by
        was not finished by the end of it      all of the members together in
        """,
    "an axis and its values": """
        Figure 3. Members
        30        12        14        20
        20         8         9        11
        10         1         2         3
        """,
    "rows that share a column": """
                         2015      2020
        Peru               12     34
        Chile                   40        61
        Brazil           7     8     9
        """,
    "a head over no column": """
                                                             2020
        Peru               12        34
        Chile              40        61
        """,
    "a column without a head": """
                                     2020
        Peru               12          34
        Chile              40          61
        Brazil             11          15
        """,
    "the table goes on below in other rows": """
                           2015        2020
        Peru                 12          34
        Chile                40          61
        Peru and Chile    not known      no
        """,
    "labels that run from row to row": """
                                 Field
        one label and
        the one that goes on
        with it                     12
        and this one
        and that too                13
        so on                       14
        """,
    "fields of a form": """
        ~Make:        Boat        Year:
        Hull          wood        1999
        Sail          linen       2001
        Oar           ash         2003
        Rope          hemp        2005
        """,
    "a line of its own": "Total 12 14",
}


@pytest.mark.parametrize("name", CERTAIN)
def test_a_table_without_doubt(name: str) -> None:
    picture, rows = CERTAIN[name]
    assert tables(picture) == [rows]


@pytest.mark.parametrize("name", IN_DOUBT)
def test_no_cells_where_something_is_in_doubt(name: str) -> None:
    assert tables(IN_DOUBT[name]) == []


def test_two_tables_of_a_page_have_heads_of_their_own() -> None:
    first, _ = CERTAIN["signs of money stand with their figures"]
    second, _ = CERTAIN["years above, one head over both"]
    found = tables(first.rstrip() + "\n\n\n\n" + second.lstrip("\n"))
    assert [rows[-1] for rows in found] == ["Costs | (40) | (30)", "Total | 52 | 95"]


def test_every_piece_of_a_table_is_read_once_and_rows_keep_to_their_line() -> None:
    for picture, _ in CERTAIN.values():
        drawn = page(picture)
        pieces = [piece for line in drawn.lines for piece in line.pieces or (line,)]
        (grid,) = grids_of(drawn.lines, drawn.rules)
        assert sorted((part.index, part.start) for part in grid.parts) == [
            (piece.index, piece.start) for piece in pieces
        ]
        firsts = [at for at, part in enumerate(grid.parts) if not part.same_line]
        rows = {place[0] for place in grid.places if place is not None}
        captions = sum(place is None for place in grid.places)
        assert len(firsts) == len(rows) + captions
        assert grid.head == captions + sum(row < 0 for row in rows)
