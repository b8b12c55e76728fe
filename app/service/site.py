"""The site that is being served: which library, which corpus, which settings. One a process."""

import ipaddress
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, TypeGuard
from urllib.parse import urlsplit

from app.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Site:
    """What was asked to be served. `corpus` is the folder whose PDF files can be opened.

    `page` is False where `/api` is served alone.
    """

    library: Path
    corpus: Path | None = None
    settings: Settings = field(default_factory=Settings)
    host: str = "127.0.0.1"
    port: int = 8501
    page: bool = True


LONGEST_NAME = 200
"""Characters that the name of a person may have."""


def is_name(text: object) -> TypeGuard[str]:
    """Return whether this can be the name of a person: printable text, not empty and not endless."""
    return isinstance(text, str) and 0 < len(text) <= LONGEST_NAME and text.isprintable()


class Person(str):
    """The name of somebody who logged in, and what this person may do."""

    editor: bool
    reader: bool

    def __new__(cls, name: str, *, editor: bool = False, reader: bool = True) -> Self:
        """Make a name that knows its rights."""
        made = super().__new__(cls, name)
        made.editor, made.reader = editor, reader
        return made


def is_loopback(host: str) -> bool:
    """Return whether an address to listen on can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def may_edit(site: Site, person: str | None = None) -> bool:
    """Return whether somebody may change metadata: with a log-in the editors, else as configured.

    Where nothing is configured: whoever may upload, and on this machine everybody, unless a proxy brings in others.
    """
    settings = site.settings
    if knows_people(site):
        return settings.edit is not False and _is_editor(site, person)
    if settings.edit is not None:
        return settings.edit
    return settings.upload or (is_loopback(site.host) and not own_names(site))


def may_upload(site: Site, person: str | None = None) -> bool:
    """Return whether somebody may add files: where uploading is on, and with a log-in the editors alone."""
    settings = site.settings
    return settings.upload and (not knows_people(site) or _is_editor(site, person))


def knows_people(site: Site) -> bool:
    """Return whether people log in here, through a proxy or with OpenID Connect."""
    return site.settings.user_header is not None or site.settings.oidc_issuer is not None


def _is_editor(site: Site, person: str | None) -> bool:
    by_claim = isinstance(person, Person) and person.editor
    return person is not None and (by_claim or person in site.settings.editors)


def own_names(site: Site) -> frozenset[str]:
    """Return the names that the configuration gives the site, in lower case."""
    public = urlsplit(site.settings.public_url or "").hostname
    return frozenset(name.lower() for name in (*site.settings.allowed_hosts, public) if name)


def answers_to(site: Site, host: str) -> bool:
    """Return whether a request that calls this server `host` is answered.

    A server on the loopback address answers to loopback names only, so that a foreign name pointed at
    127.0.0.1 opens nothing. So does every server whose names are configured.
    """
    names = own_names(site)
    return is_loopback(host) or (host.lower() in names if names else not is_loopback(site.host))


def told(error: BaseException | str, site: Site | None = None) -> str:
    """Return a message as others may read it: where others may come in, folders of this machine by their last names."""
    site, message = site or current(), str(error)
    if is_loopback(site.host) and not own_names(site):
        return message
    model = Path(site.settings.model) if site.settings.model else None
    folders = [
        site.library,
        site.corpus,
        site.settings.cache,
        model,
        Path.home(),
        Path(tempfile.gettempdir()),
    ]
    named = {str(one.absolute()) for one in folders if one is not None}
    for folder in sorted(named - {"/"}, key=len, reverse=True):
        message = message.replace(folder, Path(folder).name)
    return message


class _Holder:
    site: Site | None = None


def install(site: Site) -> None:
    """Make this the site of the process; pages and routes ask `current` for it."""
    _Holder.site = site


def current() -> Site:
    """Return the installed site, or the one the environment describes."""
    if _Holder.site is None:
        from app.settings import library_folder

        settings = load_settings()
        _Holder.site = Site(library_folder(None, settings=settings), settings.corpus, settings)
    return _Holder.site
