"""What a run leaves behind: every frame of every drone as a tlog that ground stations open.

A tlog is a run of frames, each behind eight bytes: microseconds since 1970, big-endian. Time is
simulated, so the same run gives the same bytes.
"""

import struct
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from missions.errors import place_of
from sim.clock import DEFAULT_BEGAN_UTC
from sim.scenario.wire import Log

STAMP = struct.Struct(">Q")


class RunLog:
    """Writes `<folder>/<drone>.tlog`.

    Raises:
        BadInput: the folder or a file cannot be written; it is named.
    """

    def __init__(self, folder: Path, *, began_utc: datetime = DEFAULT_BEGAN_UTC) -> None:
        self._folder = folder
        self._began_us = round(began_utc.timestamp() * 1e6)
        self._files: dict[str, BinaryIO] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise place_of(error, str(folder)) from error

    def of(self, drone_id: str) -> Log:
        """What writes down one drone's frames."""
        path = self._folder / f"{drone_id}.tlog"
        try:
            file = self._files[drone_id] = path.open("wb")
        except OSError as error:
            raise place_of(error, str(path)) from error

        def write(now_s: float, data: bytes) -> None:
            try:
                file.write(STAMP.pack(self._began_us + round(now_s * 1e6)) + data)
            except OSError as error:
                raise place_of(error, str(path)) from error

        return write

    def close(self) -> None:
        """Close every file."""
        for file in self._files.values():
            file.close()
        self._files.clear()

    def __enter__(self) -> "RunLog":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
