"""What a process has to load before its first answer."""

import subprocess
import sys


def test_searching_loads_no_database_no_model_library_and_nothing_that_publishes() -> None:
    """Each of these costs a fresh process between a fiftieth of a second and several seconds."""
    heavy = (
        *("sqlalchemy", "torch", "sentence_transformers", "urllib.request", "streamlit", "rich"),
        *("importlib.metadata", "numpy.ma", "index.embedding.bundled_e5", "index.snapshot.generation"),
    )
    code = f"import sys; from index.search import Searcher; print([n for n in {heavy} if n in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
