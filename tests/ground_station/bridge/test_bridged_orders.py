"""What a DroneKit script orders, and what PX4 hears of it."""

import struct
from math import isnan, pi
from typing import Any

import pytest
from pymavlink.dialects.v20 import ardupilotmega

from ground_station.dronekit_bridge.bridge import Bridge
from ground_station.dronekit_bridge.voices import Voices
from ground_station.dronekit_bridge.words import Dialect, Side, Words
from onboard.mavlink.codec import Decoder, Encoder, Message
from onboard.mavlink.px4_modes import Px4Mode, custom_mode

HOME = {"latitude": 473977430, "longitude": 85455940, "altitude": 489_400}
GUIDED, AUTO, LOITER = 4, 3, 5
TAKEOFF, SET_MODE, CHANGE_SPEED, CONDITION_YAW, REPOSITION = 22, 176, 178, 115, 192


class Desk:
    """A bridge with a vehicle behind it; what either side hears is decoded from bytes."""

    def __init__(self, dialect: Dialect = Dialect.ARDUPILOT) -> None:
        self.bridge = Bridge(dialect=dialect)
        self.heard: dict[Side, list[Message]] = {Side.CLIENT: [], Side.VEHICLE: []}
        self.frames: dict[Side, list[bytes]] = {Side.CLIENT: [], Side.VEHICLE: []}
        self._voices = Voices(self.bridge.known)
        self._vehicle = Encoder(system_id=1, component_id=1)
        self._client = Encoder(system_id=255, component_id=0)
        self._decoders = [Decoder(), Decoder()]
        self.ears = {Side.CLIENT: Decoder(), Side.VEHICLE: Decoder()}
        self.mode(Px4Mode.HOLD)
        self.vehicle("HOME_POSITION", **HOME)

    def mode(self, mode: Px4Mode) -> int:
        """The vehicle is in a mode; the number that the client hears of it."""
        self.vehicle("HEARTBEAT", type=2, autopilot=12, custom_mode=custom_mode(mode))
        return int(self.heard[Side.CLIENT][-1].custom_mode)

    def vehicle(self, name: str, now_s: float = 0.0, **fields: Any) -> None:
        for message in self._decoders[0].feed(self._vehicle.encode(name, **fields)):
            self._deliver(self.bridge.from_vehicle(message, now_s))

    def client(self, name: str, now_s: float = 0.0, **fields: Any) -> None:
        for message in self._decoders[1].feed(self._client.encode(name, **fields)):
            self._deliver(self.bridge.from_client(message, now_s))

    def tick(self, now_s: float) -> None:
        self._deliver(self.bridge.tick(now_s))

    def _deliver(self, words: Words) -> None:
        for word in words:
            frame = self._voices.frame(word)
            self.frames[word.to].append(frame)
            self.heard[word.to] += self.ears[word.to].feed(frame)

    @property
    def last(self) -> Message:
        """The last that the vehicle heard."""
        return self.heard[Side.VEHICLE][-1]


def test_takeoff_height_above_home_becomes_one_above_the_sea() -> None:
    desk = Desk()
    desk.client("COMMAND_LONG", command=TAKEOFF, param7=10.0)
    assert desk.last.param7 == pytest.approx(499.4)
    assert all(isnan(value) for value in (desk.last.param4, desk.last.param5, desk.last.param6))


def test_takeoff_without_a_home_is_refused_aloud() -> None:
    desk = Desk()
    desk.bridge.known.home = None
    desk.client("COMMAND_LONG", command=TAKEOFF, param7=10.0)
    assert [each.name for each in desk.heard[Side.CLIENT][-2:]] == ["STATUSTEXT", "COMMAND_ACK"]
    assert desk.heard[Side.CLIENT][-1].result == 1


@pytest.mark.parametrize(
    ("number", "mode"),
    [(GUIDED, Px4Mode.HOLD), (AUTO, Px4Mode.MISSION), (LOITER, Px4Mode.HOLD), (6, Px4Mode.RTL)],
)
def test_mode_of_arducopter_is_asked_for_and_shown_again(number: int, mode: Px4Mode) -> None:
    desk = Desk()
    desk.client("COMMAND_LONG", command=SET_MODE, param1=1.0, param2=float(number))
    main_and_sub = (int(desk.last.param2) << 16) | (int(desk.last.param3) << 24)
    assert main_and_sub == custom_mode(mode)
    assert desk.mode(mode) == number


def test_old_set_mode_message_is_a_command_to_px4() -> None:
    desk = Desk()
    desk.client("SET_MODE", target_system=1, base_mode=1, custom_mode=AUTO)
    assert (desk.last.command, desk.last.param2, desk.last.param3) == (SET_MODE, 4.0, 4.0)


def test_mode_that_px4_lacks_is_refused() -> None:
    desk = Desk()
    desk.client("COMMAND_LONG", command=SET_MODE, param1=1.0, param2=14.0)
    assert desk.heard[Side.VEHICLE] == []
    assert desk.heard[Side.CLIENT][-1].result == 3


def test_guided_item_becomes_a_reposition_that_is_repeated_until_answered() -> None:
    desk = Desk()
    place = {"x": 47.3985, "y": 8.5456, "z": 20.0}
    desk.client("MISSION_ITEM", command=16, current=2, frame=3, **place)
    assert (desk.last.name, desk.last.command) == ("COMMAND_INT", REPOSITION)
    assert desk.last.x == pytest.approx(473985000, abs=40)
    assert desk.last.z == pytest.approx(509.4)
    desk.tick(1.1)
    assert len(desk.heard[Side.VEHICLE]) == 2
    ack = {"target_system": 255, "command": REPOSITION}
    desk.vehicle("COMMAND_ACK", 1.2, **ack, result=0)
    desk.tick(9.0)
    assert len(desk.heard[Side.VEHICLE]) == 2


