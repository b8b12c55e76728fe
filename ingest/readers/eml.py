"""E-mail (.eml) to Source: the subject as title, the text as paragraphs; attachments are named, not read."""

import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import parsedate_to_datetime

from ingest.errors import UnreadableFile
from ingest.readers.encodings import misread_flags
from ingest.readers.html import web_text
from ingest.readers.limits import Limits
from ingest.readers.line_writer import LineWriter, folded
from ingest.readers.office_package import short_reason
from ingest.readers.source import Source
from ingest.readers.text import decode

# A line this long was wrapped by the mail program: the next one goes on with it.
WRAPPED = 55
NAMED_ATTACHMENTS = 20
_ITEM = re.compile(r"(?:[-*+•]|\(?\w{1,3}[.)])\s")
_HEADER = re.compile(
    rb"(?:received|return-path|from|to|subject|date|message-id|mime-version|delivered-to|x-[\w-]+|dkim-signature"
    rb"|content-type|reply-to|sender|thread-topic|authentication-results|arc-seal):",
    re.IGNORECASE,
)


def begins_like_mail(data: bytes) -> bool:
    """Return whether content begins with a header line of a mail."""
    return _HEADER.match(data[:200].lstrip(b"\xef\xbb\xbf\r\n")) is not None


def read_eml(data: bytes, limits: Limits, *, on_page: Callable[[int, int], None] | None = None) -> Source:
    """Read a mail as one unpaged Source: its plain text, else its HTML.

    Raises: UnreadableFile when it is damaged, too large, or without text.
    """
    try:
        message = message_from_bytes(data, policy=policy.default)
        info = _info(message)
        writer, flags = _body(message)
        notes = tuple(_notes(message))
    except (UnreadableFile, MemoryError, RecursionError):
        raise
    except Exception as error:
        raise UnreadableFile(f"damaged e-mail ({short_reason(error)})") from error
    if not writer.parts:
        raise UnreadableFile("holds no text", "empty")
    whole = LineWriter()
    whole.say(info.get("title", ""))
    whole.end_line("h1")
    whole.append(writer)
    if whole.length > limits.text:
        raise UnreadableFile(f"has more than {limits.text:,} characters of text: split the file")
    if on_page:
        on_page(1, 1)
    text = "\n".join(whole.parts)
    return Source("eml", False, (whole.page(flags | misread_flags(text)),), info=info, notes=notes)


def _body(message: EmailMessage) -> tuple[LineWriter, frozenset[str]]:
    writer = LineWriter()
    plain = message.get_body(("plain",))
    if plain is not None and (text := _content(plain)).strip():
        for line, role in _lines(text):
            writer.say(line)
            writer.end_line(role)
        return writer, frozenset()
    page = message.get_body(("html",))
    if page is None:
        return writer, frozenset()
    web = web_text(_content(page))
    return web.writer, web.flags


def _content(part: MIMEPart) -> str:
    """Return the text of a part; one in an encoding that is not known, as its bytes tell."""
    try:
        return str(part.get_content()).replace("\r\n", "\n")
    except LookupError:
        payload = part.get_payload(decode=True)
        return decode(payload) if isinstance(payload, bytes) else ""


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Yield paragraphs and list items with their roles: lines that a mail program wrapped are one."""
    joined, last = "", ""
    for line in [*text.split("\n"), ""]:
        bare = line.strip()
        goes_on = joined and bare and len(last) >= WRAPPED and not _ITEM.match(bare)
        if goes_on and (line[:1] == ">") == (joined[:1] == ">"):
            joined += " " + bare.lstrip("> ")
        else:
            if joined:
                yield joined, "li" if _ITEM.match(joined) else "p"
            joined = bare
        last = bare


def _info(message: EmailMessage) -> dict[str, str]:
    values = {
        "title": _header(message, "subject"), "author": _header(message, "from"),
        "recipient": _header(message, "to"), "date": _date(message),
    }  # fmt: skip
    return {key: value for key, value in values.items() if value}


def _header(message: EmailMessage, name: str) -> str:
    return folded(str(message.get(name, "")))[:1000]


def _date(message: EmailMessage) -> str:
    try:
        return parsedate_to_datetime(_header(message, "date")).isoformat()
    except (ValueError, TypeError, IndexError):
        return ""


def _notes(message: EmailMessage) -> Iterator[str]:
    names = [
        folded(part.get_filename() or part.get_content_type())[:100] for part in message.iter_attachments()
    ]
    if names:
        more = f" and {len(names) - NAMED_ATTACHMENTS} more" if len(names) > NAMED_ATTACHMENTS else ""
        yield f"attachments, not read: {', '.join(names[:NAMED_ATTACHMENTS])}{more}"
