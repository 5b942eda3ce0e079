"""The outbox's tables, and how its database is opened."""

import sqlite3
from pathlib import Path

from missions.errors import BadInput

TABLES = """
CREATE TABLE IF NOT EXISTS messages (
    id TEXT PRIMARY KEY,
    priority INTEGER NOT NULL,
    written_order INTEGER NOT NULL,
    body TEXT NOT NULL,
    picture_sha256 TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_urgency ON messages (priority, written_order DESC);
CREATE TABLE IF NOT EXISTS pictures (
    sha256 TEXT PRIMARY KEY,
    priority INTEGER NOT NULL,
    written_order INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    event_arrived INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refused (
    id TEXT PRIMARY KEY,
    reason TEXT NOT NULL,
    body TEXT NOT NULL
) WITHOUT ROWID;
"""
BUSY_TIMEOUT_S = 5.0
JOURNAL_BYTES = 4 * 1024 * 1024


def opened(folder: Path) -> sqlite3.Connection:
    """The database in a folder; every commit is on the disk before it returns.

    Raises:
        BadInput: the folder cannot be made or written, the disk is full, or the file is no
            database; the place is named.
    """
    file = folder / "outbox.sqlite"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(file, timeout=BUSY_TIMEOUT_S, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA journal_size_limit={JOURNAL_BYTES}")
        connection.executescript(TABLES)
        _prove_writable(connection)
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        raise BadInput(where=f"outbox {error.filename or folder}", what=what) from error
    except sqlite3.Error as error:
        raise BadInput(where=f"outbox {file}", what=str(error)) from error
    return connection


def _prove_writable(connection: sqlite3.Connection) -> None:
    """A folder that cannot be written is found now, and not when the first alarm is."""
    with connection:
        connection.execute("INSERT INTO refused VALUES ('probe', '', '')")
        connection.execute("DELETE FROM refused WHERE id = 'probe'")
