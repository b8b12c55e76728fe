"""Filters with counts in the sidebar, and the active ones as pills above the results."""

from collections.abc import Callable, Mapping

import streamlit as st

from app.exports.escape import for_label, for_markdown
from app.i18n import Words, names
from app.ui import state
from app.ui.address import FILTERS

# Up to this many values are shown as pills; more go into a box one can type in (publishers, countries).
MOST_PILLS = 6

Facets = Mapping[str, Mapping[str, int]]


def sidebar(t: Words, facets: Facets) -> None:
    """Draw every filter that has something to choose between, or is set."""
    with st.sidebar:
        st.html(f'<h2 class="side">{t("Filters")}</h2>')
        for name, title, shown in _filters(t):
            _choice(t, name, title, shown, facets.get(FILTERS[name], {}))
        _years(t, facets.get("year", {}))
        here = state.address()
        if here.filters or here.years:
            st.button(
                t("Clear filters"), on_click=clear, key="clear_filters", icon=":material/filter_alt_off:"
            )


def active(t: Words) -> None:
    """Draw the filters that are set as pills; pressing one takes it off."""
    here = state.address()
    shown = {name: show for name, _, show in _filters(t)}
    pills: dict[tuple[str, str], list[str]] = {}
    for name, values in here.filters.items():
        for value in values:
            pills.setdefault((name, shown[name](value)), []).append(value)
    if here.years:
        low, high = here.years
        pills["year", str(low) if low == high else f"{low}–{high}"] = []
    if not pills:
        return
    with st.container(key="active_filters", horizontal=True, gap="small"):
        for (name, text), raw in pills.items():
            st.button(
                for_markdown(text),
                key=f"unset-{name}-{text}",
                icon=":material/close:",
                help=t("Remove this filter"),
                on_click=_unset,
                args=(name, tuple(raw)),
            )


def clear() -> None:
    """Take all filters off."""
    state.change(filters={}, years=None)


def _filters(t: Words) -> list[tuple[str, str, Callable[[str], str]]]:
    return [
        ("publisher", t("Publisher"), str),
        ("type", t("Type"), lambda value: names.type_name(t, value)),
        ("country", t("Country"), lambda value: names.country_name(t, value)),
        ("doclang", t("Language"), lambda value: names.language_name(t, value)),
    ]


def _choice(t: Words, name: str, title: str, shown: Callable[[str], str], counts: Mapping[str, int]) -> None:
    here = state.address().filters.get(name, ())
    # Values of one name (a type in two languages) are one choice.
    groups: dict[str, list[str]] = {}
    for value in sorted(set(counts) | set(here)):
        groups.setdefault(shown(value), []).append(value)
    numbers = {text: sum(counts.get(value, 0) for value in values) for text, values in groups.items()}
    texts = sorted(groups, key=lambda text: (-numbers[text], text.casefold()))
    chosen = [text for text in texts if not set(groups[text]).isdisjoint(here)]
    if len(texts) < 2 and not chosen:
        return
    pills = len(texts) <= MOST_PILLS
    labels = {text: f"{for_markdown(text) if pills else for_label(text)} ({numbers[text]})" for text in texts}
    key = state.seed(state.labelled(f"filter_{name}", labels), chosen)
    if pills:
        st.pills(
            title,
            texts,
            selection_mode="multi",
            format_func=lambda text: labels.get(text, text),
            key=key,
            on_change=_set,
            args=(name, key, groups),
        )
    else:
        st.multiselect(
            title,
            texts,
            format_func=lambda text: labels.get(text, text),
            key=key,
            on_change=_set,
            args=(name, key, groups),
            placeholder=t("All"),
        )


def _set(name: str, key: str, groups: Mapping[str, list[str]]) -> None:
    values = tuple(value for text in st.session_state[key] or () for value in groups[text])
    filters = {**state.address().filters, name: values}
    state.change(filters={k: v for k, v in filters.items() if v})


def _unset(name: str, values: tuple[str, ...]) -> None:
    if name == "year":
        state.change(years=None)
        return
    filters = dict(state.address().filters)
    filters[name] = tuple(v for v in filters.get(name, ()) if v not in values)
    state.change(filters={k: v for k, v in filters.items() if v})


def _years(t: Words, counts: Mapping[str, int]) -> None:
    known = sorted(int(year) for year in counts if year.isdigit())
    chosen = state.address().years
    low = min([*known, *(chosen or ())], default=0)
    high = max([*known, *(chosen or ())], default=0)
    if low == high:
        return
    value = chosen or (low, high)
    st.slider(
        t("Year"),
        low,
        high,
        key=state.seed("filter_year", (max(low, value[0]), min(high, value[1]))),
        on_change=_set_years,
        args=(low, high),
    )


def _set_years(low: int, high: int) -> None:
    chosen = st.session_state["filter_year"]
    state.change(years=None if tuple(chosen) == (low, high) else tuple(chosen))
