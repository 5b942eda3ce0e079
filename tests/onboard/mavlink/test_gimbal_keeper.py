"""The gimbal's keeper: who has control, and how fast the aim moves."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from onboard.mavlink.codec import Address, Decoder, Encoder, Send
from onboard.mavlink.gimbal_keeper import Aim, GimbalKeeper, Hold

OWN, VEHICLE, STATION = Address(1, 191), Address(1, 1), Address(255, 190)
PITCHES = st.floats(min_value=-math.pi / 2, max_value=0.25)
YAWS = st.floats(min_value=-math.pi, max_value=math.pi)


def hear(keeper: GimbalKeeper, name: str, now_s: float, **fields: Any) -> None:
    encoder = Encoder(system_id=VEHICLE.system_id, component_id=VEHICLE.component_id)
    (message,) = Decoder().feed(encoder.encode(name, **fields))
    keeper.receive(message, now_s)


def status(keeper: GimbalKeeper, primary: Address, now_s: float) -> None:
    told = {
        "primary_control_sysid": primary.system_id,
        "primary_control_compid": primary.component_id,
    }
    hear(keeper, "GIMBAL_MANAGER_STATUS", now_s, **told)


def acknowledge(keeper: GimbalKeeper, now_s: float, result: int = 0) -> None:
    to = {"target_system": OWN.system_id, "target_component": OWN.component_id}
    hear(keeper, "COMMAND_ACK", now_s, command=1001, result=result, **to)


def held(**given: Any) -> GimbalKeeper:
    keeper = GimbalKeeper(own=OWN, vehicle=VEHICLE, **given)
    status(keeper, Address(0, 0), 0.0)
    keeper.aim(Aim(-0.5, 0.3))
    keeper.tick(0.0)
    acknowledge(keeper, 0.1)
    return keeper


def axis(send: Send) -> np.ndarray:
    rotation = Rotation.from_quat(np.roll(np.array(send.fields["q"]), -1))
    return np.asarray(rotation.apply((1.0, 0.0, 0.0)))


def test_nothing_is_sent_to_a_vehicle_without_a_gimbal_manager() -> None:
    keeper = GimbalKeeper(own=OWN, vehicle=VEHICLE)
    keeper.aim(Aim(-0.5, 0.3))
    assert keeper.tick(0.0) == []


def test_control_is_asked_for_before_the_first_aim_and_given_back_after_the_last() -> None:
    keeper = held()
    (told,) = keeper.tick(0.2)
    assert told.name == "GIMBAL_MANAGER_SET_ATTITUDE"
    keeper.give_back()
    (released,) = keeper.tick(0.4)
    assert (released.fields["command"], released.fields["param1"]) == (1001, -3.0)
    acknowledge(keeper, 0.5)
    assert keeper.tick(5.0) == []


def test_control_that_another_station_takes_is_not_taken_back() -> None:
    keeper = held()
    status(keeper, STATION, 4.0)
    assert keeper.tick(10.0) == []
    assert keeper.hold is Hold.LOST


@pytest.mark.parametrize("freed_by", [Address(0, 0), VEHICLE])
def test_control_that_the_navigator_took_and_freed_is_asked_for_again(freed_by: Address) -> None:
    keeper = held()
    status(keeper, freed_by, 4.0)
    (asked,) = keeper.tick(6.0)
    assert asked.fields["command"] == 1001


def test_refusal_of_control_is_taken() -> None:
    keeper = GimbalKeeper(own=OWN, vehicle=VEHICLE)
    status(keeper, STATION, 0.0)
    keeper.aim(Aim(-0.5, 0.3))
    keeper.tick(0.0)
    acknowledge(keeper, 0.1, result=2)
    assert keeper.tick(1.0) == []


def test_control_left_over_from_an_earlier_process_is_given_back() -> None:
    keeper = GimbalKeeper(own=OWN, vehicle=VEHICLE)
    status(keeper, OWN, 0.0)
    (released,) = keeper.tick(0.1)
    assert released.fields["param1"] == -3.0


@given(pitch=PITCHES, yaw=YAWS)
def test_first_aim_is_the_direction_that_was_asked_for(pitch: float, yaw: float) -> None:
    keeper = held()
    keeper.aim(Aim(pitch, yaw))
    (told,) = keeper.tick(10.0)
    expected = Rotation.from_euler("ZYX", (yaw, pitch, 0.0)).apply((1.0, 0.0, 0.0))
    assert axis(told) == pytest.approx(expected, abs=1e-6)


@given(first=st.tuples(PITCHES, YAWS), then=st.lists(st.tuples(PITCHES, YAWS), min_size=1))
def test_aim_never_turns_faster_than_its_rate(
    first: tuple[float, float], then: list[tuple[float, float]]
) -> None:
    keeper = held(rate_rad_s=0.5)
    keeper.aim(Aim(*first))
    (before,) = keeper.tick(1.0)
    for number, aim in enumerate(then):
        keeper.aim(Aim(*aim))
        (after,) = keeper.tick(1.2 + 0.2 * number)
        turned = math.acos(min(1.0, max(-1.0, float(axis(before) @ axis(after)))))
        assert turned <= math.hypot(0.1, 0.1) + 1e-6
        before = after
