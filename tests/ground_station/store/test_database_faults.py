"""The database when the disk does not do what it should: SQLite's own errors, by name."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from ground_station.errors import StoreUnavailable
from ground_station.store import actions
from ground_station.store.chain import Action
from ground_station.store.database import DATABASE_FILE, Database, open_sqlite
from ground_station.store.schema import incidents
from missions.errors import BadInput

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ACTION = Action(at=NOW, who="a", action="b", subject="c", detail={"text": "қ" * 100})


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_every_connection_waits_for_the_disk_and_uses_the_wal(tmp_path: Path) -> None:
    database = await open_sqlite(tmp_path)
    async with database.writing() as connection:
        journal = (await connection.execute(text("PRAGMA journal_mode"))).scalar_one()
        synchronous = (await connection.execute(text("PRAGMA synchronous"))).scalar_one()
    await database.close()
    assert (journal, synchronous) == ("wal", 2)


async def test_full_disk_undoes_the_transaction_and_is_named(tmp_path: Path) -> None:
    database = await open_sqlite(tmp_path)
    async with database.reading() as connection:
        pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
    with pytest.raises(StoreUnavailable, match="database or disk is full"):
        await _fill(database, most_pages=pages)
    async with database.reading() as connection:
        assert await actions.about(connection, ["c"]) == {}
    await database.close()


async def _fill(database: Database, *, most_pages: int) -> None:
    async with database.writing() as connection:
        await connection.execute(text(f"PRAGMA max_page_count={most_pages}"))
        await actions.append(connection, [ACTION] * 500)


async def test_newer_schema_is_refused_by_number(tmp_path: Path) -> None:
    await (await open_sqlite(tmp_path)).close()
    with sqlite3.connect(tmp_path / DATABASE_FILE) as connection:
        connection.execute("UPDATE schema_version SET version = 99")
    connection.close()
    with pytest.raises(BadInput, match="version 99; this program knows 1"):
        await open_sqlite(tmp_path)


async def test_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / DATABASE_FILE).write_bytes(b"not a database at all" * 100)
    with pytest.raises(BadInput, match=r"hub\.sqlite: file is not a database"):
        await open_sqlite(tmp_path)


async def test_times_come_back_aware_and_in_utc(tmp_path: Path) -> None:
    database = await open_sqlite(tmp_path)
    row = {"id": "i", "state": "open", "year": 2026, "opened_at": NOW, "body": {}}
    async with database.writing() as connection:
        await connection.execute(insert(incidents).values(row))
        read = (await connection.execute(select(incidents.c.opened_at))).scalar_one()
    await database.close()
    assert (read, read.tzinfo) == (NOW, UTC)


async def test_stored_chain_holds_and_a_changed_row_shows(tmp_path: Path) -> None:
    database = await open_sqlite(tmp_path)
    async with database.writing() as connection:
        await actions.append(connection, [ACTION, ACTION])
    async with database.writing() as connection:
        await actions.append(connection, [ACTION])
        whole = await actions.verify(connection)
        await connection.execute(text("UPDATE actions SET who = 'x' WHERE position = 2"))
        changed = await actions.verify(connection)
    await database.close()
    assert whole is None
    assert changed is not None
    assert changed.position == 2
