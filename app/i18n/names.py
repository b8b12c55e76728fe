"""How languages, countries, kinds of passages and types of documents are called in front of people."""

from functools import cache

from app.i18n import LANGUAGES, Words, words


def language_name(t: Words, code: str | None) -> str:
    """Return the name of a language in the interface language; an unlisted code in capitals."""
    names = {
        "en": t("English"),
        "es": t("Spanish"),
        "pt": t("Portuguese"),
        "fr": t("French"),
        "it": t("Italian"),
        "de": t("German"),
        "nl": t("Dutch"),
        "ru": t("Russian"),
        "ar": t("Arabic"),
        "zh": t("Chinese"),
        "qu": t("Quechua"),
    }
    return names.get(code or "", (code or t("unknown")).upper() if code else t("unknown"))


def kind_name(t: Words, kind: str) -> str | None:
    """Return what a passage is called where it is not running text, else None."""
    return {
        "footnote": t("Footnote"),
        "table": t("Table"),
        "caption": t("Caption"),
        "heading": t("Heading"),
        "list": t("List"),
        "contents": t("Contents"),
        "references": t("References"),
    }.get(kind)


def type_name(t: Words, kind: str | None) -> str:
    """Return the name of a document type in the interface language; an unlisted one as it stands.

    A catalogue may call it by its name in any of the interface languages.
    """
    word = (kind or "").casefold()
    return _type_names(t).get(_type_words().get(word, word), kind or t("unknown"))


@cache
def _type_words() -> dict[str, str]:
    """Return the names of document types in every interface language -> their keys in `_type_names`."""
    return {
        name.casefold(): key
        for language in reversed(LANGUAGES)
        for key, name in _type_names(words(language)).items()
    }


def _type_names(t: Words) -> dict[str, str]:
    return {
        "report": t("Report"),
        "policy paper": t("Policy paper"),
        "policy brief": t("Policy brief"),
        "working paper": t("Working paper"),
        "article": t("Article"),
        "journal article": t("Journal article"),
        "press release": t("Press release"),
        "web page": t("Web page"),
        "webpage": t("Web page"),
        "blog": t("Blog"),
        "law": t("Law"),
        "book": t("Book"),
        "statistics": t("Statistics"),
        "country profile": t("Country profile"),
        "fact sheet": t("Fact sheet"),
        "guidelines": t("Guidelines"),
        "digest": t("Digest"),
        "research digest": t("Research digest"),
        "project note": t("Project note"),
        "technical note": t("Technical note"),
        "web article": t("Web article"),
        "chronicle": t("Chronicle"),
        "comparison": t("Comparison"),
    }


def country_name(t: Words, code: str) -> str:
    """Return the name of a country (ISO 3166 alpha-3) in the interface language, else the code."""
    names = {
        "ARG": t("Argentina"),
        "BOL": t("Bolivia"),
        "BRA": t("Brazil"),
        "CHL": t("Chile"),
        "COL": t("Colombia"),
        "CRI": t("Costa Rica"),
        "CUB": t("Cuba"),
        "DOM": t("Dominican Republic"),
        "ECU": t("Ecuador"),
        "GTM": t("Guatemala"),
        "HND": t("Honduras"),
        "HTI": t("Haiti"),
        "MEX": t("Mexico"),
        "NIC": t("Nicaragua"),
        "PAN": t("Panama"),
        "PER": t("Peru"),
        "PRY": t("Paraguay"),
        "SLV": t("El Salvador"),
        "URY": t("Uruguay"),
        "USA": t("United States"),
        "VEN": t("Venezuela"),
        "ESP": t("Spain"),
        "BEL": t("Belgium"),
    }
    return names.get(code, code)
