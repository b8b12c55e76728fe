"""The frame of a report: one self-contained HTML page, light and dark, fit for a phone and for print."""

from collections.abc import Iterable, Sequence
from html import escape

# The policy of the page itself: nothing is fetched and no script runs, whatever a title or a quote holds.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

_STYLE = """
:root{--bg:#fbfaf7;--card:#fff;--ink:#1d2127;--soft:#59616c;--line:#dcd9d1;--s1:#0072b2;--s2:#c24e00;
--s3:#00785a;--mark:#fff1b8;--markink:#1d2127;--bad:#a8330a;--good:#00694f;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--bg:#14171b;--card:#1c2026;--ink:#e9e7e2;--soft:#a6adb7;
--line:#343a43;
--s1:#62b6ec;--s2:#f0a04b;--s3:#42c49c;--mark:#5a4a10;--markink:#fff6d6;--bad:#ff9d75;--good:#5fd3ad}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,
"Noto Sans",sans-serif;overflow-wrap:anywhere}
main{max-width:1060px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:1.2rem;margin:44px 0 10px;padding-top:14px;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:0 0 4px}
p{margin:6px 0;max-width:72ch}
.soft{color:var(--soft);font-size:.9rem}
.head{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:22px 0 6px}
.card,article{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px}
.card b{display:block;font-size:1.9rem;line-height:1.15;font-variant-numeric:tabular-nums}
article{margin:0 0 12px}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(340px,100%),1fr));gap:14px}
figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px}
figcaption{font-weight:600;font-size:.95rem;margin-bottom:6px}
.plot{width:100%;max-width:500px;height:auto;display:block;margin:0 auto}
.plot text{fill:var(--ink);font-size:12px;font-variant-numeric:tabular-nums}
.plot .value{fill:var(--soft);font-size:11px}
.plot .grid{stroke:var(--line);stroke-width:1}.plot .axis,.plot .zero{stroke:var(--soft);stroke-width:1}
.s1{fill:var(--s1)}.s2{fill:var(--s2)}.s3{fill:var(--s3)}
.w1,.w2,.w3{stroke-width:2.5;stroke-linecap:round;opacity:.55}
.w1{stroke:var(--s1)}.w2{stroke:var(--s2)}.w3{stroke:var(--s3)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 16px;padding:0;margin:4px 0 8px;font-size:.9rem}
.legend svg{vertical-align:-2px;margin-right:5px}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:10px;background:var(--card);margin:8px 0}
table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
th,td{padding:7px 12px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap;
vertical-align:top}
tr:last-child td{border-bottom:0}th{color:var(--soft);font-weight:600}
th:first-child,td:first-child{text-align:left}td.long{white-space:normal;min-width:240px;text-align:left}
blockquote{margin:6px 0;padding:4px 12px;border-left:3px solid var(--s1)}
.badge{display:inline-block;border:1px solid var(--line);border-radius:99px;padding:0 9px;font-size:.8rem;
color:var(--soft);margin-right:4px}
ol.above{margin:4px 0 0;padding-left:26px;font-size:.92rem}ol.above li{margin:3px 0}
mark{background:var(--mark);color:var(--markink);padding:0 3px;border-radius:3px}
.bad{color:var(--bad);font-weight:600}.good{color:var(--good);font-weight:600}
details summary{cursor:pointer;padding:8px 0;font-weight:600}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;font-size:.9rem}
dt{color:var(--soft)}dd{margin:0}
@media (max-width:560px){main{padding:18px 14px 40px}h1{font-size:1.4rem}
dl{grid-template-columns:1fr}dd{margin-bottom:6px}
th,td{padding:6px 8px}}
@media print{body{background:#fff}article,figure{break-inside:avoid}.scroll{overflow:visible}}
"""


def page(title: str, parts: Iterable[str]) -> str:
    """Return a whole HTML page; `parts` are HTML, the title is text."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body><main>\n"
        + "\n".join(parts)
        + "\n</main></body></html>\n"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]], long: Sequence[int] = ()) -> str:
    """Return a table in a box that scrolls by itself. All cells are text; columns in `long` may wrap."""
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="long">{escape(cell)}</td>' if index in long else f"<td>{escape(cell)}</td>"
            for index, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0"><table><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def figure(caption: str, inside: str) -> str:
    """Return a plot with its caption."""
    return f"<figure><figcaption>{escape(caption)}</figcaption>{inside}</figure>"


def definitions(items: Iterable[tuple[str, str]]) -> str:
    """Return a list of names and values, both text."""
    return "<dl>" + "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in items) + "</dl>"


def paragraph(text: str, css: str = "") -> str:
    """Return a paragraph of plain text."""
    return f'<p class="{css}">{escape(text)}</p>' if css else f"<p>{escape(text)}</p>"
