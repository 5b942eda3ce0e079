"""Messages that a hub will never take: kept apart with the reason, bounded, and not sent again."""

import sqlite3


class Refused:
    """On disk, and in memory while the disk takes nothing.

    At most `most` are kept of either; on disk those with the least ids go first, which is about the
    order of coming. `forgotten` counts what went.
    """

    def __init__(self, connection: sqlite3.Connection, most: int) -> None:
        self._connection = connection
        self._most = most
        self._held: dict[str, tuple[str, str]] = {}
        self.forgotten = 0

    def hold(self, message_id: str, reason: str, body: str) -> None:
        """Keep one in memory until `write` comes through."""
        self._held[message_id] = (reason, body)
        if len(self._held) > self._most:
            del self._held[next(iter(self._held))]
            self.forgotten += 1

    def write(self) -> None:
        """Bring to the disk what is held.

        Raises:
            sqlite3.Error: the disk does not take it; it stays held.
        """
        if not self._held:
            return
        with self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO refused VALUES (?, ?, ?)",
                [(message_id, *kept) for message_id, kept in self._held.items()],
            )
            self.bound()
        self._held.clear()

    def bound(self) -> None:
        """Forget what is too much on disk, within the caller's transaction."""
        gone = self._connection.execute(
            "DELETE FROM refused WHERE id NOT IN (SELECT id FROM refused ORDER BY id DESC LIMIT ?)",
            (self._most,),
        )
        self.forgotten += gone.rowcount

    def reasons(self) -> list[tuple[str, str]]:
        """Id and reason of each."""
        rows = self._connection.execute("SELECT id, reason FROM refused").fetchall()
        held = [(message_id, reason) for message_id, (reason, _) in self._held.items()]
        return sorted([(row[0], row[1]) for row in rows] + held)
