"""The hash chain over everything that a person or a machine did: pure functions of values.

Each record's hash is SHA-256 over the hash of the one before it and the record's own content as
canonical JSON (sorted keys, no spaces, UTF-8, times in UTC with microseconds). Changing, removing,
adding or reordering a record breaks every hash from there on; cutting off the end is seen by
whoever kept the last hash.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FIRST_PREVIOUS_HASH = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Who did what to what, and when. `detail` is JSON."""

    at: datetime
    who: str
    action: str
    subject: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An action with its place in the chain; positions count from 1."""

    position: int
    action: Action
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The first record at which the chain does not hold, and why."""

    position: int
    reason: str


class Chain:
    """Appends to a chain whose last record is known."""

    def __init__(self, *, last_position: int = 0, last_hash: str = FIRST_PREVIOUS_HASH) -> None:
        self._position = last_position
        self._hash = last_hash

    def append(self, action: Action) -> Record:
        """The next record."""
        record = Record(
            position=self._position + 1,
            action=action,
            prev_hash=self._hash,
            hash=_hash(self._position + 1, self._hash, action),
        )
        self._position, self._hash = record.position, record.hash
        return record


def first_break(records: Iterable[Record]) -> Break | None:
    """Where a chain, given from its first record on, does not hold; None where all of it holds."""
    previous = FIRST_PREVIOUS_HASH
    for position, record in enumerate(records, start=1):
        if record.position != position:
            return Break(position=position, reason=f"record {position} is missing")
        if record.prev_hash != previous:
            return Break(position=position, reason="it does not follow the record before it")
        if record.hash != _hash(position, previous, record.action):
            return Break(position=position, reason="its content was changed")
        previous = record.hash
    return None


def canonical_json(value: Any) -> bytes:
    """One byte sequence a JSON value.

    Raises:
        ValueError: the value holds NaN, infinity or text that is not Unicode.
    """
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode("utf-8")


def _hash(position: int, previous: str, action: Action) -> str:
    content = {
        "position": position,
        "at": action.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "who": action.who,
        "action": action.action,
        "subject": action.subject,
        "detail": action.detail,
    }
    return hashlib.sha256(previous.encode("ascii") + canonical_json(content)).hexdigest()
