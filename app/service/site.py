"""The site that is being served: which library, which corpus, which settings. One a process."""

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

from app.settings import Settings, load_settings

DEFAULT_SUGGESTIONS: tuple[str, ...] = (
    "¿Qué barreras enfrentan los migrantes para acceder a los servicios de salud?",
    "How many Venezuelan migrants live in Peru?",
    "What does health insurance cover for migrants without papers?",
    "Quais são as recomendações para integrar migrantes ao sistema de saúde?",
)
"""Offered where the configuration names none and the library has no tested questions of its own."""


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


def is_loopback(host: str) -> bool:
    """Return whether an address to listen on can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def may_edit(site: Site) -> bool:
    """Return whether visitors may change metadata: as configured, else on this machine or with upload."""
    settings = site.settings
    return settings.edit if settings.edit is not None else settings.upload or is_loopback(site.host)


def answers_to(site: Site, host: str) -> bool:
    """Return whether a request that calls this server `host` is answered.

    A server on the loopback address answers to loopback names only, so that a foreign name pointed at
    127.0.0.1 opens nothing.
    """
    return is_loopback(host) or not is_loopback(site.host)


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
