"""Markup in texts, titles, file names and questions is shown literally; nothing opens, nothing is fetched."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

OUT = "http://evil.example"
PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    f"<img src={OUT}/a.png>",
    "<svg onload=alert(3)>",
    "<svg><script>alert(4)</script></svg>",
    "<iframe src=javascript:alert(5)></iframe>",
    f"<iframe src={OUT}/b></iframe>",
    "<a href=javascript:alert(6)>go</a>",
    "<body onload=alert(7)>",
    "<details open ontoggle=alert(8)>x</details>",
    f"<link rel=stylesheet href={OUT}/c.css>",
    f"<style>@import url({OUT}/d.css);</style>",
    f'<div style="background:url({OUT}/e.png)">x</div>',
    "<math><mtext><img src=x onerror=alert(9)></mtext></math>",
    "<input autofocus onfocus=alert(10)>",
    "<video src=x onerror=alert(11)></video>",
    f"<object data={OUT}/f></object>",
    f"<embed src={OUT}/g>",
    f"<meta http-equiv=refresh content='0;url={OUT}/h'>",
    f"<base href={OUT}/>",
    f"<form action={OUT}/i><button>send</button></form>",
    "</mark></blockquote><script>alert(12)</script>",
    '"><script>alert(13)</script>',
    "'><img src=x onerror=alert(14)>",
    '" onmouseover="alert(15)',
    "' onfocus='alert(16)' autofocus='",
    "`onerror=alert(17)`",
    "<!--><script>alert(18)</script>-->",
    "<![CDATA[<script>alert(19)</script>]]>",
    "&lt;script&gt;alert(20)&lt;/script&gt;",
    "&#60;script&#62;alert(21)&#60;/script&#62;",
    "<scr<script>ipt>alert(22)</scr</script>ipt>",
    "<SCRIPT SRC=//evil.example/j.js></SCRIPT>",
    "<noscript><p title='</noscript><img src=x onerror=alert(23)>'>",
    "<template><script>alert(24)</script></template>",
    "<xmp><img src=x onerror=alert(25)></xmp>",
    "<plaintext>",
    "<textarea><script>alert(26)</script>",
    "<marquee onstart=alert(27)>x</marquee>",
    "<audio src onloadstart=alert(28)>",
    f"![image]({OUT}/k.png)",
    f"[link]({OUT}/l)",
    "[script](javascript:alert(29))",
    f"[ref]: {OUT}/m",
    f"<{OUT}/n>",
    f"{OUT}/o",
    "www.evil.example/p",
    ":material/delete: icon",
    ":red[colour] and :smile: face",
    "**bold** _italic_ ~~gone~~",
    "`code` and $x^2$ formula",
    "# heading",
    "> quotation",
    "| a | b |",
    "- list",
    "{{ template }} {% raw %}",
    "${alert(30)}",
    "%3Cscript%3Ealert(31)%3C/script%3E",
    "javascript:alert(32)",
    "data:text/html,<script>alert(33)</script>",
]


def test_there_are_sixty() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) == 60


@pytest.fixture(scope="module")
def hostile(
    small_library: Path, tmp_path_factory: pytest.TempPathFactory, start_server: Any, run_pincite: Any
) -> Iterator[Any]:
    """A library with every payload in a text, a title, a publisher and, where a name may hold it, a file name."""
    folder = tmp_path_factory.mktemp("hostile")
    corpus = folder / "corpus"
    corpus.mkdir()
    lines = []
    for number, payload in enumerate(PAYLOADS):
        name = f"{number:02d} {payload.replace('/', '∕')}.txt"[:120]
        text = f"Marker m{number:02d}marker stands before {payload} and after it the sentence goes on."
        (corpus / name).write_text(text, encoding="utf-8")
        lines.append(f"[{toml(name)}]\ntitle = {toml(payload)}\npublisher = {toml(payload)}\nyear = 2020\n")
    (corpus / "catalogue.toml").write_text("\n".join(lines), encoding="utf-8")
    library = folder / "library"
    done = run_pincite("ingest", str(corpus), "--library", str(library), "--progress", "none")
    assert done.returncode == 0, done.stderr
    served = start_server(library, corpus, folder)
    yield served
    shutil.rmtree(folder, ignore_errors=True)


def toml(text: str) -> str:
    """Return a TOML basic string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def test_sixty_payloads_are_shown_literally(
    chromium: Any, hostile: Any, new_visit: Any, record_property: Callable[[str, object], None]
) -> None:
    record_property("soak", f"{len(PAYLOADS)} payloads, 0 dialogs, 0 requests to others")
    visit = new_visit(chromium, hostile)
    for number, payload in enumerate(PAYLOADS):
        visit.open(f"/?match=words&q=m{number:02d}marker+{quote(payload)}")
        card = visit.page.locator("article.card").filter(has_text=f"m{number:02d}marker").first
        shown = " ".join(card.locator("blockquote").inner_text().split())
        assert " ".join(payload.split()) in shown, payload
        assert " ".join(card.locator(".title").inner_text().split()) == payload
        assert " ".join(card.locator(".publisher").inner_text().split()) == payload
        assert payload in visit.page.get_by_role("searchbox").input_value()
    assert visit.faults == []


@pytest.mark.parametrize("page", ["/library", "/brief", "/help"])
def test_other_pages_run_nothing_either(chromium: Any, hostile: Any, new_visit: Any, page: str) -> None:
    visit = new_visit(chromium, hostile)
    visit.open("/?match=words&q=m01marker")
    visit.click("Add to brief")
    visit.click("Cite")
    assert "onerror" in visit.page.get_by_role("dialog").inner_text()
    visit.page.keyboard.press("Escape")
    visit.page.get_by_role("link", name=page.strip("/").capitalize()).first.click()
    visit.page.wait_for_url(f"**{page}*")
    visit.settle()
    if page == "/brief":
        assert PAYLOADS[1] in " ".join(
            visit.page.locator("article.card blockquote").first.inner_text().split()
        )
    assert visit.faults == []


def test_errors_of_the_address_run_nothing(chromium: Any, hostile: Any, new_visit: Any) -> None:
    visit = new_visit(chromium, hostile)
    for payload in PAYLOADS[:12]:
        visit.open(f"/?q=marker&publisher={quote(payload)}&type={quote(payload)}&lang={quote(payload)}")
        visit.open(f"/?year={quote(payload)}&passage={quote(payload)}&sort={quote(payload)}")
    assert visit.faults == []
