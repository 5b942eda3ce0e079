"""Progress as lines of text, each with the seconds since the command began."""

import time
from typing import TextIO

from ground_station.hub.vehicles_port import UploadOutcome
from ground_station.vehicles.state import VehicleState


class Telling:
    """Writes one line a fact."""

    def __init__(self, to: TextIO) -> None:
        self._to = to
        self._began_s = time.monotonic()

    def line(self, text: str) -> None:
        """One line, at once."""
        print(f"[{time.monotonic() - self._began_s:7.1f} s] {text}", file=self._to, flush=True)

    def upload(self, outcome: UploadOutcome) -> None:
        """What became of the upload, with the hashes that the vehicle reports."""
        hashes = ", ".join(
            f"{name} {'-' if value is None else f'{value:08x}'}"
            for name, value in (
                ("mission", outcome.mission_hash),
                ("fence", outcome.fence_hash),
                ("rally", outcome.rally_hash),
            )
        )
        self.line(f"upload: {outcome.outcome.value} ({outcome.items} items; {hashes})")
        if outcome.reason:
            self.line(f"        {outcome.reason}")

    def position(self, state: VehicleState) -> None:
        """Where the vehicle is and how far through its mission."""
        if state.latitude_deg is None or state.longitude_deg is None:
            return
        total = state.mission_total or 0
        self.line(
            f"item {(state.mission_current or 0) + 1}/{total}  {state.latitude_deg:.6f}, "
            f"{state.longitude_deg:.6f}  {state.height_above_home_m or 0.0:5.1f} m above home  "
            f"{state.ground_speed_m_s or 0.0:4.1f} m/s  {_battery(state)}  "
            f"{state.mode.value if state.mode else '-'}"
        )


def _battery(state: VehicleState) -> str:
    return "" if state.battery_remaining is None else f"battery {state.battery_remaining:.0%}"
