"""F28: names, sites and people: who is answered, directly and behind Debian's nginx."""

import asyncio
import base64
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from running_service import free_port, status_of, upgrade_status
from starlette.requests import HTTPConnection
from typer.testing import CliRunner

from app.cli import app
from app.service.site import Site, answers_to, may_edit, may_upload
from app.settings import Settings, load_settings
from app.web.people import as_told, named, person
from app.web.security import Guard, refusal
from ingest.errors import UsageError

HEADER = "X-Forwarded-User"
LOGIN = Settings(
    user_header=HEADER, trusted_proxies=("10.1.0.0/16", "127.0.0.1"), editors=("ana",), upload=True,
    public_url="https://papers.example", api_token="s3cret",
)  # fmt: skip
BEHIND = Site(Path("library"), settings=LOGIN)


def scope(peer: str = "127.0.0.1", kind: str = "http", **headers: str) -> dict[str, Any]:
    raw = [
        (name.replace("_", "-").lower().encode(), value.encode("latin-1")) for name, value in headers.items()
    ]
    return {
        "type": kind,
        "method": "GET",
        "path": "/",
        "headers": raw,
        "client": (peer, 1),
        "query_string": b"",
    }


# Names and sites ---------------------------------------------------------------------------------

NAMES = {
    "papers.example": True, "PAPERS.example": True, "127.0.0.1": True, "localhost": True,
    "evil.example": False, "papers.example.evil.example": False, "": False, "0.0.0.0": False,
}  # fmt: skip


@pytest.mark.parametrize("host", NAMES)
@pytest.mark.parametrize("listens", ["127.0.0.1", "0.0.0.0"])
def test_only_configured_names_are_answered(host: str, listens: str) -> None:
    assert answers_to(Site(Path("library"), settings=LOGIN, host=listens), host) is NAMES[host]
    more = Site(Path("library"), settings=Settings(allowed_hosts=("papers.example",)), host=listens)
    assert answers_to(more, host) is NAMES[host]


ORIGINS = {
    "no browser": ("papers.example", None, ""),
    "own page behind the proxy": ("papers.example", "https://papers.example", ""),
    "own page, name rewritten by the proxy": ("127.0.0.1:8501", "https://papers.example", ""),
    "own page on this machine": ("127.0.0.1:8501", "http://127.0.0.1:8501", ""),
    "another port": ("127.0.0.1:8501", "http://127.0.0.1:80", "not from another site"),
    "another site": ("papers.example", "https://evil.example", "not from another site"),
    "a name that begins like ours": (
        "papers.example",
        "https://papers.example.evil.example",
        "not from another site",
    ),
    "nobody": ("papers.example", "null", "not from another site"),
    "nothing": ("papers.example", "", "not from another site"),
    "no address": ("papers.example", "papers.example", "not from another site"),
    "a foreign name": ("evil.example", "https://evil.example", "unknown host name"),
}


@pytest.mark.parametrize("case", ORIGINS)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_the_origin_is_compared_on_page_and_socket(case: str, kind: str) -> None:
    host, origin, wanted = ORIGINS[case]
    headers = {"host": host} | ({} if origin is None else {"origin": origin})
    assert refusal(HTTPConnection(scope(kind=kind, **headers)), BEHIND) == wanted


def test_a_socket_of_another_site_never_reaches_the_page() -> None:
    reached: list[str] = []
    sent: list[Any] = []

    async def inside(given: Any, receive: Any, send: Any) -> None:
        reached.append(given["type"])

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    guard = Guard(inside, BEHIND)
    bad = scope(kind="websocket", host="papers.example", origin="https://evil.example")
    asyncio.run(guard(bad, receive, send))
    assert (reached, sent) == ([], [{"type": "websocket.close", "code": 1008}])
    good = scope(kind="websocket", host="papers.example", origin="https://papers.example")
    asyncio.run(guard(good, receive, send))
    assert reached == ["websocket"]


# People ------------------------------------------------------------------------------------------


def who(peer: str, **headers: str) -> str | None:
    return person(HTTPConnection(as_told(scope(peer, **headers), BEHIND)), BEHIND)


