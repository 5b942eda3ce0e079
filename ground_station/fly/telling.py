"""Progress as lines of text, each with the seconds since the command began."""

import time
from typing import TextIO

from ground_station.hub.plan_views import UploadProgress
from ground_station.hub.vehicles_port import UploadOutcome
from ground_station.readiness.report import Level, ReadinessReport
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
        for warning in outcome.warnings:
            self.line(f"        note: {warning}")

    def upload_progress(self, progress: UploadProgress) -> None:
        """Where an upload is: the phase, and the item of how many."""
        part = progress.part if progress.part != progress.phase.value else ""
        counted = f" item {progress.item}/{progress.items}" if progress.items else ""
        self.line(f"upload: {progress.phase.value}{' ' * bool(part)}{part}{counted}")

    def readiness(self, report: ReadinessReport) -> None:
        """What is not as it should be, and what it will do when something goes wrong."""
        self.line(f"readiness: {report.level.value}")
        for line in report.lines:
            if line.level is not Level.OK and line.consequence is not None:
                self.line(f"        {line.level.value}: {line.fact.en}: {line.consequence.en}")
        for told in (report.on_link_loss, report.on_low_battery, report.on_fence_breach):
            if told is not None:
                self.line(f"        {told.will.en}")

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
