"""Uploads that have not ended, on disk: what to put back if this process does not live to do it."""

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ground_station.vehicles.plan_on_board.held import HeldPlan, held_from_json
from missions.errors import BadInput
from missions.files.qgc_plan import plan_from_qgc
from missions.files.qgc_plan_write import qgc_from_plan
from missions.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """An upload that was begun: what was on board, and what was to come."""

    before: HeldPlan
    plan: Plan


class UploadJournal:
    """One file a vehicle, there from before an upload's first message until its end is proven.

    Without a folder, or where the disk refuses, it holds for this process alone; `on_disk` tells,
    and `unwritten` counts refusals.
    """

    def __init__(self, folder: Path | None) -> None:
        self.unwritten = 0
        self._folder = folder
        self._begun: dict[int, Unfinished] = {}

    def begin(self, system_id: int, unfinished: Unfinished) -> bool:
        """Note an upload; False where it could not be written to disk."""
        self._begun[system_id] = unfinished
        if self._folder is None:
            return False
        record = {"before": unfinished.before.as_json(), "plan": qgc_from_plan(unfinished.plan)}
        try:
            write_whole(self._file(self._folder, system_id), json.dumps(record))
        except OSError:
            self.unwritten += 1
            return False
        return True

    def end(self, system_id: int) -> None:
        """The upload has ended, and what is on board is proven."""
        self._begun.pop(system_id, None)
        if self._folder is None:
            return
        try:
            self._file(self._folder, system_id).unlink(missing_ok=True)
            sync_folder(self._folder)
        except OSError:
            # It will be found after a restart and then undone though it had ended.
            self.unwritten += 1

    def unfinished(self, system_id: int) -> Unfinished | None:
        """The upload that has not ended, of this process or of one before it."""
        begun = self._begun.get(system_id)
        if begun is not None or self._folder is None:
            return begun
        file = self._file(self._folder, system_id)
        with suppress(OSError, ValueError, KeyError, TypeError, BadInput):
            record = json.loads(file.read_text(encoding="utf-8"))
            before = held_from_json(record["before"])
            found = Unfinished(before=before, plan=plan_from_qgc(record["plan"], str(file)))
            self._begun[system_id] = found
            return found
        return None

    @staticmethod
    def _file(folder: Path, system_id: int) -> Path:
        return folder / f"{system_id}.upload.json"


def write_whole(file: Path, text: str) -> None:
    """Put `text` in place of a file; after a crash the file is whole, the old one or the new one.

    Raises:
        OSError: the disk did not take it.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished")
    with unfinished.open("w", encoding="utf-8") as writing:
        writing.write(text)
        writing.flush()
        os.fsync(writing.fileno())
    unfinished.replace(file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Bring a folder's entries to the disk: a file renamed or removed is not so before that."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
