"""SET_ATTITUDE_TARGET: flown in offboard mode as PX4's SIH flew the same setpoints.

The figures are PX4 v1.17's (SIH quadrotor, no wind, 10 m high, from rest): 2 s level at thrust 0.5,
3 s nose down 10 degrees, 2 s nose up, 2 s level at 0.55, 2 s nose down 30 degrees at 0.6.
"""

import math
from collections.abc import Callable
from typing import Any

import pytest

OFFBOARD = 6
WITH_ATTITUDE, NOTHING, NO_THRUST = 0b00000111, 0b10000111, 0b01000111
# Seconds, pitch, thrust; then north, down, and their speeds at the end.
FLOWN = (
    (2.0, 0.0, 0.50, -0.0, -0.22, 0.0, -0.16),
    (3.0, -10.0, 0.50, 3.0, -0.53, 1.65, -0.06),
    (2.0, 10.0, 0.50, 3.3, -0.68, -1.04, -0.05),
    (2.0, 0.0, 0.55, 1.9, -1.96, -0.23, -1.03),
    (2.0, -30.0, 0.60, 6.9, -3.91, 4.81, -0.74),
)


def tell(flown: Any, *, pitch_deg: float, thrust: float, mask: int = WITH_ATTITUDE) -> None:
    half = math.radians(pitch_deg) / 2.0
    flown.tell(
        "SET_ATTITUDE_TARGET",
        target_system=1,
        target_component=1,
        type_mask=mask,
        q=(math.cos(half), 0.0, math.sin(half), 0.0),
        thrust=thrust,
    )


def stream(flown: Any, seconds: float, **setpoint: Any) -> None:
    for _ in range(round(seconds / 0.04)):
        tell(flown, **setpoint)
        flown.run(0.04)


@pytest.fixture
def hovering(bench: Callable[..., Any]) -> Any:
    flown = bench(streams="px4", payload=False).ready()
    nan = math.nan
    assert flown.command(22, nan, 0, 0, nan, nan, nan, flown.vehicle.config.ground_amsl_m + 10) == 0
    assert flown.command(400, 1.0) == 0
    return flown.run(22.0)


def test_attitude_and_thrust_are_flown_as_px4_flies_them(hovering: Any) -> None:
    stream(hovering, 1.0, pitch_deg=0.0, thrust=0.5)
    began = hovering.last("LOCAL_POSITION_NED")
    assert hovering.command(176, 1.0, OFFBOARD) == 0
    for seconds, pitch_deg, thrust, north, down, north_m_s, down_m_s in FLOWN:
        stream(hovering, seconds, pitch_deg=pitch_deg, thrust=thrust)
        place, tilt = hovering.last("LOCAL_POSITION_NED"), hovering.last("ATTITUDE")
        assert place.x - began.x == pytest.approx(north, abs=0.4)
        assert place.z - began.z == pytest.approx(down, abs=0.15)
        assert (place.vx, place.vz) == pytest.approx((north_m_s, down_m_s), abs=0.15)
        assert math.degrees(tilt.pitch) == pytest.approx(pitch_deg, abs=0.5)
    assert hovering.last("HEARTBEAT").custom_mode >> 16 == OFFBOARD


def test_setpoints_that_end_are_a_loss_of_the_companion(hovering: Any) -> None:
    stream(hovering, 1.0, pitch_deg=0.0, thrust=0.5)
    assert hovering.command(176, 1.0, OFFBOARD) == 0
    stream(hovering, 1.0, pitch_deg=0.0, thrust=0.5)
    hovering.run(3.0)
    assert any(text.startswith("Failsafe activated") for text in hovering.texts())


@pytest.mark.parametrize(
    "setpoint",
    [
        {"pitch_deg": 0.0, "thrust": 0.5, "mask": NOTHING},
        {"pitch_deg": 0.0, "thrust": 0.5, "mask": NO_THRUST},
        {"pitch_deg": math.nan, "thrust": 0.5},
    ],
)
def test_setpoint_without_attitude_or_thrust_is_refused_and_counted(
    hovering: Any, setpoint: dict[str, Any]
) -> None:
    refused = hovering.vehicle.links["ground"].counts["refused"]
    tell(hovering, **setpoint)
    assert hovering.vehicle.links["ground"].counts["refused"] == refused + 1
