"""The outbox: events and their pictures on disk, most urgent first, until a hub has them.

What `put` has returned from survives the process and the power. Where the disk takes nothing more,
pictures go first and what cannot be written is held in memory: both are counted and told.
"""

import itertools
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from missions.errors import BadInput
from onboard.messages import Envelope, EventReport, Severity
from onboard.outbox.errors import OutboxUnwritable
from onboard.outbox.held import Held, Message
from onboard.outbox.picture_files import PictureFiles
from onboard.outbox.refused import Refused
from onboard.outbox.schema import opened
from onboard.outbox.values import OutboxCounts, OutboxSettings, Waiting, WaitingPicture

PRIORITY = {Severity.ALARM: 0, Severity.WARNING: 1, Severity.NOTICE: 2}
LEAST_URGENT = 3
BODY_BYTES = "length(CAST(body AS BLOB))"
LEAST_URGENT_OLDEST = (
    "id IN (SELECT id FROM messages ORDER BY priority DESC, written_order LIMIT ?)"
)


class Outbox:
    """Safe to use from several threads.

    `clock` tells for how long messages waited.

    Raises:
        BadInput: the folder cannot be written.
    """

    def __init__(
        self,
        folder: Path,
        settings: OutboxSettings | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = folder
        self.counts = OutboxCounts()
        self._settings = settings or OutboxSettings()
        self._lock = threading.RLock()
        self._connection = opened(folder)
        self._held = Held(self._settings.max_in_memory)
        self._refused = Refused(self._connection, self._settings.max_refused)
        try:
            self._files = PictureFiles(folder / "pictures")
            self._drop_orphans()
        except OSError as error:
            what = (error.strerror or str(error)).lower()
            raise BadInput(where=f"outbox {error.filename or folder}", what=what) from error
        self._order = self._last_order()
        self._message_bytes: int | None = None
        self._clock = clock
        self._put_at_s: dict[str, float] = {}
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
            self._order += 1
            message = _message(envelope, self._order)
            self._put_at_s[message.id] = self._clock()
            if len(self._put_at_s) > self._settings.max_in_memory:
                del self._put_at_s[next(iter(self._put_at_s))]
            self._write_held()
            if len(self._held) or not self._written(message):
                self.counts.dropped_messages += self._held.add(message)
        self.changed.set()

    def next_batch(self, limit: int, most_bytes: int | None = None) -> list[Waiting]:
        """The most urgent messages: alarms first, then newest first, wherever they are kept.

        One is given whatever its size, more while they are `most_bytes` together.

        Raises:
            OutboxUnwritable: the disk does not give them now.
        """
        with self._lock, self._using_disk():
            rows = self._connection.execute(
                "SELECT priority, -written_order, id, body FROM messages"
                " ORDER BY priority, written_order DESC LIMIT ?",
                (limit,),
            ).fetchall()
            rows += [(*each.rank, each.id, each.body) for each in self._held]
        batch = [Waiting(id=row[2], body=row[3]) for row in sorted(rows)[:limit]]
        return batch if most_bytes is None else _within(batch, most_bytes)

    def delivered(self, ids: list[str]) -> list[float]:
        """A hub has these: they go, and their pictures may follow.

        Returns for how many seconds each that was put by this process has waited.

        Raises:
            OutboxUnwritable: those on disk stay, and will be sent again, which does no harm.
        """
        with self._lock:
            held = self._held.taken(ids)
            self.counts.delivered += len(held)
            for message in held:
                self._send_picture_of(message)
            on_disk = set(ids) - {message.id for message in held}
            if on_disk:
                self._delete_delivered(on_disk)
            put_at_s = [self._put_at_s.pop(each) for each in ids if each in self._put_at_s]
        return [self._clock() - each_s for each_s in put_at_s]

    def set_aside(self, message_id: str, reason: str) -> None:
        """A hub will never take this one: it is kept apart, with the reason, and not sent again.

        One that is held in memory is kept apart in memory until the disk takes it.

        Raises:
            OutboxUnwritable: it stays, and will be sent and refused again.
        """
        with self._lock:
            for message in self._held.taken([message_id]):
                self._refused.hold(message.id, reason, message.body)
                self.counts.refused += 1
                self._write_refused()
                return
            with self._writing(), self._connection:
                self._connection.execute(
                    "INSERT OR REPLACE INTO refused SELECT id, ?, body FROM messages WHERE id = ?",
                    (reason, message_id),
                )
                self._delete("id = ?", message_id)
                self._refused.bound()
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

    @property
    def dropped(self) -> int:
        """How many messages and pictures there was no room for."""
        counts = self.counts
        return counts.dropped_messages + counts.dropped_pictures + self._refused.forgotten

    def refused(self) -> list[tuple[str, str]]:
        """Id and reason of every message that was set aside."""
        with self._lock:
            return self._refused.reasons()

    def close(self) -> None:
        """Write what is held, if the disk takes it now, and close the database."""
        with self._lock:
            self._write_held()
            self._connection.close()

    def _written(self, message: Message) -> bool:
        for attempt in range(2):
            try:
                self._insert(message)
            except sqlite3.Error as error:
                self._undone(error)
                if attempt or not self._drop_oldest_picture():
                    return False
            else:
                self.counts.written += 1
                self.counts.disk_error = ""
                self._keep_within_bounds()
                return True
        return False

    def _insert(self, message: Message) -> None:
        with self._connection:
            inserted = self._connection.execute(
                "INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?, ?)",
                (
                    message.id,
                    message.priority,
                    message.order,
                    message.body,
                    message.picture_sha256,
                ),
            )
            if self._message_bytes is not None:
                self._message_bytes += inserted.rowcount * len(message.body.encode())
            self._insert_picture(message, event_arrived=False)

    def _insert_picture(self, message: Message, *, event_arrived: bool) -> None:
        sha256 = message.picture_sha256
        if sha256 is None or not self._files.path(sha256).exists():
            return
        size_bytes = self._files.path(sha256).stat().st_size
        self._connection.execute(
            "INSERT OR IGNORE INTO pictures VALUES (?, ?, ?, ?, ?)",
            (sha256, message.priority, message.order, size_bytes, event_arrived),
        )

    def _send_picture_of(self, message: Message) -> None:
        """The picture of a message that went from memory follows it, if the disk takes that."""
        try:
            with self._connection:
                self._insert_picture(message, event_arrived=True)
        except (sqlite3.Error, OSError) as error:
            self.counts.disk_error = str(error)
            self.counts.dropped_pictures += 1

    def _delete_delivered(self, ids: set[str]) -> None:
        with self._writing(), self._connection:
            for message_id in ids:
                self._connection.execute(
                    "UPDATE pictures SET event_arrived = 1 WHERE sha256 ="
                    " (SELECT picture_sha256 FROM messages WHERE id = ?)",
                    (message_id,),
                )
                self.counts.delivered += self._delete("id = ?", message_id)

    def _write_held(self) -> None:
        for message in self._held:
            if not self._written(message):
                break
            self._held.taken([message.id])
        self._write_refused()

    def _write_refused(self) -> None:
        try:
            self._refused.write()
        except sqlite3.Error as error:
            self.counts.disk_error = str(error)

    def _keep_within_bounds(self) -> None:
        while self._picture_bytes() > self._settings.max_picture_bytes:
            if not self._drop_oldest_picture():
                break
        surplus = self.waiting - len(self._held) - self._settings.max_messages
        while surplus > 0 or self._bytes() > self._settings.max_message_bytes:
            try:
                with self._connection:
                    gone = self._delete(LEAST_URGENT_OLDEST, max(1, surplus))
            except sqlite3.Error as error:
                # It stays past its bound until the disk takes the deletion.
                self._undone(error)
                break
            self.counts.dropped_messages += gone
            surplus -= gone

    def _delete(self, where: str, value: str | int) -> int:
        """Delete messages and keep count of their bytes; how many there were."""
        sizes = self._connection.execute(
            f"DELETE FROM messages WHERE {where} RETURNING {BODY_BYTES}", (value,)
        ).fetchall()
        if self._message_bytes is not None:
            self._message_bytes -= sum(int(size) for (size,) in sizes)
        return len(sizes)

    def _bytes(self) -> int:
        if self._message_bytes is None:
            row = self._connection.execute(f"SELECT coalesce(sum({BODY_BYTES}), 0) FROM messages")
            self._message_bytes = int(row.fetchone()[0])
        return self._message_bytes

    def _undone(self, error: sqlite3.Error) -> None:
        """A transaction did not happen, so what was counted of it is counted anew."""
        self.counts.disk_error = str(error)
        self._message_bytes = None

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
            self.counts.disk_error, self._message_bytes = str(error), None
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


def _within(batch: list[Waiting], most_bytes: int) -> list[Waiting]:
    sums = itertools.accumulate(len(each.body.encode()) for each in batch)
    fitting = sum(size <= most_bytes for size in sums)
    return batch[: max(1, fitting)]


def _message(envelope: Envelope, order: int) -> Message:
    body, priority, sha256 = envelope.body, LEAST_URGENT, None
    if isinstance(body, EventReport):
        priority = PRIORITY[body.severity]
        sha256 = None if body.picture is None else body.picture.sha256
    return Message(
        id=envelope.id,
        body=envelope.model_dump_json(),
        priority=priority,
        order=order,
        picture_sha256=sha256,
    )
