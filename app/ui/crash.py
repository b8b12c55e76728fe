"""What a visitor sees when something fails: a reference, never a traceback."""

import logging
import secrets

from app.i18n import Words
from ingest.errors import LibraryAway

log = logging.getLogger(__name__)


def told(t: Words, error: BaseException) -> str:
    """Return the line that a visitor sees: what to do where that is known, else a reference."""
    if isinstance(error, LibraryAway):
        log.warning("%s", error)
        return t(
            "The database of the library cannot be reached. Questions are still answered; try again in a moment."
        )
    return t("Something went wrong. Reference: {reference}.").format(reference=reference(error))


def reference(error: BaseException) -> str:
    """Write the error with its traceback to the log and return the reference under which it stands there.

    The log gets no question and no text of a document: only where it failed.
    """
    ident = secrets.token_hex(4)
    log.error("reference %s: %s", ident, type(error).__name__, exc_info=error)
    return ident


def on_script_error(error: Exception) -> bool:
    """Show the crash message for errors that `shell.run` could not catch (callbacks of widgets)."""
    import streamlit as st

    from app.ui.state import words

    st.error(told(words(), error))
    return True