def test_a_name_is_believed_of_a_named_proxy_alone() -> None:
    assert who("127.0.0.1", x_forwarded_user="ana") == "ana"
    assert who("10.1.2.3", x_forwarded_user="ana") == "ana"
    for peer in ("10.2.0.1", "192.168.1.7", "::1", "not an address", ""):
        assert who(peer, x_forwarded_user="ana") is None, peer
        assert who(peer, X_FORWARDED_USER="ana") is None, peer
    assert who("127.0.0.1") is None
    assert who("127.0.0.1", x_forwarded_user=" ") is None


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 201, "a\u202eb"])
def test_odd_names_are_nobody(name: str) -> None:
    assert named(name) is None


def test_with_a_log_in_nobody_comes_in_beside_the_proxy() -> None:
    wide = Site(Path("library"), settings=LOGIN, host="0.0.0.0")

    def answer(peer: str, path: str = "/", **headers: str) -> str:
        asked = as_told({**scope(peer, host="papers.example", **headers), "path": path}, wide)
        return refusal(HTTPConnection(asked), wide)

    assert answer("10.1.2.3", x_forwarded_user="bob") == ""
    for path in ("/", "/_stcore/stream", "/files/x/y", "/media/x", "/apix"):
        assert (
            answer("203.0.113.9", path, x_forwarded_user="bob") == "log in through the proxy of this site"
        ), path
        assert answer("10.1.2.3", path) == "log in through the proxy of this site", path
    for path in ("/api/search", "/healthz", "/readyz"):  # /api asks for the token itself
        assert answer("203.0.113.9", path) == "", path


def test_the_address_behind_a_proxy() -> None:
    def seen(peer: str, forwarded: str) -> str:
        return str(as_told(scope(peer, x_forwarded_for=forwarded), BEHIND)["client"][0])

    assert seen("127.0.0.1", "203.0.113.7") == "203.0.113.7"
    assert seen("127.0.0.1", "1.2.3.4, 203.0.113.7, 10.1.0.9") == "203.0.113.7", (
        "what the outermost proxy saw"
    )
    assert seen("203.0.113.9", "127.0.0.1") == "203.0.113.9", "a forged one is not believed"
    assert seen("127.0.0.1", "") == "127.0.0.1"


def test_upload_and_edit_ask_the_person() -> None:
    assert may_edit(BEHIND, "ana")
    assert may_upload(BEHIND, "ana")
    for other in ("bob", None, ""):
        assert not may_edit(BEHIND, other)
        assert not may_upload(BEHIND, other)
    plain = Site(Path("library"))
    assert may_edit(plain)
    behind = Site(Path("library"), settings=Settings(public_url="https://papers.example"))
    assert not may_edit(behind), "a proxy brings in others"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ('trusted_proxies = ["x"]', "neither"),
        ('user_header = "a b"', "name of a header"),
        ("allowed_hosts = 3", "must be of type list"),
        ("open = 1", "must be of type bool"),
    ],
)
def test_wrong_settings_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, message: str
) -> None:
    path = tmp_path / "pincite.toml"
    path.write_text(written)
    monkeypatch.setenv("PINCITE_CONFIG", str(path))
    with pytest.raises(UsageError, match=message):
        load_settings()


