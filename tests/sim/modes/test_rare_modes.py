"""Modes that few flights use: follow, precision landing, traffic, returns by type 2 to 5, reboots.

Where a time or a place is given, PX4 v1.17 (SIH) flew the same and was held against ours.
"""

import math
from collections.abc import Callable, Sequence
from math import nan
from typing import Any

import pytest

from onboard.mavlink.plan_items import MissionType, WireItem
from onboard.mavlink.px4_modes import Px4Mode

LATITUDE, LONGITUDE = 47.3977432, 8.5455938
M_PER_DEG = 111_190.0
GROUND_M = 489.4
Bench = Callable[..., Any]
Item = Callable[..., WireItem]


def place(north_m: float, east_m: float) -> tuple[float, float]:
    scale = M_PER_DEG * math.cos(math.radians(LATITUDE))
    return LATITUDE + north_m / M_PER_DEG, LONGITUDE + east_m / scale


def airborne(flown: Any, height_m: float = 15.0) -> Any:
    flown.ready()
    assert flown.command(22, 0.0, 0.0, 0.0, nan, nan, nan, GROUND_M + height_m) == 0
    assert flown.command(400, 1.0) == 0
    return flown.run_until(lambda: mode_of(flown) is Px4Mode.HOLD, at_most_s=60.0).run(3.0)


def mode_of(flown: Any) -> Px4Mode:
    mode: Px4Mode = flown.vehicle.aircraft.mode
    return mode


def go(flown: Any, north_m: float, east_m: float, height_m: float) -> None:
    latitude, longitude = place(north_m, east_m)
    flown.command(192, -1.0, 1.0, 0.0, nan, latitude, longitude, GROUND_M + height_m)
    flown.run(40.0)


def landed(flown: Any) -> tuple[float, float]:
    """Where it ends up, once it has landed and disarmed."""
    flown.run_until(lambda: not flown.vehicle.aircraft.commander.armed, at_most_s=300.0)
    north, east = flown.flown[-1][1:3]
    return north, east


def target(flown: Any, north_m: float) -> None:
    latitude, longitude = place(north_m, 5.0)
    flown.tell(
        "FOLLOW_TARGET", timestamp=0, est_capabilities=3, lat=round(latitude * 1e7),
        lon=round(longitude * 1e7), alt=GROUND_M, vel=(2.0, 0.0, 0.0), acc=(0.0, 0.0, 0.0),
        attitude_q=(1.0, 0.0, 0.0, 0.0), rates=(0.0, 0.0, 0.0), position_cov=(0.0, 0.0, 0.0),
        custom_state=0,
    )  # fmt: skip


def test_point_34_a_target_is_followed_behind_and_at_eight_metres(bench: Bench) -> None:
    flown = airborne(bench())
    assert flown.command(176, 1.0, 4.0, 8.0) == 0
    for half_seconds in range(90):
        target(flown, 10.0 + half_seconds)
        flown.run(0.5)
    _, north, east, down = flown.flown[-1]
    followed_m = math.hypot(10.0 + 90.0 - north, 5.0 - east)
    assert mode_of(flown) is Px4Mode.FOLLOW
    assert followed_m == pytest.approx(8.0, abs=2.5)
    assert north < 100.0
    assert -down == pytest.approx(8.0, abs=0.5)
    flown.run(15.0)
    assert mode_of(flown) is Px4Mode.FOLLOW
    speed_m_s = flown.vehicle.aircraft.flight.body.velocity
    assert math.hypot(*speed_m_s[:2]) < 0.2


def test_precision_landing_without_a_target_searches_at_ten_metres_and_lands(bench: Bench) -> None:
    flown = airborne(bench())
    assert flown.command(176, 1.0, 4.0, 9.0) == 0
    began_s = flown.now_s
    # PX4: waits two seconds, searches at PLD_SRCH_ALT for ten, then lands: 28.0 s, and 2 s more.
    flown.run(10.0)
    assert -flown.flown[-1][3] == pytest.approx(10.0, abs=0.3)
    assert landed(flown) == pytest.approx((0.0, 0.0), abs=0.5)
    assert flown.text_at_s("Landing detected") - began_s == pytest.approx(28.0, abs=0.7)


