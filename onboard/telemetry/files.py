"""A flight's telemetry from a file, whatever format its name tells."""

from collections.abc import Callable
from pathlib import Path

from missions.errors import BadInput
from onboard.telemetry.dji_srt import read_dji_srt
from onboard.telemetry.flight_log import FlightLog
from onboard.telemetry.misb.flight import read_misb
from onboard.telemetry.pose_table import read_pose_table
from onboard.telemetry.tlog import read_tlog

READERS: dict[str, Callable[[Path], FlightLog]] = {
    ".srt": read_dji_srt,
    ".csv": read_pose_table,
    ".ts": read_misb,
    ".m2ts": read_misb,
    ".mpg": read_misb,
    ".klv": read_misb,
    ".tlog": read_tlog,
}


def read_flight(path: Path) -> FlightLog:
    """The flight of a file.

    Raises:
        BadInput: its name tells no format that is read, or the reader refuses it.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise BadInput(where=str(path), what=f"should end in {', '.join(READERS)}")
    return reader(path)
