"""The notices of a search in words, in each interface language; the English ones are those of the search object."""

from app.i18n import Words
from index.notices import Notice, NoticeKind, Value


def sentence(t: Words, notice: Notice) -> str:
    """Return a notice as a sentence. The reason for a search by words alone is English in every language."""
    values = notice.values
    match notice.kind:
        case NoticeKind.WORDS_ONLY:
            return t("Searching by words only: {reason}").format(reason=values["reason"])
        case NoticeKind.MEANING_PARTIAL:
            told = t(
                "Meaning is ready for {ready} of {documents} documents; the others are found by their words."
            )
            return told.format(**values)
        case NoticeKind.AMOUNT_ABSENT:
            return t("No passage holds the amount {amount}.").format(amount=values["amount"])
        case NoticeKind.OWN_WORDS_BROKEN:
            return t("Not used in this search: {reason}").format(reason=values["reason"])
        case NoticeKind.UNKNOWN_FILTER_VALUE:
            absent = _absent(t, str(values["key"])).format(value=values["value"])
            return f"{absent}; {_there_are(t, values['key'], values['known'], values['more'])}"


def _absent(t: Words, key: str) -> str:
    return {
        "publisher": t("no document has publisher “{value}”"),
        "type": t("no document is of type “{value}”"),
        "year": t("no document is of “{value}”"),
        "country": t("no document has country “{value}”"),
        "language": t("no document is in “{value}”"),
        "document": t("no document is called “{value}”"),
    }[key]


def _there_are(t: Words, key: Value, known: Value, more: Value) -> str:
    if not isinstance(known, tuple) or not known:
        return t("none has any {key}").format(key=key)
    names = ", ".join(known)
    if more:
        return t("there are: {names} and {n} more").format(names=names, n=more)
    return t("there are: {names}").format(names=names)