def traffic(flown: Any, north_m: float) -> None:
    latitude, longitude = place(north_m, 0.0)
    flown.tell(
        "ADSB_VEHICLE", ICAO_address=0x0A1B2C, lat=round(latitude * 1e7),
        lon=round(longitude * 1e7), altitude_type=1, altitude=round((GROUND_M + 20.0) * 1000),
        heading=18000, hor_velocity=4500, ver_velocity=0, callsign="TEST01", emitter_type=1,
        tslc=0, flags=31, squawk=1200,
    )  # fmt: skip


@pytest.mark.parametrize(("action", "mode"), [(1, Px4Mode.HOLD), (2, Px4Mode.RTL)])
def test_an_aircraft_that_comes_near_is_told_of_and_acted_on(
    bench: Bench, action: int, mode: Px4Mode
) -> None:
    levels = dict.fromkeys(("DAA_LVL_LOW_ACT", "DAA_LVL_MED_ACT", "DAA_LVL_HIGH_ACT"), 1)
    flown = airborne(bench(parameters={"DAA_EN": 1, "DAA_LVL_CRIT_ACT": action, **levels}))
    for north_m in range(2500, 0, -45):
        traffic(flown, float(north_m))
        flown.run(1.0)
    told = [text.strip() for text in flown.texts() if text.startswith("DAA")]
    # PX4, met the same way by an aircraft at 45 m/s: 2094, 1599, (again) 699, 609, 114 m.
    assert told[:5] == [
        "DAA New and Main: 0A1B2C lvl UP 1. 2094 m.",
        "DAA Main: 0A1B2C lvl UP 2. 1599 m.",
        "DAA Main: 0A1B2C lvl 2. 699 m.",
        "DAA Main: 0A1B2C lvl UP 3. 609 m.",
        "DAA Main: 0A1B2C lvl UP 4. 115 m.",
    ]
    assert mode_of(flown) is mode


def test_traffic_is_no_matter_while_avoidance_is_off(bench: Bench) -> None:
    flown = airborne(bench(parameters={"DAA_EN": 0}))
    traffic(flown, 100.0)
    flown.run(1.0)
    assert not any(text.startswith("DAA") for text in flown.texts())
    assert mode_of(flown) is Px4Mode.HOLD


@pytest.fixture
def waypoint(mission_item: Item) -> Item:
    def make(north_m: float, east_m: float, command: int = 16) -> WireItem:
        latitude, longitude = place(north_m, east_m)
        return mission_item(command, 0.0, 0.0, 0.0, nan, frame=6, x=latitude, y=longitude, z=15.0)

    return make


def on_its_way(flown: Any, plan: Sequence[WireItem], reached: int) -> Any:
    """Flying a mission, four seconds after an item was reached."""
    flown.ready()
    assert flown.upload(plan).complete
    flown.verdict()
    assert flown.command(300, -1.0) == 0
    return flown.run_until(lambda: reached in flown.reached_at_s(), at_most_s=200.0).run(4.0)


