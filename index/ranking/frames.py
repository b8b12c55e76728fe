"""Rows as a table of pandas or polars, where one of them is installed."""

from collections.abc import Mapping, Sequence
from typing import Any

from ingest.errors import PinciteError


def frame(rows: Sequence[Mapping[str, Any]]) -> Any:
    """Return a DataFrame of pandas, or of polars where pandas is missing.

    Raises: PinciteError where neither is installed.
    """
    try:
        import pandas
    except ImportError:
        try:
            import polars
        except ImportError as error:
            raise PinciteError("to_frame needs pandas or polars; run: pip install pandas") from error
        return polars.DataFrame(rows)
    table = pandas.DataFrame(rows)
    # A column of whole numbers of which some are missing would become one of fractions: 2022.0.
    return table.astype({"year": "Int64"}) if "year" in table else table
