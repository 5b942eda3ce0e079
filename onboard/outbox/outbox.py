"""The outbox: events and their pictures on disk, most urgent first, until a hub has them.

What `put` has returned from survives the process and the power. Where the disk takes nothing more,
pictures go first and what cannot be written is held in memory: both are counted and told.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from missions.errors import BadInput
from onboard.messages import Envelope, EventReport, Severity
from onboard.outbox.errors import OutboxUnwritable
from onboard.outbox.picture_files import PictureFiles
from onboard.outbox.schema import opened

PRIORITY = {Severity.ALARM: 0, Severity.WARNING: 1, Severity.NOTICE: 2}
LEAST_URGENT = 3


class OutboxSettings(BaseModel):
    """Bounds. Pictures are dropped first, oldest first; then the least urgent, oldest messages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_messages: int = Field(default=100_000, gt=0)
    max_picture_bytes: int = Field(default=512 * 1024 * 1024, gt=0)
    max_in_memory: int = Field(default=1_000, gt=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One message as it is sent: the same bytes every time."""

    id: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPicture:
    """A picture whose event a hub has."""

    sha256: str
    content: bytes


@dataclass(slots=True)
class OutboxCounts:
    """What has happened since the process began; `disk_error` is the last, while it lasts."""

    written: int = 0
    delivered: int = 0
    refused: int = 0
    dropped_messages: int = 0
    dropped_pictures: int = 0
    delivered_pictures: int = 0
    disk_error: str = ""


class Outbox:
    """Safe to use from several threads.

    Raises:
        BadInput: the folder cannot be written.
    """

    def __init__(self, folder: Path, settings: OutboxSettings | None = None) -> None:
        self.folder = folder
        self.counts = OutboxCounts()
        self._settings = settings or OutboxSettings()
        self._lock = threading.RLock()
        self._connection = opened(folder)
        self._held: deque[tuple[Envelope, str]] = deque()
        try:
            self._files = PictureFiles(folder / "pictures")
            self._drop_orphans()
        except OSError as error:
            what = (error.strerror or str(error)).lower()
            raise BadInput(where=f"outbox {error.filename or folder}", what=what) from error
        self._order = self._last_order()
        self.changed = threading.Event()

    def put_picture(self, content: bytes) -> str | None:
        """Store a picture's bytes before the event that shows it; None where the disk is full."""
        with self._lock:
            for _ in range(2):
                try:
                    return self._files.put(content)
                except OSError as error:
                    self.counts.disk_error = str(error.strerror or error)
                    if not self._drop_oldest_picture():
                        break
            self.counts.dropped_pictures += 1
            return None

    def put(self, envelope: Envelope) -> None:
        """Keep a message until a hub has it: on disk, or in memory where the disk takes nothing."""
        with self._lock:
            body = envelope.model_dump_json()
            self._write_held()
            if self._held or not self._written(envelope, body):
                self._hold(envelope, body)
        self.changed.set()

    def next_batch(self, limit: int) -> list[Waiting]:
        """The most urgent messages: alarms first, then newest first.

        Raises:
            OutboxUnwritable: the disk does not give them now.
        """
        with self._lock, self._using_disk():
            held = [Waiting(id=envelope.id, body=body) for envelope, body in self._held]
            rows = self._connection.execute(
                "SELECT id, body FROM messages ORDER BY priority, written_order DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return ([Waiting(id=row[0], body=row[1]) for row in rows] + held)[:limit]

    def delivered(self, ids: list[str]) -> None:
        """A hub has these: they go, and their pictures may follow.

        Raises:
            OutboxUnwritable: they stay, and will be sent again, which does no harm.
        """
        with self._lock:
            in_memory = [each for each in self._held if each[0].id in set(ids)]
            self._held = deque(each for each in self._held if each[0].id not in set(ids))
            with self._writing(), self._connection:
                for message_id in ids:
                    self._connection.execute(
                        "UPDATE pictures SET event_arrived = 1 WHERE sha256 ="
                        " (SELECT picture_sha256 FROM messages WHERE id = ?)",
                        (message_id,),
                    )
                    gone = self._connection.execute(
                        "DELETE FROM messages WHERE id = ?", (message_id,)
                    )
                    self.counts.delivered += gone.rowcount
            self.counts.delivered += len(in_memory)

    def set_aside(self, message_id: str, reason: str) -> None:
        """A hub will never take this one: it is kept apart, with the reason, and not sent again.

        Raises:
            OutboxUnwritable: it stays, and will be sent and refused again.
        """
        with self._lock:
            with self._writing(), self._connection:
                self._connection.execute(
                    "INSERT OR REPLACE INTO refused SELECT id, ?, body FROM messages WHERE id = ?",
                    (reason, message_id),
                )
                self._connection.execute("DELETE FROM messages WHERE id = ?", (message_id,))
            self._held = deque(each for each in self._held if each[0].id != message_id)
            self.counts.refused += 1

    def next_picture(self) -> WaitingPicture | None:
        """The most urgent picture whose event has arrived; one whose file is gone is dropped.

        Raises:
            OutboxUnwritable: as `picture_delivered` does.
        """
        with self._lock, self._using_disk():
            while True:
                row = self._connection.execute(
                    "SELECT sha256 FROM pictures WHERE event_arrived = 1"
                    " ORDER BY priority, written_order DESC LIMIT 1"
                ).fetchone()
                if row is None:
                    return None
                content = self._files.get(row[0])
                if content is not None:
                    return WaitingPicture(sha256=row[0], content=content)
                self._forget_picture(row[0])
                self.counts.dropped_pictures += 1

    def picture_delivered(self, sha256: str) -> None:
        """A hub has the picture.

        Raises:
            OutboxUnwritable: it stays, and will be sent again, which does no harm.
        """
        with self._lock:
            self._forget_picture(sha256)
            self.counts.delivered_pictures += 1

    def picture_refused(self, sha256: str) -> None:
        """A hub will never take the picture. Raises as `picture_delivered` does."""
        with self._lock:
            self._forget_picture(sha256)
            self.counts.dropped_pictures += 1

    @property
    def waiting(self) -> int:
        """How many messages no hub has yet."""
        with self._lock:
            row = self._connection.execute("SELECT count(*) FROM messages").fetchone()
            return int(row[0]) + len(self._held)

    @property
    def pictures_waiting(self) -> int:
        """How many pictures no hub has yet."""
        with self._lock:
            return int(self._connection.execute("SELECT count(*) FROM pictures").fetchone()[0])

    @property
    def held_in_memory(self) -> int:
        """How many messages the disk would not take: they are lost if the process ends."""
        return len(self._held)

    def refused(self) -> list[tuple[str, str]]:
        """Id and reason of every message that was set aside."""
        with self._lock:
            rows = self._connection.execute("SELECT id, reason FROM refused ORDER BY id")
            return [(row[0], row[1]) for row in rows.fetchall()]

    def close(self) -> None:
        """Write what is held, if the disk takes it now, and close the database."""
        with self._lock:
            self._write_held()
            self._connection.close()

    def _written(self, envelope: Envelope, body: str) -> bool:
        for attempt in range(2):
            try:
                self._insert(envelope, body)
            except sqlite3.Error as error:
                self.counts.disk_error = str(error)
                if attempt or not self._drop_oldest_picture():
                    return False
            else:
                self.counts.written += 1
                self.counts.disk_error = ""
                self._keep_within_bounds()
                return True
        return False

    def _insert(self, envelope: Envelope, body: str) -> None:
        self._order += 1
        priority, picture = _urgency(envelope)
        with self._connection:
            self._connection.execute(
                "INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?, ?)",
                (envelope.id, priority, self._order, body, picture),
            )
            if picture is not None and self._files.path(picture).exists():
                self._connection.execute(
                    "INSERT OR IGNORE INTO pictures VALUES (?, ?, ?, ?, 0)",
                    (picture, priority, self._order, self._files.path(picture).stat().st_size),
                )

    def _hold(self, envelope: Envelope, body: str) -> None:
        self._held.append((envelope, body))
        if len(self._held) > self._settings.max_in_memory:
            worst = max(range(len(self._held)), key=lambda index: _urgency(self._held[index][0])[0])
            del self._held[worst]
            self.counts.dropped_messages += 1

    def _write_held(self) -> None:
        while self._held and self._written(*self._held[0]):
            self._held.popleft()

    def _keep_within_bounds(self) -> None:
        while self._picture_bytes() > self._settings.max_picture_bytes:
            if not self._drop_oldest_picture():
                break
        surplus = self.waiting - len(self._held) - self._settings.max_messages
        if surplus > 0:
            with self._connection:
                self._connection.execute(
                    "DELETE FROM messages WHERE id IN (SELECT id FROM messages"
                    " ORDER BY priority DESC, written_order LIMIT ?)",
                    (surplus,),
                )
            self.counts.dropped_messages += surplus

    def _picture_bytes(self) -> int:
        row = self._connection.execute("SELECT coalesce(sum(size_bytes), 0) FROM pictures")
        return int(row.fetchone()[0])

    def _drop_oldest_picture(self) -> bool:
        row = self._connection.execute(
            "SELECT sha256 FROM pictures ORDER BY priority DESC, written_order LIMIT 1"
        ).fetchone()
        if row is None:
            return False
        try:
            self._forget_picture(row[0])
        except OutboxUnwritable:
            return False
        self.counts.dropped_pictures += 1
        return True

    def _forget_picture(self, sha256: str) -> None:
        with self._writing():
            self._files.remove(sha256)
            with self._connection:
                self._connection.execute("DELETE FROM pictures WHERE sha256 = ?", (sha256,))

    @contextmanager
    def _using_disk(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            self.counts.disk_error = str(error)
            raise OutboxUnwritable(reason=str(error)) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._using_disk():
            yield
        self.counts.disk_error = ""

    def _drop_orphans(self) -> None:
        """Files whose event was never written: the process was killed between the two."""
        known = {row[0] for row in self._connection.execute("SELECT sha256 FROM pictures")}
        for sha256 in self._files.names() - known:
            self._files.remove(sha256)

    def _last_order(self) -> int:
        row = self._connection.execute("SELECT coalesce(max(written_order), 0) FROM messages")
        return int(row.fetchone()[0])


def _urgency(envelope: Envelope) -> tuple[int, str | None]:
    if not isinstance(envelope.body, EventReport):
        return LEAST_URGENT, None
    picture = envelope.body.picture
    return PRIORITY[envelope.body.severity], None if picture is None else picture.sha256