@pytest.mark.parametrize(
    ("kind", "reached", "lands", "end", "passes"),
    [
        (2, 1, True, (-30.0, -10.0), [2, 3, 5]),
        (2, 2, False, (0.0, 0.0), []),
        (4, 2, True, (-30.0, -10.0), [3, 5]),
        (4, 1, True, (0.0, 0.0), []),
        (3, 1, True, (0.0, 0.0), []),
    ],
)
def test_returns_along_the_mission(
    bench: Bench,
    waypoint: Item,
    mission_item: Item,
    kind: int,
    reached: int,
    lands: bool,
    end: tuple[float, float],
    passes: list[int],
) -> None:
    pattern = [mission_item(189), waypoint(-30.0, 30.0), waypoint(-30.0, -10.0, 21)]
    plan = [waypoint(0.0, 0.0, 22), waypoint(60.0, 0.0), waypoint(60.0, 60.0), waypoint(0.0, 60.0)]
    flown = bench(parameters={"RTL_TYPE": kind})
    on_its_way(flown, plan + pattern * lands, reached)
    before = set(flown.reached_at_s())
    assert flown.command(20) == 0
    assert landed(flown) == pytest.approx(end, abs=0.5)
    assert set(passes) <= set(flown.reached_at_s()) - before


def test_return_while_the_mission_lands_already_changes_nothing(
    bench: Bench, waypoint: Item, mission_item: Item
) -> None:
    plan = [waypoint(0.0, 0.0, 22), waypoint(60.0, 0.0), mission_item(189)]
    plan += [waypoint(40.0, 40.0), waypoint(0.0, 40.0, 21)]
    flown = on_its_way(bench(parameters={"RTL_TYPE": 1}), plan, 3)
    assert flown.command(20) == 0
    assert landed(flown) == pytest.approx((0.0, 40.0), abs=0.5)
    assert not any(text.startswith("RTL:") for text in flown.texts())
    assert "Mission finished, landed\t" in flown.texts()


def test_return_of_type_five_lands_at_a_rally_point_and_never_at_home(
    bench: Bench, mission_item: Item
) -> None:
    flown = bench(parameters={"RTL_TYPE": 5}).ready()
    places = [place(40.0, -30.0), place(120.0, 0.0)]
    rally = [mission_item(5100, frame=3, x=x, y=y, z=0.0) for x, y in places]
    assert flown.upload(rally, MissionType.RALLY).complete
    airborne(flown)
    assert flown.command(20) == 0
    assert landed(flown) == pytest.approx((40.0, -30.0), abs=0.3)


def test_reboot_is_denied_while_armed_and_done_on_the_ground(bench: Bench) -> None:
    flown = airborne(bench())
    assert flown.command(246, 1.0) == 2
    assert flown.command(246, 0.0) == 0
    assert mode_of(flown) is Px4Mode.HOLD
    assert flown.command(176, 1.0, 4.0, 6.0) == 0
    landed(flown)
    assert flown.command(246, 1.0) == 0
    flown.run(1.0)
    assert not flown.vehicle.aircraft.commander.ready
    flown.run(6.0)
    assert flown.vehicle.aircraft.commander.ready


def test_reboot_in_flight_is_seen_on_the_wire(bench: Bench) -> None:
    flown = airborne(bench())
    flown.vehicle.aircraft.faults.reboots()
    fell_s = flown.now_s
    flown.run(8.0)
    beats = [h.at_s for h in flown.all("HEARTBEAT") if h.message.component_id == 1]
    assert [at_s for at_s in beats if fell_s < at_s < fell_s + 1.0] == []
    told = [heard for heard in flown.all("ATTITUDE_QUATERNION") if heard.at_s > fell_s]
    clocks = [heard.message.time_boot_ms for heard in told]
    assert min(clocks) < 3000 < max(clocks)
    assert flown.last("EXTENDED_SYS_STATE").landed_state == 1


def test_dead_motor_is_found_out_and_the_failsafe_acts(bench: Bench) -> None:
    flown = airborne(bench(parameters={"FD_ACT_EN": 1, "COM_ACT_FAIL_ACT": 2}), 30.0)
    assert flown.command(420, 101.0, 1.0, 1.0) == 0
    flown.run_until(lambda: mode_of(flown) is not Px4Mode.HOLD or not flown.flown, at_most_s=20.0)
    assert flown.vehicle.aircraft.commander.flags.motor_failed
    landed(flown)
