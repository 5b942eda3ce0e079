"""The database: opened once, one writer at a time, each write one durable transaction."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from ground_station.errors import StoreUnavailable
from ground_station.store.chain import canonical_json
from ground_station.store.schema import VERSION, metadata, schema_version
from missions.errors import BadInput

DATABASE_FILE = "hub.sqlite"


class Database:
    """An open database of the present schema."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        # SQLite has one writer; waiting here costs less than waiting in its busy loop.
        self._writing = asyncio.Lock()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed and on disk when the block ends, undone where it raises.

        Raises:
            StoreUnavailable: the disk is full, read-only or failing; nothing was written.
        """
        async with self._writing:
            try:
                async with self._engine.begin() as connection:
                    yield connection
            except DBAPIError as error:
                raise StoreUnavailable(what="database", reason=str(error.orig)) from error

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One consistent view, beside the writer.

        Raises:
            StoreUnavailable: the disk is failing.
        """
        try:
            async with self._engine.connect() as connection:
                yield connection
        except DBAPIError as error:
            raise StoreUnavailable(what="database", reason=str(error.orig)) from error

    async def close(self) -> None:
        """Give back every connection."""
        await self._engine.dispose()


async def open_sqlite(folder: Path) -> Database:
    """The database in a data folder, made where there is none.

    Raises:
        BadInput: the folder cannot hold it, or it was written by a newer version of ours.
    """
    file = folder / DATABASE_FILE
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{file}",
        json_serializer=lambda value: canonical_json(value).decode("utf-8"),
        connect_args={"timeout": 30},
    )
    event.listen(engine.sync_engine, "connect", _set_pragmas)
    event.listen(engine.sync_engine, "begin", _begin)
    database = Database(engine)
    try:
        await _make_tables(database, where=str(file))
    except StoreUnavailable as error:
        await engine.dispose()
        raise BadInput(where=str(file), what=error.reason) from error
    return database


async def _make_tables(database: Database, *, where: str) -> None:
    async with database.writing() as connection:
        await connection.run_sync(_make_all)
        found = (await connection.execute(select(schema_version.c.version))).scalars().all()
        if any(version > VERSION for version in found):
            raise BadInput(
                where=where,
                what=f"its schema is version {max(found)}; this program knows {VERSION}",
            )
        if not found:
            row = {"version": VERSION, "applied_at": datetime.now(UTC)}
            await connection.execute(insert(schema_version).values(row))


def _make_all(connection: Connection) -> None:
    metadata.create_all(connection)
    # A table that was there already gets the indexes that came after it.
    for table in metadata.sorted_tables:
        for index in table.indexes:
            index.create(connection, checkfirst=True)


def _set_pragmas(connection: Any, _record: Any) -> None:
    # Transactions are begun by `_begin`: Python's sqlite3 would leave reads outside of them.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        # An aircraft deletes its copy on our word, so a commit is on the disk before we give it.
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
