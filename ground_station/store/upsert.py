"""INSERT with a conflict clause, which SQLite and PostgreSQL spell alike and SQLAlchemy apart."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert_new(connection: AsyncConnection, table: Table) -> Any:
    """An INSERT that leaves rows alone which are there already."""
    return _insert(connection, table).on_conflict_do_nothing()


def insert_or_replace(connection: AsyncConnection, table: Table) -> Any:
    """An INSERT that overwrites every column of a row with the same primary key."""
    statement = _insert(connection, table)
    keys = {column.name for column in table.primary_key.columns}
    replaced = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if column.name not in keys
    }
    return statement.on_conflict_do_update(index_elements=sorted(keys), set_=replaced)


def _insert(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
