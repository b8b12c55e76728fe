"""py3langid's model with only our languages, in a third of the memory.

The library unpacks its model whole: weights of 130 languages and a table of 40 MB, 110 MB in every reading
child. Here the columns of our languages are taken while reading, and the table stays in a file that is
mapped: only the rows that a text visits are in memory. The answers are the library's own, by its own code.
"""

from __future__ import annotations

import lzma
import mmap
import shutil
import tempfile
import zipfile
from array import array
from collections.abc import Sequence
from typing import IO, Any, Literal

# Rows of the weights that are read at a time: 4 MB at most.
ROWS = 4096
TABLE_CODES: dict[int, Literal["H", "I"]] = {2: "H", 4: "I"}


def load_identifier(languages: Sequence[str]) -> Any:
    """Return py3langid's identifier (BSD-3, model in the wheel) set to these languages.

    Raises: KeyError, ValueError or zipfile.BadZipFile where the model is not laid out as in py3langid 0.4.
    """
    import numpy as np
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    with tempfile.TemporaryFile(suffix=".npz") as unpacked:
        with lzma.open(MODEL_DIR / MODEL_FILE) as packed:
            shutil.copyfileobj(packed, unpacked, 1 << 16)
        with zipfile.ZipFile(unpacked) as model:

            def read(name: str) -> Any:
                with model.open(f"{name}.npy") as member:
                    return np.lib.format.read_array(member, allow_pickle=False)

            classes = read("classes").tolist()
            columns = [at for at, name in enumerate(classes) if name in languages]
            rows = read("nextmove_row")
            identifier = LanguageIdentifier(
                _columns(model, columns),
                read("pc")[columns],
                [classes[at] for at in columns],
                _mapped(model),
                array("i", read("out_feat").tolist()),
                tk_row=array(TABLE_CODES[rows.dtype.itemsize], rows.tobytes()),
            )
            # The library's list of 100,000 numbers takes 4 MB, as an array a tenth of that.
            identifier._rowbase = array("I", identifier._rowbase)
            return identifier


def _header(member: IO[bytes]) -> tuple[tuple[int, ...], Any]:
    """Return shape and type of an array at the beginning of its file; the file stands at its data."""
    import numpy as np

    if np.lib.format.read_magic(member) != (1, 0):
        raise ValueError("an array in another format")
    shape, by_column, kind = np.lib.format.read_array_header_1_0(member)
    if by_column:
        raise ValueError("an array stored by columns")
    return shape, kind


def _columns(model: zipfile.ZipFile, columns: Sequence[int]) -> Any:
    """Return the weights of the languages in these columns, read a few rows at a time."""
    import numpy as np

    with model.open("ptc.npy") as member:
        (count, width), kind = _header(member)
        parts = []
        for first in range(0, count, ROWS):
            size = min(ROWS, count - first) * width * kind.itemsize
            parts.append(np.frombuffer(member.read(size), kind).reshape(-1, width)[:, columns])
    return np.concatenate(parts)


def _mapped(model: zipfile.ZipFile) -> memoryview[int]:
    """Return the table of transitions as a view into a file without a name, which goes with the process."""
    with tempfile.TemporaryFile() as table, model.open("nextmove.npy") as member:
        _, kind = _header(member)
        shutil.copyfileobj(member, table, 1 << 16)
        table.flush()
        view = memoryview(mmap.mmap(table.fileno(), 0, access=mmap.ACCESS_READ))
    return view.cast(TABLE_CODES[kind.itemsize])
