"""Many rows at once into PostgreSQL: COPY, which takes them several times as fast as statements do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError


def copy_in(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], name: str) -> None:
    """Write rows that all have the same columns into the table called `name`, which has the columns of `table`.

    Raises: DBAPIError, as SQLAlchemy raises it, for what the database refuses.
    """
    import psycopg
    from psycopg import sql

    columns = [table.c[key] for key in rows[0]]
    bind = [
        column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect) for column in columns
    ]
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(name), sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    )
    try:
        with raw.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(
                    [
                        row[column.name] if process is None else process(row[column.name])
                        for column, process in zip(columns, bind, strict=True)
                    ]
                )
    except psycopg.Error as error:
        if raw.closed:
            connection.invalidate(error)
        raise DBAPIError.instance(None, None, error, psycopg.Error, dialect=connection.dialect) from error


def copy_over(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, beside: bool
) -> None:
    """Write rows of which no two have one primary key, each replacing the row that has its key.

    With `beside` they are copied into a temporary table first, and from there in one statement.
    """
    key = [column.name for column in table.primary_key]
    if not beside:
        statement = insert(table)
        fresh = {name: statement.excluded[name] for name in rows[0] if name not in key}
        connection.execute(statement.on_conflict_do_update(index_elements=key, set_=fresh), list(rows))
        return
    temporary = f"fresh_{table.name}"
    connection.execute(
        text(
            f'CREATE TEMPORARY TABLE IF NOT EXISTS "{temporary}" (LIKE "{table.name}") ON COMMIT DELETE ROWS'
        )
    )
    copy_in(connection, table, rows, temporary)
    columns = ", ".join(f'"{name}"' for name in rows[0])
    fresh_values = ", ".join(f'"{name}" = excluded."{name}"' for name in rows[0] if name not in key)
    keys = ", ".join(f'"{name}"' for name in key)
    connection.execute(
        text(
            f'INSERT INTO "{table.name}" ({columns}) SELECT {columns} FROM "{temporary}" '  # noqa: S608  # own names
            f"ON CONFLICT ({keys}) DO UPDATE SET {fresh_values}"
        )
    )
    # A next call in this transaction would write them again.
    connection.execute(text(f'TRUNCATE "{temporary}"'))
