"""What several rooms' tests share: a small corpus of real files, and its library made by the real commands."""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from milvus_server import milvus, milvus_url  # noqa: F401  # fixtures
from postgres_server import postgres, schema_url  # noqa: F401  # fixtures
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

# Messages are expected in English, whatever the machine speaks.
for _name in ("LC_ALL", "LC_MESSAGES", "LANG"):
    if os.environ.get(_name, "")[:2] in {"es", "pt"}:
        os.environ[_name] = "C.UTF-8"

# The same examples in every run: what fails on one machine fails on all.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")

REPOSITORY = Path(__file__).parent.parent
SHARED_DATA = REPOSITORY.parent / "shared" / "data"

CONNECTIONS = "OUTSIDE_CONNECTIONS"


def pytest_configure(config: pytest.Config) -> None:
    """Let this Python, and each that tests start, write down its connections to other machines."""
    if not hasattr(config, "workerinput"):
        handle, os.environ[CONNECTIONS] = tempfile.mkstemp(prefix="connections-")
        os.close(handle)
        watch = str(Path(__file__).parent / "outside_connections")
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [watch, os.environ.get("PYTHONPATH", "")]))
    if "sitecustomize" not in sys.modules or not hasattr(sys.modules["sitecustomize"], "is_outside"):
        from outside_connections import sitecustomize  # noqa: F401


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the browser tests last: one that drove a browser leaves an event loop here, where no other may start."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run if anything in it asked another machine."""
    if hasattr(session.config, "workerinput"):
        return
    path = Path(os.environ.pop(CONNECTIONS))
    seen = path.read_text(encoding="utf-8")
    path.unlink()
    if seen:
        print(f"\nconnections to other machines:\n{seen}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


PAGES = (
    "In 2023 the Lima clinic network registered 4,812 consultations by Venezuelan patients. Most came for "
    "prenatal care. Waiting times fell to nine days after the second shift opened.",
    "Insurance coverage stays low: only 31 percent of the people interviewed had a SIS policy. Those without a "
    "residence permit cannot enrol. Decree 1466 opens an exception for pregnant women and for children under five.",
)
SPANISH = (
    "Resumen: salud mental de las personas migrantes\n\n"
    "El miedo a ser rechazadas aleja a muchas mujeres de los centros de salud. "
    "Los equipos comunitarios de Tumbes acompañan a quienes denuncian violencia.\n"
    "\fLa línea telefónica gratuita atendió 920 llamadas en seis meses. Una de cada tres pidió apoyo psicológico.\n"
)


def write_pdf(path: Path, pages: tuple[str, ...]) -> None:
    """Write a plain PDF, one text a page, wrapped at 85 characters."""
    import textwrap

    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    for text in pages:
        for row, line in enumerate(textwrap.wrap(text, 85)):
            canvas.drawString(72, 760 - 16 * row, line)
        canvas.showPage()
    canvas.save()


@pytest.fixture(scope="session")
def write_pages() -> Callable[[Path, tuple[str, ...]], None]:
    """Write a PDF of these pages."""
    return write_pdf


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three readable files, one that is not, and a catalogue."""
    folder = tmp_path_factory.mktemp("small") / "corpus"
    folder.mkdir()
    write_pdf(folder / "clinics.pdf", PAGES)
    (folder / "mental.txt").write_text(SPANISH, encoding="utf-8")
    (folder / "note.html").write_text(
        "<html><head><title>Vaccination note</title></head><body><h1>Vaccination note</h1><h2>Border posts</h2>"
        "<p>Measles vaccine is offered at the Tumbes border post every weekday. No document is asked for.</p>"
        "</body></html>",
        encoding="utf-8",
    )
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nthis is not a page tree")
    (folder / "catalogue.toml").write_text(
        '["clinics.pdf"]\ntitle = "Clinics in Lima"\npublisher = "Ministry of Health"\nyear = 2023\ntype = "report"\n'
        'countries = ["PER"]\nlanguage = "en"\n',
        encoding="utf-8",
    )
    return folder


@pytest.fixture(scope="session")
def small_library(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small corpus, ingested by the command itself with the embedded model."""
    from app.cli import main

    library = tmp_path_factory.mktemp("small_library") / "library"
    with pytest.raises(SystemExit) as stop:
        main(["ingest", str(small_corpus), "--library", str(library), "--progress", "none"])
    assert stop.value.code == 3  # broken.pdf
    return library


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real documents beside the repository, where there is one."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real documents (../shared/data) are not on this machine")
    return SHARED_DATA
