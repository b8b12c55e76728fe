"""Converts a model for CTranslate2 and proves it against sentence-transformers, in a process of its own.

That process takes torch, transformers and a gigabyte of memory with it when it ends.
"""

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from index.embedding.compiled_model import CompiledModel
from index.embedding.converted import CONVERSION, Conversion, remember, sha256_of
from index.embedding.embedder import PROBE_COSINE, PROBES, Embedder
from index.embedding.model_folder import quiet
from index.embedding.sentence_model import SentenceModel
from ingest.readers.child_processes import start_process

log = logging.getLogger(__name__)

QUANTISATION = "int8"
TEXTS = (
    *PROBES,
    "  A line\nwith breaks, CAPITALS and “quotes” – 1,250.75 %  ",
    "Ley N.º 29344, artículo 3: toda persona residente tiene derecho a la atención de salud.",
    "O acesso à saúde é um direito de todos os migrantes; não há exceção para quem chega sem documentos.",
    "نص عربي قصير, ελληνικά, 漢字かな交じり文, русский текст",
    "Nurses register every visit of a patient without insurance. " * 80,
)
"""Odd and overlong: where tokenising, cutting and taking the mean in two ways would differ. Of the embedded model
the least cosine is .9989; an empty text, which is never embedded, has .9982."""
FILES = ("model.bin", "config.json", "vocabulary.json", "tokenizer.json")
SECONDS = 600
"""A model of 465 MB takes 20 s; who hangs longer than this does not come back."""
_ROOT = Path(__file__).resolve().parents[2]
_START = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from ingest.readers.child_processes import end_with_parent
end_with_parent(int(sys.argv[5]), 9)
from index.embedding.convert import convert
convert(Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
"""


def convert_apart(source: Path, name: str, target: Path) -> None:
    """Convert the model folder `source` into `target`, in another process; a failure is only logged.

    `target` appears whole or not at all. It holds the model, or the reason why it is not to be tried again.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".converting-", dir=target.parent) as scratch:
            draft = Path(scratch) / target.name
            draft.mkdir()
            command = [
                sys.executable,
                "-P",
                "-c",
                _START,
                str(_ROOT),
                str(source.resolve()),
                name,
                str(draft),
                str(os.getpid()),
            ]
            code, said = _run(command)
            if code != 0 or not (draft / CONVERSION).is_file():
                last = said.decode(errors="replace").strip().rpartition("\n")[2]
                log.info("%s was not converted for CTranslate2: %s", source, last)
                return
            remember(draft, source)
            draft.rename(target)
    except (OSError, subprocess.SubprocessError) as error:
        # No room, a cache that cannot be written, or another process that was first.
        log.info("%s was not converted for CTranslate2: %s", source, error)


def _run(command: list[str]) -> tuple[int, bytes]:
    """Run a process that ends with this one; return its exit code and what it said on stderr."""
    process = start_process(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _, said = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
        process.wait()
    return process.returncode, said


def convert(source: Path, name: str, target: Path) -> None:
    """Fill the empty folder `target` with the converted model, or with the reason why it is not to be used."""
    quiet()
    reference = SentenceModel(source, name, precise=True)
    known = Conversion(
        fingerprint=reference.fingerprint,
        dimension=reference.dimension,
        prompts=reference.profile.prompts,
        budget=reference.profile.budget,
        agreement=0.0,
        files={},
    )
    try:
        written = _written(source, known, target)
        agreement = least_cosine(reference, CompiledModel(target, written, name))
    except Exception as error:  # the converter raises whatever it meets in a model that it does not know
        result = replace(known, refused=f"cannot be converted: {type(error).__name__}: {error}")
    else:
        enough = agreement >= PROBE_COSINE
        result = replace(
            written if enough else known,
            agreement=round(agreement, 5),
            refused="" if enough else "its vectors differ from those of sentence-transformers",
        )
    if result.refused:
        for file in FILES:
            (target / file).unlink(missing_ok=True)
    result.write(target)


def _written(source: Path, known: Conversion, target: Path) -> Conversion:
    from ctranslate2.converters import TransformersConverter

    TransformersConverter(str(source)).convert(str(target), quantization=QUANTISATION, force=True)
    _shorten(target / "vocabulary.json")
    shutil.copyfile(source / "tokenizer.json", target / "tokenizer.json")
    return replace(known, files={file: sha256_of(target / file) for file in FILES})


def _shorten(vocabulary: Path) -> None:
    """Keep four pieces: ids are all that the network is given, and 250,000 cost 0.14 s and 18 MB at each start."""
    pieces = json.loads(vocabulary.read_text(encoding="utf-8"))
    vocabulary.write_text(json.dumps(pieces[:4]), encoding="utf-8")


def least_cosine(reference: Embedder, other: Embedder) -> float:
    """Return the least cosine of two ways to serve a model, over `TEXTS` as passages and as questions."""
    import numpy as np

    pairs = [
        (reference.encode_documents(TEXTS), other.encode_documents(TEXTS)),
        (
            np.stack([reference.encode_query(text) for text in TEXTS]),
            np.stack([other.encode_query(text) for text in TEXTS]),
        ),
    ]
    return float(min(np.sum(one * two, axis=1).min() for one, two in pairs))
