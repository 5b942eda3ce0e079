"""Another ground station on the same vehicle is noticed; the vehicle's own ways are not."""

import pytest
from pymavlink.dialects.v20 import common

from ground_station.flying.foreign import OtherStations
from onboard.mavlink.codec import Decoder, Message
from onboard.mavlink.px4_modes import Px4Mode, custom_mode


def _heard(packet: common.MAVLink_message) -> Message:
    writer = common.MAVLink(None, srcSystem=1, srcComponent=1)
    (message,) = Decoder().feed(bytes(packet.pack(writer)))
    return message


def _ack(command: int, system: int, component: int, result: int = 0) -> Message:
    return _heard(common.MAVLink_command_ack_message(command, result, 255, 0, system, component))


def _beat(mode: Px4Mode) -> Message:
    return _heard(common.MAVLink_heartbeat_message(2, 12, 157, custom_mode(mode), 4, 3))


def test_ack_to_another_station_is_told_with_its_address() -> None:
    said = OtherStations().receive(_ack(21, 254, 190), asked_lately=True)
    assert said is not None
    assert "254/190" in said.ru


@pytest.mark.parametrize("ack", [_ack(21, 255, 190), _ack(512, 254, 190), _ack(21, 254, 190, 2)])
def test_our_own_and_harmless_and_refused_commands_are_not_told(ack: Message) -> None:
    assert OtherStations().receive(ack, asked_lately=False) is None


def test_mode_that_nobody_here_asked_for_is_told() -> None:
    others = OtherStations()
    assert others.receive(_beat(Px4Mode.HOLD), asked_lately=False) is None
    assert others.receive(_beat(Px4Mode.ORBIT), asked_lately=False) is not None
    assert others.commands == 1


@pytest.mark.parametrize(("mode", "asked"), [(Px4Mode.ORBIT, True), (Px4Mode.RTL, False)])
def test_our_own_wish_and_a_failsafe_are_not_others(mode: Px4Mode, asked: bool) -> None:
    others = OtherStations()
    others.receive(_beat(Px4Mode.MISSION), asked_lately=False)
    assert others.receive(_beat(mode), asked_lately=asked) is None
