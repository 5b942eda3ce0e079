"""What PX4 tells by itself: at boot, of its log file, and of its health whenever that changes.

Times and arguments are those of 01_boot_idle_1x and 02_mission_square_1x.
"""

import struct
from datetime import UTC, datetime

from onboard.mavlink.codec import Send
from sim.vehicle.aircraft import Aircraft
from sim.vehicle.wire.events import WARNING, Event
from sim.vehicle.wire.health_report import HealthReport, facts_of
from sim.vehicle.wire.outgoing import AUTOPILOT, Outgoing
from sim.vehicle.wire.ports import COMPANION, GROUND, PAYLOAD
from sim.vehicle.wire.status_telemetry import global_origin

HEARTBEAT_FROM_S = 1.1
INFO = 6
LOOKS_EVERY_S = 0.2
LOG_TEXT_S = 2.49
# Custom mode Hold, as PX4 packs it before any mode is chosen.
_FIRST_WARNING = struct.pack("<I", 0x03040000)


class BootStory:
    """The autopilot's own announcements; `due` gives events and adds messages to `out`."""

    def __init__(self, aircraft: Aircraft) -> None:
        self._aircraft = aircraft
        self._health = HealthReport()
        self._began = False
        self._logged = False
        self._placed = False

    def waits_until_s(self) -> float:
        """When the health that was seen already is told; infinite where all is told."""
        return self._health.waits_until_s(facts_of(self._aircraft))

    def due(self, boot_s: float, out: list[Outgoing]) -> list[Event]:
        """What is to be told now."""
        events: list[Event] = []
        if boot_s < HEARTBEAT_FROM_S:
            return events
        if not self._began:
            self._began = True
            events += [_first_warning(), self._log_file()]
        if not self._logged and boot_s >= LOG_TEXT_S - LOOKS_EVERY_S:
            self._logged = True
            self._aircraft.say(INFO, self._log_text())
        self._tell_places(boot_s, out)
        return events + self._health.due(facts_of(self._aircraft), boot_s)

    def _tell_places(self, boot_s: float, out: list[Outgoing]) -> None:
        aircraft = self._aircraft
        if not aircraft.commander.has_home or aircraft.config.streams == "lean":
            return
        if not self._placed:
            self._placed = True
            origin = Send("GPS_GLOBAL_ORIGIN", global_origin(aircraft, boot_s))
            told = [link for link in (GROUND, COMPANION, PAYLOAD) if link in aircraft.config.links]
            out += [Outgoing(link, AUTOPILOT, origin) for link in told]

    def _when(self) -> datetime:
        return datetime.fromtimestamp(self._aircraft.unix_us() * 1e-6, tz=UTC)

    def _log_text(self) -> str:
        return f"[logger] ./log/{self._when():%Y-%m-%d/%H_%M_%S}.ulg\t"

    def _log_file(self) -> Event:
        at = self._when()
        packed = struct.pack("<HBBBBB", at.year, at.month, at.day, at.hour, at.minute, at.second)
        return Event(name="logger_open_file_time", arguments=packed)


def _first_warning() -> Event:
    return Event(
        name="commander_failsafe_enter_generic_warn", levels=WARNING, arguments=_FIRST_WARNING
    )
