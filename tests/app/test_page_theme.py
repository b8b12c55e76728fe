"""Colours are readable, and what Streamlit is told keeps the page to itself."""

import re
from pathlib import Path

import pytest

from app.service.site import Site, is_loopback
from app.settings import Settings
from app.ui import theme
from app.web.server import options

CSS = (Path(theme.__file__).parent / "static" / "page.css").read_text("utf-8")
PAIRS = [("textColor", 4.5), ("linkColor", 4.5), ("grayTextColor", 4.5), ("primaryColor", 4.5)]


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_formula_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("base", ["light", "dark"])
@pytest.mark.parametrize(("name", "least"), PAIRS)
def test_theme_colours_are_readable(base: str, name: str, least: float) -> None:
    colours = theme.LIGHT if base == "light" else theme.DARK
    for ground in (
        colours["backgroundColor"],
        colours["secondaryBackgroundColor"],
        theme.SIDEBAR[base]["backgroundColor"],
    ):
        assert contrast(colours[name], ground) >= least


@pytest.mark.parametrize("side", [0, 1], ids=["light", "dark"])
def test_style_colours_are_readable(side: int) -> None:
    pairs = dict(re.findall(r"--([a-z-]+): light-dark\((#\w{6}, #\w{6})\)", CSS))
    colour = {name: value.split(", ")[side] for name, value in pairs.items()}
    for ink, ground in (
        ("ink", "paper"), ("ink", "tint"), ("soft", "paper"), ("soft", "tint"), ("accent", "paper"),
        ("accent", "calm-ground"), ("mark-ink", "mark"), ("ink", "warn-ground"), ("warn", "paper"),
        ("ink", "calm-ground"),
    ):  # fmt: skip
        assert contrast(colour[ink], colour[ground]) >= 4.5, (ink, ground)


def test_marks_have_ground_and_ink() -> None:
    rule = re.search(r"^mark \{([^}]*)\}", CSS, re.MULTILINE)
    assert rule and "background:" in rule[1] and "color:" in rule[1]


def test_the_style_fetches_nothing() -> None:
    assert "url(" not in CSS and "@import" not in CSS


def test_configuration_keeps_the_page_to_itself() -> None:
    told = options(Site(Path("x"), settings=Settings(upload_max_mb=7)))
    assert told["server.address"] == "127.0.0.1"
    assert told["server.headless"] is True
    assert told["browser.gatherUsageStats"] is False
    assert told["server.showEmailPrompt"] is False
    assert told["client.showErrorDetails"] == "none"
    assert told["client.toolbarMode"] == "minimal"
    assert told["server.enableXsrfProtection"] is True
    assert told["server.enableCORS"] is True
    assert told["server.fileWatcherType"] == "none"
    assert told["server.enableStaticServing"] is False
    assert told["server.maxUploadSize"] == 7


def test_streamlit_knows_every_option() -> None:
    from streamlit import config

    known = config.get_config_options()
    assert [name for name in options(Site(Path("x"))) if name not in known] == []


@pytest.mark.parametrize(
    ("host", "own"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False),
     ("10.1.1.1", False), ("evil.example", False)],
)  # fmt: skip
def test_loopback_addresses(host: str, own: bool) -> None:
    assert is_loopback(host) is own


def test_every_answer_forbids_other_hosts_and_frames() -> None:
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route
    from starlette.testclient import TestClient

    from app.web.security import HEADERS, POLICY, Guard

    def own(_: object) -> PlainTextResponse:
        return PlainTextResponse("x", headers={"Referrer-Policy": "same-origin"})

    served = Starlette(routes=[Route("/", own)], middleware=[Middleware(Guard, site=Site(Path()))])
    client = TestClient(served, base_url="http://127.0.0.1")
    for path in ("/", "/missing"):
        assert client.get(path).headers["content-security-policy"] == POLICY
    assert client.get("/").headers.get_list("referrer-policy") == ["same-origin"]
    assert set(HEADERS) <= set(client.get("/missing").headers)
    assert "http" not in POLICY and "*" not in POLICY and "frame-ancestors 'none'" in POLICY


def test_a_taken_port_is_told_with_another_to_try() -> None:
    import socket

    from app.web.server import serve
    from ingest.errors import PinciteError

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PinciteError, match=rf"port {port} is taken .* pincite serve --port {port + 1}"):
            serve(Path("nowhere"), port=port)


def test_an_unknown_address_is_told() -> None:
    from app.web.server import serve
    from ingest.errors import PinciteError

    with pytest.raises(PinciteError, match="cannot listen on"):
        serve(Path("nowhere"), host="203.0.113.7", port=8599)


def test_no_run_of_the_page_looks_through_all_objects() -> None:
    assert options(Site(Path("x")))["runner.postScriptGC"] is False
