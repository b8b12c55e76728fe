"""The notices of a search in words."""

from index.notices import Notice, NoticeKind

_HAS = {"document": "is called", "type": "is of type", "year": "is of", "language": "is in"}


def in_english(notice: Notice) -> str:
    """Return the sentence of a notice in plain English, as in the search object and on the command line."""
    values = notice.values
    match notice.kind:
        case NoticeKind.WORDS_ONLY:
            return f"Searching by words only: {values['reason']}"
        case NoticeKind.AMOUNT_ABSENT:
            return f"No passage holds the amount {values['amount']}."
        case NoticeKind.UNKNOWN_FILTER_VALUE:
            key = str(values["key"])
            return f"no document {_HAS.get(key, f'has {key}')} “{values['value']}”; {_there_are(notice)}"


def _there_are(notice: Notice) -> str:
    known, more = notice.values["known"], notice.values["more"]
    if not isinstance(known, tuple) or not known:
        return f"none has any {notice.values['key']}"
    return "there are: " + ", ".join(known) + (f" and {more} more" if more else "")
