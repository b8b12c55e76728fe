"""What Streamlit runs for every visitor; everything is in the modules it calls."""

from app.page.shell import run

run()
