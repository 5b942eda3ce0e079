"""A process's memory on disk: whole and of this version, or refused and said.

The file is a line of JSON that tells format, version and the SHA-256 of what follows. It is
written beside and renamed, so that a kill leaves the one before; it is not synced, because after a
power cut nothing in it is worth a wait of the disk once a second.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FORMAT, VERSION = "qyran-state", 1
OLDEST_S = 120.0


class StateRefused(Exception):
    """A state that cannot be gone on from; `reason` says why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Snapshots:
    """One file. `problem` says why the last one could not be written."""

    def __init__(self, file: Path, clock: Callable[[], float] = time.time) -> None:
        self._file = file
        self._clock = clock
        self.problem = ""

    def write(self, state: dict[str, Any]) -> None:
        """Replace what is there."""
        body = json.dumps({**state, "saved_unix_s": self._clock()}, separators=(",", ":")).encode()
        digest = hashlib.sha256(body).hexdigest()
        head = json.dumps({"format": FORMAT, "version": VERSION, "sha256": digest}).encode()
        unfinished = self._file.with_suffix(".unfinished")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(head + b"\n" + body)
            os.replace(unfinished, self._file)
        except OSError as error:
            self.problem = f"the state cannot be kept: {error.strerror or error}"
        else:
            self.problem = ""

    def read(self) -> dict[str, Any] | None:
        """What was written last; None where there is nothing, or it is too old to matter.

        Raises:
            StateRefused: it is corrupt, or not of this version.
        """
        try:
            head, _, body = self._file.read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StateRefused(f"cannot be read: {error.strerror or error}") from error
        state = _opened(head, body)
        saved_s = state.get("saved_unix_s")
        if not isinstance(saved_s, int | float):
            raise StateRefused("does not say when it was written")
        return state if 0.0 <= self._clock() - saved_s <= OLDEST_S else None


def _opened(head: bytes, body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(head)
        known = (told["format"], told["version"])
        digest = told["sha256"]
    except (ValueError, TypeError, KeyError) as error:
        raise StateRefused("its first line is none of a state") from error
    if known != (FORMAT, VERSION):
        raise StateRefused(f"it is {known[0]} version {known[1]}, not {FORMAT} version {VERSION}")
    if hashlib.sha256(body).hexdigest() != digest:
        raise StateRefused("it is corrupt: its SHA-256 is another")
    state: dict[str, Any] = json.loads(body)
    return state