def test_place_that_the_vehicle_refuses_is_told() -> None:
    desk = Desk()
    desk.client("MISSION_ITEM", command=16, current=2, frame=3, x=47.0, y=8.0, z=20.0)
    desk.vehicle("COMMAND_ACK", target_system=255, command=REPOSITION, result=2)
    assert desk.heard[Side.CLIENT][-1].text.startswith("bridge: the place: denied")


def test_yaw_is_a_turn_at_the_place_that_is_held() -> None:
    desk = Desk()
    desk.client("MISSION_ITEM", command=16, current=2, frame=3, x=47.3985, y=8.5456, z=20.0)
    desk.client("COMMAND_LONG", command=CONDITION_YAW, param1=90.0)
    assert desk.last.param4 == pytest.approx(pi / 2)
    assert desk.last.x == pytest.approx(473985000, abs=40)


def test_airspeed_of_a_multirotor_is_its_speed_over_ground() -> None:
    desk = Desk()
    desk.client("COMMAND_LONG", command=CHANGE_SPEED, param1=0.0, param2=3.0)
    assert (desk.last.param1, desk.last.param2) == (1.0, 3.0)


def test_velocity_is_streamed_then_flown_and_ends_in_hold() -> None:
    desk = Desk()
    fields = {"coordinate_frame": 1, "type_mask": 0b110111000111, "vx": 2.0}
    desk.client("SET_POSITION_TARGET_LOCAL_NED", **fields)
    for tenth in range(1, 40):
        desk.tick(tenth / 10)
    said = desk.heard[Side.VEHICLE]
    modes = [(m.param2, m.param3) for m in said if m.name == "COMMAND_LONG"]
    assert modes[0] == (6.0, 0.0)
    assert modes[-1] == (4.0, 3.0)
    assert sum(message.name == "SET_POSITION_TARGET_LOCAL_NED" for message in said) > 20
    assert desk.mode(Px4Mode.OFFBOARD) == GUIDED


def test_whole_parameter_is_read_and_written_by_value() -> None:
    desk = Desk()
    (bits,) = struct.unpack("<f", struct.pack("<i", 3))
    told = {"param_id": "NAV_RCL_ACT", "param_type": 6, "param_count": 1}
    desk.vehicle("PARAM_VALUE", **told, param_value=bits)
    assert desk.heard[Side.CLIENT][-1].param_value == 3.0
    desk.client("PARAM_SET", param_id="NAV_RCL_ACT", param_value=2.0, param_type=9)
    assert struct.unpack("<i", struct.pack("<f", desk.last.param_value)) == (2,)
    assert desk.last.param_type == 6


def test_parameter_told_in_a_type_that_is_none_is_written_as_the_client_says() -> None:
    desk = Desk()
    desk.vehicle(
        "PARAM_VALUE", param_id="NAV_RCL_ACT", param_type=0, param_count=1, param_value=0.0
    )
    desk.client("PARAM_SET", param_id="NAV_RCL_ACT", param_value=2.0, param_type=9)
    assert (desk.last.param_value, desk.last.param_type) == (2.0, 9)


def test_estimator_is_told_as_arducopters_in_bytes_that_pymavlink_reads() -> None:
    desk = Desk()
    desk.vehicle("ESTIMATOR_STATUS", flags=831, vel_ratio=0.25)
    parser = ardupilotmega.MAVLink(None)
    read = [each for frame in desk.frames[Side.CLIENT] for each in parser.parse_buffer(frame) or []]
    (report,) = [each for each in read if each.get_type() == "EKF_STATUS_REPORT"]
    assert report.flags & ardupilotmega.EKF_PRED_POS_HORIZ_ABS
    assert report.velocity_variance == 0.25


def test_either_side_sees_no_gap_though_words_are_put_in_and_taken_out() -> None:
    desk = Desk()
    for _ in range(20):
        desk.vehicle("ESTIMATOR_STATUS", flags=831)
        desk.vehicle("MISSION_ACK", target_system=255)
        desk.vehicle("ATTITUDE", yaw=1.0)
    assert desk.ears[Side.CLIENT].lost == {}


def test_another_system_on_the_link_is_counted_and_kept_out() -> None:
    desk = Desk()
    before = len(desk.heard[Side.CLIENT])
    other = Decoder().feed(Encoder(system_id=9, component_id=1).encode("ATTITUDE"))
    assert desk.bridge.from_vehicle(other[0], 0.0) == []
    assert len(desk.heard[Side.CLIENT]) == before
    assert desk.bridge.counters.other_systems == 1


def test_px4_dialect_passes_modes_and_heartbeats_through() -> None:
    desk = Desk(Dialect.PX4)
    assert desk.heard[Side.CLIENT][0].autopilot == 12
    assert desk.mode(Px4Mode.MISSION) == custom_mode(Px4Mode.MISSION)
    desk.client("COMMAND_LONG", command=SET_MODE, param1=157.0, param2=4.0, param3=4.0)
    assert (desk.last.param1, desk.last.param2, desk.last.param3) == (157.0, 4.0, 4.0)
