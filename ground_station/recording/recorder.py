"""Keeps every frame of every link: handed over at once, written by a thread of its own."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from ground_station.configuration import RecordingSettings
from ground_station.links.views import RecordingView
from ground_station.recording.tlog import record
from ground_station.recording.writer import Rotation, TlogFile

ALL = "all"
QUEUE_BYTES = 16 * 1024 * 1024
WRITE_EVERY_S = 0.2
# A closing recorder waits no longer than this for a disk that hangs.
LAST_WRITE_LIMIT_S = 3.0
VEHICLES_AT_MOST = 256


class TlogRecorder:
    """Records all frames into one log, and each vehicle's into its own as well where asked.

    A disk that hangs, fills up or is read-only stops no link: what it does not take waits in
    `queue_bytes` of memory at most, and is dropped and counted beyond that. What was said to all is
    in the common log; a vehicle's own log holds what it said and what was said to it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        per_vehicle: bool = False,
        rotation: Rotation | None = None,
        queue_bytes: int = QUEUE_BYTES,
        unix_s: Callable[[], float] = time.time,
    ) -> None:
        self.frames = 0
        self.frames_dropped = 0
        self.frames_unwritten = 0
        self._folder = folder
        self._per_vehicle = per_vehicle
        self._rotation = rotation or Rotation()
        self._queue_bytes = queue_bytes
        self._unix_s = unix_s
        self._queued: deque[tuple[int | None, bytes]] = deque()
        self._queued_bytes = 0
        self._files: dict[str, TlogFile] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._ending = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to write."""
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="tlog", daemon=True)
        self._thread.start()

    def frame(self, frame: bytes, system_id: int | None) -> None:
        """Keep one frame; `system_id` is the vehicle's, None where it is for all or not known."""
        kept = record(int(self._unix_s() * 1e6), frame)
        with self._lock:
            self.frames += 1
            if self._queued_bytes + len(kept) > self._queue_bytes:
                self.frames_dropped += 1
                return
            self._queued.append((system_id, kept))
            self._queued_bytes += len(kept)

    async def close(self) -> None:
        """Write what waits, and end."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._ending = True
            self._wake.set()
            await asyncio.to_thread(thread.join, LAST_WRITE_LIMIT_S)

    def view(self) -> RecordingView:
        """The files and their troubles."""
        files = tuple(self._files.values())
        why = next((each.why for each in files if each.why), "")
        return RecordingView(
            folder=str(self._folder),
            state="failing" if why else "writing",
            why=why,
            counters={
                "frames": self.frames,
                "frames_dropped": self.frames_dropped,
                "frames_unwritten": self.frames_unwritten,
                "bytes": sum(each.bytes for each in files),
                "files": sum(each.files for each in files),
                "write_failures": sum(each.failures for each in files),
            },
        )

    def _run(self) -> None:
        while not self._ending:
            self._wake.wait(WRITE_EVERY_S)
            self._write_queued()
        self._write_queued()
        for file in tuple(self._files.values()):
            file.close()

    def _write_queued(self) -> None:
        with self._lock:
            queued, self._queued = self._queued, deque()
            self._queued_bytes = 0
        if not queued:
            return
        logs: dict[str, list[bytes]] = {ALL: [kept for _, kept in queued]}
        if self._per_vehicle:
            for system_id, kept in queued:
                if system_id is not None:
                    logs.setdefault(f"system-{system_id}", []).append(kept)
        for name, records in logs.items():
            file = self._file(name)
            if file is None or not file.write(b"".join(records)):
                self.frames_unwritten += len(records)

    def _file(self, name: str) -> TlogFile | None:
        file = self._files.get(name)
        if file is None and len(self._files) <= VEHICLES_AT_MOST:
            file = self._files[name] = TlogFile(self._folder, name, rotation=self._rotation)
        return file


def recorder_of(settings: RecordingSettings) -> TlogRecorder | None:
    """The recorder that a configuration asks for, or None."""
    if settings.folder is None:
        return None
    rotation = Rotation(
        most_bytes=int(settings.most_megabytes * 1e6),
        most_s=settings.most_minutes * 60.0,
        keep_files=settings.keep_files,
    )
    return TlogRecorder(settings.folder, per_vehicle=settings.per_vehicle, rotation=rotation)
