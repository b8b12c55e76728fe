"""A small OpenID provider on loopback for tests: discovery, keys, authorization code, ID tokens signed with RS256.

Who logs in is what the test says beforehand (`claims`); `spoil` lets a token go wrong in one way.
"""

import json
import secrets
import threading
import time
from base64 import b64decode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "pincite", "client-secret"


@dataclass
class Provider:
    """One provider: its address, its key, the claims of whoever logs in next, and the codes that it gave out."""

    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False))
    foreign: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False))
    claims: dict[str, Any] = field(default_factory=dict)
    spoil: str = ""
    codes: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "1", "iat": now, "exp": now + 300, "nonce": nonce}
        claims |= self.claims
        wrong: dict[str, dict[str, Any]] = {
            "issuer": {"iss": "https://other.example"},
            "audience": {"aud": "another"},
            "old": {"iat": now - 9_000, "exp": now - 8_000},
            "nonce": {"nonce": "another"},
        }
        claims |= wrong.get(self.spoil, {})
        if self.spoil == "unsigned":
            return f"{_part({'alg': 'none'})}.{_part(claims)}."
        key = self.foreign if self.spoil == "signature" else self.key
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)

    def discovery(self) -> dict[str, Any]:
        places = {"authorization": "/authorize", "token": "/token", "userinfo": "/userinfo"}
        return {
            "issuer": self.issuer,
            **{f"{name}_endpoint": self.issuer + path for name, path in places.items()},
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }


def _part(value: dict[str, Any]) -> str:
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def start(provider: Provider) -> ThreadingHTTPServer:
    """Serve a provider on a port of its own until `shutdown` is called."""

    class Answer(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
            provider.asked.append(path)
            if path == "/.well-known/openid-configuration":
                self.say(provider.discovery())
            elif path == "/keys":
                self.say({"keys": [provider.key.as_dict(private=False)]})
            elif path == "/authorize" and query["client_id"] == [CLIENT]:
                code = secrets.token_hex(8)
                provider.codes[code] = query.get("nonce", [""])[0]
                back = urlencode({"code": code, "state": query["state"][0]})
                self.send_response(302)
                self.send_header("Location", f"{query['redirect_uri'][0]}?{back}")
                self.end_headers()
            else:
                self.say({"error": "not_found"}, 404)

        def do_POST(self) -> None:
            sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            provider.asked.append(self.path)
            given = self.headers.get("Authorization", "").removeprefix("Basic ")
            nonce = provider.codes.pop(sent.get("code", [""])[0], None)
            if b64decode(given).decode() != f"{CLIENT}:{SECRET}" or nonce is None:
                self.say({"error": "invalid_grant"}, 400)
                return
            token = {"access_token": secrets.token_hex(8), "token_type": "Bearer", "expires_in": 300}
            self.say({**token, "id_token": provider.id_token(nonce)})

        def say(self, value: dict[str, Any], status: int = 200) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
