"""The simulation's record of what was truly so, for whoever judges afterwards.

Lines of JSON in `<run folder>/truth`: `frames.<drone>.jsonl` what each picture shows,
`flown.<drone>.jsonl` where each drone was, `events.jsonl` the scripted events, and
`harmless.jsonl` the look-alikes that no rule should report. An event is written when it begins
and again, with the same id, when more take part in it and when it ends. None of it ever goes over
a wire.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sim.run_files import RunFiles

Row = Mapping[str, Any]


class TruthLog:
    """Appends rows to the files of one run; every row is on its way to the disk when it is told.

    Raises:
        BadInput: the folder cannot be made or a file cannot be written; the place is named.
    """

    def __init__(self, run_folder: Path) -> None:
        self._files = RunFiles(run_folder / "truth")
        self._files.open("events.jsonl")
        self.rows = 0

    def frame(self, drone_id: str, row: Row) -> None:
        """What one published picture shows."""
        self._write(f"frames.{drone_id}.jsonl", row)

    def flown(self, drone_id: str, row: Row) -> None:
        """Where one drone is."""
        self._write(f"flown.{drone_id}.jsonl", row)

    def event(self, row: Row, *, harmless: bool) -> None:
        """Something became so, or ceased to be."""
        self._write("harmless.jsonl" if harmless else "events.jsonl", row)

    def close(self) -> None:
        """Close all files."""
        self._files.close()

    def _write(self, name: str, row: Row) -> None:
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"
        self._files.write(name, line.encode("utf-8"), at_once=True)
        self.rows += 1


def utc_text(when: datetime) -> str:
    """A time as the files have it: ISO 8601 with microseconds and the zone."""
    return when.isoformat(timespec="microseconds")
