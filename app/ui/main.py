"""What Streamlit runs for every visitor; everything is in the modules it calls."""

from app.ui.shell import run

run()
