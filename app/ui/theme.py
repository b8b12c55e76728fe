"""Colours and type of the page, light and dark, as Streamlit configuration.

Contrast of every text colour on its ground is at least 4.5:1 (WCAG 2.2, 1.4.3); a test computes it.
The fonts are those Streamlit carries itself, so nothing is fetched.
"""

LIGHT = {
    "primaryColor": "#0b5c63",
    "backgroundColor": "#ffffff",
    "secondaryBackgroundColor": "#f4f2ec",
    "textColor": "#1f272b",
    "linkColor": "#0b5c63",
    "borderColor": "#dedad0",
    "grayTextColor": "#59635f",
    "greenTextColor": "#20603c",
    "orangeTextColor": "#8a4511",
    "redTextColor": "#9e303b",
    "codeTextColor": "#1f272b",
    "codeBackgroundColor": "#f4f2ec",
    "dataframeHeaderBackgroundColor": "#f4f2ec",
}
DARK = {
    "primaryColor": "#63b9b5",
    "backgroundColor": "#14191b",
    "secondaryBackgroundColor": "#1e2528",
    "textColor": "#e7e6e1",
    "linkColor": "#86cfca",
    "borderColor": "#333d40",
    "grayTextColor": "#a9b2ae",
    "greenTextColor": "#8fd3a8",
    "orangeTextColor": "#efb07a",
    "redTextColor": "#f2a0a6",
    "codeTextColor": "#e7e6e1",
    "codeBackgroundColor": "#1e2528",
    "dataframeHeaderBackgroundColor": "#1e2528",
}
SIDEBAR = {
    "light": {"backgroundColor": "#f7f5f0", "secondaryBackgroundColor": "#ffffff"},
    "dark": {"backgroundColor": "#191f22", "secondaryBackgroundColor": "#232b2e"},
}
SHARED = {
    "font": "sans-serif",
    "headingFont": "serif",
    "baseFontSize": 16,
    "baseRadius": "0.4rem",
    "headingFontSizes": ["2rem", "1.5rem", "1.2rem", "1.05rem", "1rem", "1rem"],
    "headingFontWeights": [600, 600, 600, 600, 600, 600],
    "linkUnderline": True,
    "showWidgetBorder": True,
}


def options() -> dict[str, object]:
    """Return the theme as Streamlit configuration options (dotted name -> value)."""
    flat: dict[str, object] = {f"theme.{name}": value for name, value in SHARED.items()}
    for base, colours in (("light", LIGHT), ("dark", DARK)):
        flat |= {f"theme.{base}.{name}": value for name, value in colours.items()}
        flat |= {f"theme.{base}.sidebar.{name}": value for name, value in SIDEBAR[base].items()}
    return flat
