"""What stands around the text of a web page: cookie banners, menus, share bars, related news, comments.

Told by what a block is called (class, id, role) and by lists of short links. Where a rule could take text, it does not
hold: text that is lost is worse than a menu that stays (see the decision on boilerplate of web pages).
"""

import re
from dataclasses import dataclass
from typing import Any

_CANDIDATES = frozenset({"div", "section", "ul", "ol", "td", "span", "a", "p", "header"})
# Words of a class or id. "sidebar" says what a block is; "with-sidebar" and "has-sidebar" say what it lies beside.
_NAMED = re.compile(
    r"""(?<![a-z0-9])(?:
    cookies?(?:-?\w+)?|gdpr|consent|breadcrumbs?|migas|skip-?(?:link|to|nav)\w*|nav|navbar|navigation|navegacion|navegacao
    |menus?|submenu|topbar|shar(?:e|ing|edaddy)|addtoany|compartir|compartilhar|social-(?:media|links|icons|bar|buttons)
    |newsletter|subscribe|suscripcion|disqus\w*|respond|pager|pagination|paginacion|paginacao|widget|site-?footer
    |footer|rodape|masthead|site-?header|lang(?:uage)?-?(?:switch\w*|selector)|tag-?cloud
    |related-?(?:posts?|content|news|articles|stories|links)|you-may-also-like
    |(?:noticias|contenidos?|enlaces|articulos)-(?:relacionad[oa]s|destacad[oa]s)
    |(?<!with-)(?<!has-)(?<!no-)sidebar
    )(?![a-z0-9])""",
    re.VERBOSE,
)
_COMMENTS = re.compile(
    r"(?<![a-z0-9])(?:comments-?(?:area|list|section|wrapper)?|comment-(?:list|form|respond))(?![a-z0-9])"
)
_DIALOGS = frozenset({"dialog", "alertdialog"})
# A block that holds more of the page is called after its place in it; comments may be longer than the text.
MOST_OF_PAGE = 0.5
# A list of at least so many links, of so few words each on average, with hardly a letter beside them, is a menu.
MIN_LINKS = 4
LINK_WORDS = 4.0
LINK_SHARE = 0.9
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Tells the blocks of a page that are none of its text.

    `whole` is the length of all text; `has_main` says that the page marks its text as such, `has_menus` that it has
    links enough for one. Asked from the outside
    in, so that a page nested without end is refused before it costs anything.
    """

    whole: int = 0
    has_main: bool = False
    has_menus: bool = False

    @classmethod
    def of(cls, tree: Any) -> "Boilerplate":
        """Return what tells it for a page."""
        length = len(tree.body.text()) if tree.body is not None else 0
        links = len(tree.css("a[href]"))
        return cls(length, tree.css_first("main, article") is not None, links >= MIN_LINKS)

    def holds(self, node: Any) -> bool:
        """Return whether a block is none of the text of the page."""
        if not self.whole or node.tag not in _CANDIDATES:
            return False
        if _is_named(node, self.whole):
            return True
        return self.has_menus and _is_menu(node) and not (self.has_main and _within_main(node))


def _is_named(node: Any, whole: int) -> bool:
    attributes = node.attributes
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower().replace("_", "-")
    dialog = attributes.get("role") in _DIALOGS
    comments = _COMMENTS.search(names) is not None
    if not (dialog or comments or _NAMED.search(names)) or _holds_main(node):
        return False
    if not dialog and _is_named_by_heading(node):
        return False
    return comments or len(node.text()) <= MOST_OF_PAGE * whole


def _holds_main(node: Any) -> bool:
    return any(node.css_first(tag) is not None for tag in ("main", "article", "h1"))


def _is_named_by_heading(node: Any) -> bool:
    """Return whether the id is that of the heading inside, as programs make it: "informed-consent"."""
    ident = re.sub(r"[\W_]+", "-", (node.attributes.get("id") or "").lower()).strip("-")
    return bool(ident) and any(
        re.sub(r"[\W_]+", "-", heading.text().lower()).strip("-").startswith(ident)
        for heading in node.css("h1, h2, h3, h4, h5, h6")
    )


def _is_menu(node: Any) -> bool:
    """Return whether a block is a list of short links to other pages; a table of linked names is none."""
    if node.tag not in ("div", "ul", "ol", "td") or len(node.css("tr")) > 1:
        return False
    links = node.css("a[href]")
    if len(links) < MIN_LINKS or any((link.attributes.get("href") or "").startswith("#") for link in links):
        return False
    texts = [link.text() for link in links]
    words = sum(len(text.split()) for text in texts)
    linked = sum(len(_LETTERS.findall(text)) for text in texts)
    return words <= LINK_WORDS * len(links) and linked >= LINK_SHARE * len(_LETTERS.findall(node.text()))


def _within_main(node: Any) -> bool:
    while node is not None:
        if node.tag in ("main", "article"):
            return True
        node = node.parent
    return False
