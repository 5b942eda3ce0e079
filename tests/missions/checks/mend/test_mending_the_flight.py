"""Camera, speeds, jumps and circles mended: what was found, what was done, what is left."""

from dataclasses import replace
from typing import Any

import pytest

from missions.checks import check
from missions.plan import Fence, MissionItem
from missions.vehicle import Vehicle, VehicleKind


def test_the_camera_is_levelled_over_a_privacy_zone_and_lowered_after_it(
    bench: Any, here: Any
) -> None:
    down, record = here.do(1000, -90.0, 0.0), here.do(2500)
    plan = here.flight(down, record, here.to(1000, 0), here.to(1000, 500))
    yard = here.square(500, 0, 20, name="Yard")
    found = bench.mended(plan, privacy=(yard,), camera=bench.WIDE)
    assert found.findings == ()
    commands = [item.command for item in found.plan.items]
    assert commands[:9] == [22, 1000, 2500, 16, 1000, 16, 1000, 16, 16]
    assert found.plan.items[4].params[0] == 0.0
    assert found.plan.items[6] == down
    east = [here.plane.en(_place(here, found.plan.items[i]))[0] for i in (3, 5)]
    # The yard is in the picture from 430 to 570 m; the gimbal gets 10 m more.
    assert east == pytest.approx([420.0, 580.0], abs=8.0)
    assert "the camera levelled on the way to item 4: privacy" in found.said


def _place(here: Any, item: MissionItem) -> Any:
    return type(here.origin)(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)


def test_a_camera_without_a_gimbal_is_turned_off_there(bench: Any, here: Any) -> None:
    trigger = here.do(206, 30.0, 0.0, 1.0)
    plan = here.flight(trigger, here.to(1000, 0), here.do(206, 0.0))
    found = bench.mended(plan, privacy=(here.square(500, 0, 20),))
    assert found.findings == ()
    triggers = [item.params[0] for item in found.plan.items if item.command == 206]
    assert triggers == [30.0, 0.0, 30.0, 0.0]


def test_a_plan_that_says_nothing_of_its_camera_gets_it_level(bench: Any, here: Any) -> None:
    found = bench.mended(here.flight(here.to(1000, 0)), privacy=(here.square(500, 0, 20),))
    assert found.findings == ()
    assert found.said == ("the camera held level all the way: privacy",)


def test_the_speed_is_lowered_to_what_the_camera_can_follow(bench: Any, here: Any) -> None:
    speed, trigger = here.do(178, 1.0, 9.0, -1.0), here.do(206, 10.0, 0.0, 1.0)
    found = bench.mended(
        here.flight(speed, trigger, here.to(500, 0), here.do(206, 0.0)), camera=bench.WIDE
    )
    assert found.findings == ()
    assert found.plan.items[1].params[1] == 5.0
    unsaid = bench.mended(
        here.flight(trigger, here.to(500, 0), here.do(206, 0.0)), camera=bench.WIDE
    )
    assert unsaid.findings == ()
    assert unsaid.plan.items[1].params[:2] == (1.0, 5.0)


def test_a_jump_for_ever_is_bounded_by_the_battery(bench: Any, here: Any) -> None:
    lap = (here.to(400, 0), here.to(400, 400), here.to(0, 400), here.do(177, 1, -1))
    short = bench.VEHICLE.model_copy(update={"endurance_s": 1800.0})
    found = bench.mended(here.flight(*lap), vehicle=short)
    assert found.findings == ()
    count = found.plan.items[4].params[1]
    # 1350 s are usable and a lap takes about 150 s.
    assert 5 <= count <= 9


def test_too_slow_for_the_battery_is_flown_at_cruise_speed(bench: Any, here: Any) -> None:
    slow = here.do(178, 1.0, 2.0, -1.0)
    found = bench.mended(here.flight(slow, here.to(4400, 0)))
    assert found.findings == ()
    assert found.plan.items[1].params[1] == bench.VEHICLE.cruise_speed_m_s


def test_a_loiter_circle_that_leaves_the_fence_is_made_smaller(bench: Any, here: Any) -> None:
    wing = Vehicle(
        name="wing",
        kind=VehicleKind.FIXED_WING,
        cruise_speed_m_s=15.0,
        min_airspeed_m_s=10.0,
        max_airspeed_m_s=25.0,
        turn_radius_m=30.0,
        endurance_s=7200.0,
    )
    loiter = replace(here.to(500, 0, command=19, one=60.0))
    loiter = replace(loiter, params=(60.0, 0.0, 140.0, *loiter.params[3:]))
    plan = replace(
        here.flight(loiter), fence=Fence(polygons=(bench.box(here, -300, -130, 800, 130),))
    )
    before = {one.rule for one in check(plan, vehicle=wing)}
    found = bench.mended(plan, vehicle=wing)
    assert "circle-across-fence" in before
    assert "circle-across-fence" not in bench.rules(found)
    assert 30.0 <= found.plan.items[1].params[2] < 130.0


def test_a_single_picture_of_a_privacy_zone_is_not_taken(bench: Any, here: Any) -> None:
    picture = here.do(2000, 0.0, 0.0, 1.0)
    plan = here.flight(here.to(0, 300), picture, here.to(300, 0), picture)
    zone = here.square(300, 0, 40)
    found = bench.mended(plan, privacy=(zone,))
    assert found.findings == ()
    assert [item.command for item in found.plan.items] == [22, 16, 2000, 16, 2001, 20]
    assert found.said == ("item 5: this picture is not taken: privacy",)


def test_with_a_gimbal_a_single_picture_is_taken_level(bench: Any, here: Any) -> None:
    plan = here.flight(here.do(1000, -90.0), here.to(300, 0), here.do(2000, 0.0, 0.0, 1.0))
    found = bench.mended(plan, privacy=(here.square(300, 0, 40),))
    assert found.findings == ()
    commands = [item.command for item in found.plan.items]
    assert commands == [22, 1000, 16, 1000, 2000, 1000, 20]
    assert found.plan.items[3].params[0] == 0.0


def test_a_zone_that_asks_for_a_camera_that_is_off_gets_it_off(bench: Any, here: Any) -> None:
    level, trigger = here.do(1000, 0.0), here.do(206, 20.0, 0.0, 1.0)
    plan = here.flight(level, here.to(0, 10), trigger, here.to(2500, 10), here.do(206))
    strict, mild = here.square(1200, 10, 30, camera="off"), here.square(1200, 10, 30)
    assert bench.mended(plan, privacy=(mild,)).said == ()
    found = bench.mended(plan, privacy=(strict,))
    assert any("turned off" in line for line in found.said)
    assert not any("levelled" in line for line in found.said)