@pytest.mark.parametrize("command", ["serve", "api"])
def test_other_machines_are_not_let_in_by_mistake(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    for name in ("serve", "serve_api"):
        monkeypatch.setattr(f"app.web.server.{name}", lambda *_, host, port: started.append(host))
    base = [command, "--library", str(tmp_path), "--host", "0.0.0.0"]
    refused = CliRunner().invoke(app, base)
    assert isinstance(refused.exception, UsageError)
    assert "--open" in str(refused.exception)
    assert not started
    told = CliRunner().invoke(app, [*base, "--open"])
    assert "can search and read all documents" in told.output
    assert started == ["0.0.0.0"]
    quiet = CliRunner().invoke(app, [command, "--library", str(tmp_path)])
    assert quiet.output == ""
    closed = {"serve": f'user_header = "{HEADER}"\n', "api": 'api_token = "s3cret"\n'}[command]
    (tmp_path / "pincite.toml").write_text(closed)
    monkeypatch.setenv("PINCITE_CONFIG", str(tmp_path / "pincite.toml"))
    assert CliRunner().invoke(app, base).output == ""
    assert started == ["0.0.0.0", "127.0.0.1", "0.0.0.0"]


# Debian's nginx ----------------------------------------------------------------------------------

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


def block_of_the_guide() -> str:
    """Return the server block that docs/page.md tells people to use."""
    text = (Path(__file__).parents[2] / "docs" / "page.md").read_text(encoding="utf-8")
    return text.partition("```nginx\n")[2].partition("```")[0]


@pytest.fixture(scope="module")
def proxied(
    small_library: Path, small_corpus: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    """The page behind nginx, set up as the guide says but for TLS, with two people: ana may edit, bob may read."""
    if not Path(NGINX).exists():
        if os.environ.get("CI"):
            pytest.fail("nginx is not installed")
        pytest.skip("nginx is not installed; .ci/run installs it")
    folder = tmp_path_factory.mktemp("nginx")
    port, inner = free_port(), free_port()
    library = shutil.copytree(small_library, folder / "library")
    (folder / "pincite.toml").write_text(
        f'corpus = "{small_corpus}"\nuser_header = "{HEADER}"\ntrusted_proxies = ["127.0.0.1"]\neditors = ["ana"]\n'
        f'public_url = "http://papers.example:{port}"\n'
    )
    (folder / "people").write_text("ana:{PLAIN}a\nbob:{PLAIN}b\n")
    (folder / "people").chmod(0o644)
    folder.chmod(0o755)
    block = block_of_the_guide().replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    block = block.replace("pincite.example.org", "papers.example").replace(
        "127.0.0.1:8501", f"127.0.0.1:{inner}"
    )
    block = block.replace("/etc/nginx/pincite.people", str(folder / "people"))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temps = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temps}{block}}}\n"
    )
    command = [sys.executable, "-m", "app.cli", "serve", "--library", str(library), "--port", str(inner)]
    environment = {**os.environ, "PINCITE_CONFIG": str(folder / "pincite.toml")}
    with (folder / "log").open("wb") as log:
        page = subprocess.Popen(
            command, env=environment, stdout=log, stderr=log, cwd=Path(__file__).parents[2]
        )
        proxy = subprocess.Popen(
            [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")], stdout=log, stderr=log
        )
    try:
        until = time.monotonic() + 60
        while ask(port, "/_stcore/health", "ana") != 200:
            assert page.poll() is None and time.monotonic() < until, (folder / "log").read_text()
            time.sleep(0.2)
        yield port
    finally:
        for process in (proxy, page):
            process.terminate()
            process.wait(20)


def login(name: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{name[0]}".encode()).decode()


def ask(
    port: int, path: str, name: str | None, method: str = "GET", data: bytes | None = None, **headers: str
) -> int:
    """Return the status of a request through nginx, by a person with a password."""
    given = {
        "Host": f"papers.example:{port}",
        **{key.replace("_", "-"): value for key, value in headers.items()},
    }
    if name is not None:
        given["Authorization"] = login(name)
    return status_of(f"http://127.0.0.1:{port}{path}", given, method, data)


def upgrade(port: int, name: str | None, origin: str) -> int:
    """Return the status with which the page's WebSocket is opened, or not."""
    log_in = [f"Authorization: {login(name)}"] if name else []
    return upgrade_status(port, "papers.example", origin, *log_in)


@pytest.mark.slow
def test_behind_nginx_two_people_with_different_rights(proxied: int) -> None:
    own = f"http://papers.example:{proxied}"
    assert ask(proxied, "/", None) == 401, "nginx asks who it is"
    for name in ("ana", "bob"):
        assert ask(proxied, "/", name) == 200
        assert ask(proxied, "/api/documents", name) == 200
        assert upgrade(proxied, name, own) == 101
    assert ask(proxied, "/api/ingest", "bob", "POST", b"") == 403
    assert ask(proxied, "/api/ingest", "bob", "POST", b"", X_Forwarded_User="ana") == 403, "a forged header"
    assert ask(proxied, "/api/ingest", "ana", "POST", b"") == 202


@pytest.mark.slow
def test_behind_nginx_other_sites_are_refused(proxied: int) -> None:
    for origin in (
        "https://evil.example",
        "null",
        f"http://papers.example:{proxied + 1}",
        "http://127.0.0.1:8501",
    ):
        assert upgrade(proxied, "ana", origin) == 403, origin
        for path in ("/", "/api/documents", "/_stcore/health"):
            assert ask(proxied, path, "ana", Origin=origin) == 403, (path, origin)
        assert ask(proxied, "/api/ingest", "ana", "POST", b"", Origin=origin) == 403
