"""The camera's memory card: pictures and recordings fill it, formatting empties it. MiB."""

import math

from sim.payload.config import CameraSettings
from sim.payload.faults import PayloadFaults


class Storage:
    """One card. A running recording takes room as time goes by."""

    def __init__(self, settings: CameraSettings, faults: PayloadFaults) -> None:
        self.capacity_mib = settings.storage_mib
        self._settings = settings
        self._faults = faults
        self._used_mib = 0.0
        self._recording_since_s: float | None = None

    @property
    def recording_since_s(self) -> float | None:
        """When the running recording began."""
        return self._recording_since_s

    def used_mib(self, now_s: float) -> float:
        """What is taken; everything while the fault says so."""
        if self._faults.storage_full:
            return self.capacity_mib
        began_s = self._recording_since_s
        video = 0.0 if began_s is None else (now_s - began_s) * self._settings.video_mib_s
        return min(self._used_mib + video, self.capacity_mib)

    def free_mib(self, now_s: float) -> float:
        """What is left."""
        return self.capacity_mib - self.used_mib(now_s)

    def full_s(self) -> float:
        """When the running recording will have filled the card; infinite without one."""
        if self._recording_since_s is None:
            return math.inf
        if self._faults.storage_full:
            return -math.inf
        left_mib = self.capacity_mib - self._used_mib
        return self._recording_since_s + left_mib / self._settings.video_mib_s

    def has_room(self, now_s: float) -> bool:
        """Whether a picture fits."""
        return self.free_mib(now_s) >= self._settings.photo_mib

    def keep_photo(self) -> None:
        """Write a picture."""
        self._used_mib += self._settings.photo_mib

    def record(self, now_s: float) -> None:
        """Begin to record."""
        self._recording_since_s = now_s

    def end_recording(self, now_s: float) -> None:
        """Keep what was recorded."""
        began_s = self._recording_since_s
        if began_s is not None:
            self._used_mib += (now_s - began_s) * self._settings.video_mib_s
            self._used_mib = min(self._used_mib, self.capacity_mib)
        self._recording_since_s = None

    def erase(self) -> None:
        """Format the card."""
        self._used_mib = 0.0
        self._recording_since_s = None
