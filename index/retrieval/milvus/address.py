"""The address of a search on a Milvus server: `milvus://[USER:PASSWORD@]HOST[:PORT]/NAME[?secure=true]`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from ingest.errors import UsageError

SCHEME = "milvus"
PORT = 19530
FORM = "milvus://HOST:19530/NAME"
_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A server, who asks it, and the name that the collections of one library begin with."""

    host: str
    port: int
    name: str
    user: str = ""
    password: str = ""
    secure: bool = False

    @classmethod
    def parse(cls, written: str) -> Address:
        """Return what was written. Raises UsageError where it is no such address."""
        parts = urlsplit(written)
        if parts.scheme != SCHEME:
            raise UsageError(f"{parts.scheme}://: a search runs on this machine or on Milvus. Write {FORM}")
        name = parts.path.strip("/")
        try:
            port = parts.port or PORT
        except ValueError as error:
            raise UsageError(f"search: {error}. Write {FORM}") from error
        if not parts.hostname or not _NAME.fullmatch(name):
            where = f"{SCHEME}://{parts.hostname or ''}"
            raise UsageError(f"{where}: names no host, or no name of letters, digits and _. Write {FORM}")
        return cls(
            host=parts.hostname,
            port=port,
            name=name,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            secure=dict(parse_qsl(parts.query)).get("secure") == "true",
        )

    @property
    def shown(self) -> str:
        """The address as messages and manifests show it, without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{SCHEME}://{host}:{self.port}/{self.name}"

    @property
    def uri(self) -> str:
        """What pymilvus connects to."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http{'s' if self.secure else ''}://{host}:{self.port}"
