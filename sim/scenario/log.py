"""What a run leaves behind: every frame of every drone as a tlog that ground stations open.

A tlog is a run of frames, each behind eight bytes: microseconds since 1970, big-endian. Time is
simulated, so the same run gives the same bytes.
"""

import struct
from datetime import datetime
from pathlib import Path

from sim.clock import DEFAULT_BEGAN_UTC
from sim.run_files import RunFiles
from sim.scenario.wire import Log

STAMP = struct.Struct(">Q")


class RunLog(RunFiles):
    """Writes `<folder>/<drone>.tlog`.

    Raises:
        BadInput: the folder or a file cannot be written; it is named.
    """

    def __init__(self, folder: Path, *, began_utc: datetime = DEFAULT_BEGAN_UTC) -> None:
        super().__init__(folder)
        self._began_us = round(began_utc.timestamp() * 1e6)

    def of(self, drone_id: str) -> Log:
        """What writes down one drone's frames."""
        name = f"{drone_id}.tlog"
        self.open(name)

        def write(now_s: float, data: bytes) -> None:
            self.write(name, STAMP.pack(self._began_us + round(now_s * 1e6)) + data)

        return write
