"""The leg that was left, on disk: read by a process that starts anew in the midst of a reaction."""

import json
import os
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from onboard.executive.actions import Left

_LEFT = TypeAdapter(Left)


class MemoryFile:
    """One file. `unwritten` counts changes that the disk did not take."""

    def __init__(self, file: Path) -> None:
        self.unwritten = 0
        self._file = file

    def read(self) -> Left | None:
        """What is remembered; None where there is nothing that can be read."""
        try:
            return _LEFT.validate_json(self._file.read_bytes())
        except (OSError, ValidationError):
            return None

    def write(self, left: Left | None) -> None:
        """Remember, or forget; whole or not at all."""
        try:
            if left is None:
                self._file.unlink(missing_ok=True)
            else:
                self._replace(_LEFT.dump_python(left, mode="json"))
        except OSError:
            self.unwritten += 1

    def _replace(self, content: dict[str, Any]) -> None:
        beside = self._file.with_suffix(".new")
        with beside.open("w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._file)
