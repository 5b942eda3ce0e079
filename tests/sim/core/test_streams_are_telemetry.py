"""What the flight core writes is to the byte what `telemetry` builds for the same instant."""

from collections.abc import Callable
from typing import Any

import pytest

from onboard.mavlink.codec import Message
from onboard.mavlink.codec.dialect import LAYOUT_BY_NAME
from onboard.mavlink.codec.encoder import pack_payload
from sim.vehicle.core.fleet import KEPT
from sim.vehicle.core.messages import WRITTEN
from sim.vehicle.raw_telemetry import ALL_BUILDERS
from sim.vehicle.trajectory import Ned
from sim.vehicle.wire.gates import GATES

Make = Callable[..., Any]
# Half a unit more than what the message holds: the instant that it was written for, nearly.
UNITS = {"time_boot_ms": 1e-3, "time_usec": 1e-6, "time_boot_us": 1e-6}


def _instant_s(message: Message, boot_s: float) -> float:
    named = [name for name in UNITS if name in message.layout.places]
    return (message[named[0]] + 0.5) * UNITS[named[0]] if named else boot_s


def _misfits(made: Any, frames_of: Callable[..., list[Message]], seconds: float) -> set[str]:
    """Messages that differ from the builders', and those that were compared."""
    aircraft, seen = made.vehicle.aircraft, set[str]()
    for _ in range(round(seconds / 0.02)):
        made.run(0.02, every_s=0.02)
        for message in frames_of(made.said[0]):
            fields = ALL_BUILDERS[message.name](aircraft, _instant_s(message, aircraft.boot_s))
            built = pack_payload(LAYOUT_BY_NAME[message.name], fields)
            wire = message.frame[10:-2]
            assert wire.ljust(len(built), b"\0") == built, message.name
            seen.add(message.name)
    return seen


@pytest.mark.parametrize("stage", ["on the ground", "climbing", "in wind with a lost belief"])
def test_every_byte_is_the_builders(
    flown: Make, frames_of: Callable[..., list[Message]], stage: str
) -> None:
    made = flown(streams="px4", heading_deg=200.0)
    if stage == "on the ground":
        made.run(6.0)
    else:
        made.aloft()
    if stage == "climbing":
        made.command(176, 1.0, 4.0, 5.0)
    if stage == "in wind with a lost belief":
        made.vehicle.aircraft.flight.disturbances.wind_m_s = (2.0, 4.0, 0.0)
        made.vehicle.aircraft.faults.gps_drifts(Ned(0.5, 0.2, 0.0))
        made.vehicle.aircraft.faults.magnetometer_turned(0.2)
        made.vehicle.aircraft.wake()
    seen = _misfits(made, frames_of, 4.0)
    assert seen >= set(WRITTEN) - {"SYSTEM_TIME"}


def test_only_streams_without_a_condition_are_written_from_the_records() -> None:
    assert not set(WRITTEN) & set(GATES)


def test_written_and_kept_are_different_streams() -> None:
    assert not set(WRITTEN) & set(KEPT)
