"""The file side of a recording: whole records only, new files by size and age, faults said.

Nothing here raises for what a disk does: a recording never stops a flight.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

RETRY_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """A new file is begun once one has this size or age; `keep_files` of 0 keeps all."""

    most_bytes: int = 256 * 1024 * 1024
    most_s: float = 3600.0
    keep_files: int = 0


class TlogFile:
    """Appends to `<name>-<UTC>.tlog` in a folder. `why` is empty while it can write.

    Written without a buffer of its own: what was handed over is with the system, and outlives this
    process when it is killed.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        rotation: Rotation,
        now_s: Callable[[], float] = time.monotonic,
        unix_s: Callable[[], float] = time.time,
    ) -> None:
        self.why = ""
        self.files = 0
        self.bytes = 0
        self.failures = 0
        self._folder = folder
        self._name = name
        self._rotation = rotation
        self._now_s = now_s
        self._unix_s = unix_s
        self._handle: int | None = None
        self._path: Path | None = None
        self._size = 0
        self._began_s = 0.0
        self._retry_s = float("-inf")

    def write(self, records: bytes) -> bool:
        """Append whole records; False where they could not be, which `why` explains."""
        now_s = self._now_s()
        if now_s < self._retry_s:
            return False
        try:
            self._turn(now_s)
            self._append(records)
        except OSError as error:
            self._failed(error, now_s)
            return False
        self.why = ""
        return True

    def close(self) -> None:
        """Let the file go."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _turn(self, now_s: float) -> None:
        rotation = self._rotation
        old = self._size >= rotation.most_bytes or now_s - self._began_s >= rotation.most_s
        if self._handle is not None and not old:
            return
        self.close()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._path = self._new_path()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        self._handle = os.open(self._path, flags, 0o644)
        self._size, self._began_s = 0, now_s
        self.files += 1
        self._drop_oldest()

    def _new_path(self) -> Path:
        at = datetime.fromtimestamp(self._unix_s(), tz=UTC).strftime("%Y%m%dT%H%M%S")
        path = self._folder / f"{self._name}-{at}Z.tlog"
        number = 1
        while path.exists():
            number += 1
            path = self._folder / f"{self._name}-{at}Z-{number}.tlog"
        return path

    def _append(self, records: bytes) -> None:
        assert self._handle is not None
        written = os.write(self._handle, records)
        if written < len(records):
            # A disk that fills up takes a part: the torn record is taken back, so that the file
            # ends with a whole one.
            os.ftruncate(self._handle, self._size)
            raise OSError(28, os.strerror(28))
        self._size += written
        self.bytes += written

    def _failed(self, error: OSError, now_s: float) -> None:
        self.failures += 1
        self.why = (error.strerror or str(error)).lower()
        self._retry_s = now_s + RETRY_S
        self.close()

    def _drop_oldest(self) -> None:
        keep = self._rotation.keep_files
        if keep:
            mine = sorted(self._folder.glob(f"{self._name}-*.tlog"), key=_age)
            for path in mine[:-keep]:
                path.unlink(missing_ok=True)


def _age(path: Path) -> tuple[float, str]:
    return path.stat().st_mtime, path.name
