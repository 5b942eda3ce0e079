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
from types import TracebackType
from typing import Any, TextIO

from missions.errors import place_of

Row = Mapping[str, Any]


class TruthLog:
    """Appends rows to the files of one run; every row is on its way to the disk when it is told.

    Raises:
        BadInput: the folder cannot be made or a file cannot be written; the place is named.
    """

    def __init__(self, run_folder: Path) -> None:
        self._folder = run_folder / "truth"
        self._files: dict[str, TextIO] = {}
        self.rows = 0
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise place_of(error, str(self._folder)) from error
        self._open("events.jsonl")

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
        for file in self._files.values():
            file.close()
        self._files.clear()

    def __enter__(self) -> "TruthLog":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _open(self, name: str) -> TextIO:
        path = self._folder / name
        if name not in self._files:
            try:
                self._files[name] = path.open("w", encoding="utf-8")
            except OSError as error:
                raise place_of(error, str(path)) from error
        return self._files[name]

    def _write(self, name: str, row: Row) -> None:
        file = self._open(name)
        try:
            file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
            file.flush()
        except OSError as error:
            raise place_of(error, str(self._folder / name)) from error
        self.rows += 1


def utc_text(when: datetime) -> str:
    """A time as the files have it: ISO 8601 with microseconds and the zone."""
    return when.isoformat(timespec="microseconds")
