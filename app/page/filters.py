"""Filters with counts in the sidebar, and the active ones as pills above the results."""

from collections.abc import Callable, Mapping

import streamlit as st

from app.escape import for_markdown
from app.i18n import Words
from app.page import place, state
from app.page.address import FILTERS

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
    pills = [(name, value, shown[name](value)) for name, values in here.filters.items() for value in values]
    if here.years:
        low, high = here.years
        pills.append(("year", "", str(low) if low == high else f"{low}–{high}"))
    if not pills:
        return
    with st.container(key="active_filters", horizontal=True, gap="small"):
        for name, value, text in pills:
            st.button(
                for_markdown(text),
                key=f"unset-{name}-{value}",
                icon=":material/close:",
                help=t("Remove this filter"),
                on_click=_unset,
                args=(name, value),
            )


def clear() -> None:
    """Take all filters off."""
    state.change(filters={}, years=None)


def _filters(t: Words) -> list[tuple[str, str, Callable[[str], str]]]:
    return [
        ("publisher", t("Publisher"), str),
        ("type", t("Type"), lambda value: place.type_name(t, value)),
        ("country", t("Country"), lambda value: place.country_name(t, value)),
        ("doclang", t("Language"), lambda value: place.language_name(t, value)),
    ]


def _choice(t: Words, name: str, title: str, shown: Callable[[str], str], counts: Mapping[str, int]) -> None:
    chosen = list(state.address().filters.get(name, ()))
    values = sorted(
        set(counts) | set(chosen), key=lambda value: (-counts.get(value, 0), shown(value).casefold())
    )
    if len(values) < 2 and not chosen:
        return

    def label(value: str) -> str:
        return f"{for_markdown(shown(value))} ({counts.get(value, 0)})"

    key = state.seed(f"filter_{name}", chosen)
    if len(values) <= MOST_PILLS:
        st.pills(
            title,
            values,
            selection_mode="multi",
            format_func=label,
            key=key,
            on_change=_set,
            args=(name, key),
        )
    else:
        st.multiselect(
            title,
            values,
            format_func=lambda value: f"{shown(value)} ({counts.get(value, 0)})",
            key=key,
            on_change=_set,
            args=(name, key),
            placeholder=t("All"),
        )


def _set(name: str, key: str) -> None:
    filters = {**state.address().filters, name: tuple(st.session_state[key] or ())}
    state.change(filters={k: v for k, v in filters.items() if v})


def _unset(name: str, value: str) -> None:
    if name == "year":
        state.change(years=None)
        return
    filters = dict(state.address().filters)
    filters[name] = tuple(v for v in filters.get(name, ()) if v != value)
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
