"""A car that a camera follows is flown after until it is lost: ours always, PX4 with `--px4`."""

import asyncio
from typing import Any

import pytest

from ground_station.flying import wishes as w
from ground_station.hub.vehicles_port import CommandResult, DeedView
from missions.geodesy import GeoPoint, distance_m
from onboard.messages import TracksReport

pytestmark = pytest.mark.system
METRES_A_DEGREE = 111_195.0
DRONE, TRACK = "qyran-7", 3
# Seconds here are the vehicle's; the camera tells ten times in each real one.
CAR_M_S, AHEAD_M, FOLLOWED_M = 3.0, 25.0, 60.0
TOLD_EVERY_S = 0.1
SPEED = 2.0


def _report(vehicle: Any, north_m: float) -> TracksReport:
    position = {
        "latitude_deg": vehicle.latitude_deg + north_m / METRES_A_DEGREE,
        "longitude_deg": vehicle.longitude_deg,
        "height_amsl_m": vehicle.amsl_m,
        "ellipse": {"semi_major_m": 3.0, "semi_minor_m": 2.0, "orientation_rad": 0.0},
    }
    track = {
        "track_id": TRACK,
        "object_class": "car",
        "confidence": 0.8,
        "position": position,
        "velocity_north_m_s": CAR_M_S,
        "velocity_east_m_s": 0.0,
    }
    return TracksReport.model_validate({"tracks": [track]})


class Car:
    """Drives north from ahead of the vehicle's home, and is told of."""

    def __init__(self, station: Any, vehicle: Any) -> None:
        self.station, self.vehicle = station, vehicle
        self.north_m = AHEAD_M

    async def drives(self) -> None:
        now = asyncio.get_running_loop().time
        began_s = now()
        while True:
            self.north_m = AHEAD_M + CAR_M_S * self.vehicle.speed * (now() - began_s)
            self.station.tracks_seen(DRONE, _report(self.vehicle, self.north_m))
            await asyncio.sleep(TOLD_EVERY_S)

    def far_m(self, state: Any) -> float:
        home = self.vehicle
        return distance_m(
            GeoPoint(latitude_deg=state.latitude_deg, longitude_deg=state.longitude_deg),
            GeoPoint(
                latitude_deg=home.latitude_deg + self.north_m / METRES_A_DEGREE,
                longitude_deg=home.longitude_deg,
            ),
        )


def test_car_is_followed_and_when_it_is_lost_the_following_fails_and_the_vehicle_holds(
    vehicles_on_udp: Any, with_station: Any, hand: Any
) -> None:
    (vehicle,) = vehicles_on_udp(speed=SPEED, px4_speed=SPEED)
    told: list[DeedView] = []

    def hears(change: Any) -> None:
        if isinstance(change, DeedView) and change.command == "follow":
            told.append(change)

    async def body(station: Any) -> None:
        it, car = hand(station, vehicle), Car(station, vehicle)
        station.subscribe(hears)
        await it.does(w.TakeOff(height_above_home_m=10.0))
        driving = asyncio.create_task(car.drives())
        await asyncio.sleep(TOLD_EVERY_S)
        await it.does(w.Follow(drone_id=DRONE, track_id=TRACK))
        past_deg = vehicle.latitude_deg + FOLLOWED_M / METRES_A_DEGREE
        await it.sees(lambda state: state.latitude_deg > past_deg, within_s=60.0)
        assert 2.0 < car.far_m(it.session.state) < 20.0
        assert it.session.state.ground_speed_m_s == pytest.approx(CAR_M_S, abs=0.8)
        assert it.session.state.mode.value == "follow"
        assert not [deed for deed in told if deed.outcome not in (None, CommandResult.DONE)]
        driving.cancel()
        await it.sees(lambda state: state.mode.value == "hold", within_s=15.0)

    with_station([vehicle], body, within_s=150.0)
    ends = [deed for deed in told if deed.stage == "ended"]
    assert [deed.outcome for deed in ends] == [CommandResult.DONE, CommandResult.FAILED]
    assert ends[-1].words is not None
    assert "lost" in ends[-1].words.en
    assert any("m from the target" in deed.words.en for deed in told if deed.words is not None)
