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
        case (
            NoticeKind.AMOUNT_ABSENT
            | NoticeKind.PHRASE_ABSENT
            | NoticeKind.PLACE_ABSENT
            | NoticeKind.DISEASE_ABSENT
            | NoticeKind.NUMBER_ABSENT
            | NoticeKind.ABBREVIATION_ABSENT
            | NoticeKind.FIGURE_ABSENT
            | NoticeKind.FIGURE_APART
            | NoticeKind.EVENT_ABSENT
        ):
            return _not_held(t, notice)
        case NoticeKind.OWN_WORDS_BROKEN:
            return t("Not used in this search: {reason}").format(reason=values["reason"])
        case NoticeKind.UNKNOWN_FILTER_VALUE:
            absent = _absent(t, str(values["key"])).format(value=values["value"])
            return f"{absent}; {_there_are(t, values['key'], values['known'], values['more'])}"


def _not_held(t: Words, notice: Notice) -> str:
    """Return in words what was asked for and no passage holds."""
    key, value = next(iter(notice.values.items()))
    message = {
        "amount": t("No passage holds the amount {amount}."),
        "phrase": t("No passage holds “{phrase}” word by word; searched for its words."),
        "place": t("None of the passages found names {place}."),
        "disease": t("None of the passages found names {place}.").replace("{place}", "{disease}"),
        "number": t("None of the passages found holds the number {number}."),
        "abbreviation": t("None of the passages found spells out {abbreviation}."),
        "figure": _no_figure(t, str(value)),
        "figure_apart": t("No sentence of the first passages holds such a figure for what was asked about."),
        "event": t("The first passages do not say that this happened: “{event}”."),
    }[key]
    return message.format(**{key: value})


def _no_figure(t: Words, kind: str) -> str:
    return {
        "number": t("None of the passages found holds a number."),
        "share": t("None of the passages found holds a share or a percentage."),
        "money": t("None of the passages found holds a sum of money."),
        "date": t("None of the passages found holds a date."),
    }.get(kind, "")


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
