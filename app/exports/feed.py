"""A search as an Atom feed (RFC 4287): an entry for each passage, those of the newest documents first."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from lxml import etree
from lxml.builder import ElementMaker

from app.citations.styles import citation
from app.exports.escape import for_xml

if TYPE_CHECKING:
    from index.ranking.hits import Hit

MIME = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"
NEVER = "2005-12-01T00:00:00+00:00"
"""When a feed without entries was last changed: the month of RFC 4287, for validators doubt 1970."""
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_A = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})


def atom(hits: Sequence[Hit], *, question: str, own: str, page: str, link_to: Callable[[str], str]) -> bytes:
    """Return the feed of a search as XML in UTF-8, its entries in the order of the hits: newest documents first.

    `own` is the address of the feed, from which its id is made, `page` that of the search for people; `link_to` gives
    that of a passage by its id. A passage keeps the id of its entry for as long as its words stand in the file.
    """
    feed = _A.feed(
        _A.title(for_xml(question)),
        _A.id(uuid.uuid5(uuid.NAMESPACE_URL, own).urn),
        _A.updated(max(hit.document.added for hit in hits) if hits else NEVER),
        _A.author(_A.name("pincite")),
        _A.link(rel="self", type=MIME, href=own),
        _A.link(rel="alternate", type="text/html", href=page),
        *(_entry(hit, link_to(hit.passage.passage.id)) for hit in hits),
    )
    content: bytes = etree.tostring(feed, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return content


def _entry(hit: Hit, link: str) -> etree._Element:
    passage, document = hit.passage.passage, hit.document
    content = _A.content(for_xml(passage.display_text), type="text")
    if passage.language:
        content.set(_LANGUAGE, passage.language)
    return _A.entry(
        _A.title(for_xml(citation(document, passage))),
        _A.id(uuid.UUID(passage.id).urn),
        _A.updated(document.added),
        _A.author(_A.name(for_xml(document.metadata.publisher or document.file))),
        _A.link(rel="alternate", href=link),
        content,
    )
