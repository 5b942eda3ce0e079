"""What can be mended is, and said; what cannot remains a finding; nothing gets worse."""

import math
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from missions.airspace import Airspace, Restriction, Volume, Zone
from missions.camera import CameraModel
from missions.checks import Px4Profile, check
from missions.checks.mend import Mended, mend
from missions.checks.mend.situation import Situation
from missions.checks.surroundings import Surroundings
from missions.files import read_plan, write_plan
from missions.plan import Fence, FenceCircle, FencePolygon, MissionItem, Plan
from missions.terrain import Terrain, read_terrain
from missions.vehicle import Vehicle, VehicleKind

VEHICLE = Vehicle(name="test", endurance_s=3600.0)
WIDE = CameraModel(
    name="wide",
    image_width_px=1000,
    image_height_px=1000,
    horizontal_field_of_view_deg=90.0,
    min_trigger_interval_s=2.0,
)


def mended(
    plan: Plan,
    *,
    vehicle: Vehicle = VEHICLE,
    terrain: Terrain | None = None,
    camera: CameraModel | None = None,
    profile: Px4Profile | None = None,
    **around: Any,
) -> Mended:
    surroundings = Surroundings(**around, **({"camera": camera} if camera else {}))
    known = profile or Px4Profile()
    situation = Situation(
        vehicle=vehicle, profile=known, terrain=terrain, surroundings=surroundings, camera=camera
    )

    def checked(one: Plan) -> Any:
        return check(
            one,
            profile=known,
            vehicle=vehicle,
            terrain=terrain,
            surroundings=surroundings,
            camera=camera,
        )

    return mend(plan, checked, situation)


def ring(here: Any, *points: tuple[float, float], inclusion: bool = True) -> FencePolygon:
    return FencePolygon(ring=tuple(here.plane.geo(*one) for one in points), inclusion=inclusion)


def box(
    here: Any, west: float, south: float, east: float, north: float, **how: Any
) -> FencePolygon:
    return ring(here, (west, south), (east, south), (east, north), (west, north), **how)


def rules(found: Mended) -> set[str]:
    return {one.rule for one in found.findings}


def test_a_good_plan_is_left_as_it_is(here: Any) -> None:
    plan = here.flight(here.to(500, 0))
    assert mended(plan) == Mended(plan=plan, said=(), findings=())


def test_take_off_and_return_are_added_at_the_first_waypoints_height(here: Any) -> None:
    plan = here.flight(here.to(500, 0, 42.0))
    found = mended(Plan(items=plan.items[1:-1], home=plan.home))
    assert [item.command for item in found.plan.items] == [22, 16, 20]
    assert found.plan.items[0].params[6] == 42.0
    assert found.said == ("a take-off to 42 m put first", "a return (RTL) added at the end")
    assert found.findings == ()


def test_without_home_no_take_off_is_invented(here: Any) -> None:
    plan = here.flight(here.to(500, 0))
    lost = Plan(items=plan.items[1:-1])
    assert mended(lost).plan == lost
    assert "no-takeoff" in rules(mended(lost))


def test_jumps_still_lead_where_they_led(here: Any) -> None:
    lap = (here.to(400, 0), here.to(400, 300), here.do(177, 0, 2))
    plan = here.flight(*lap)
    found = mended(Plan(items=plan.items[1:], home=plan.home))
    assert found.plan.items[0].command == 22
    assert found.plan.items[3].params[0] == 1.0


def test_a_take_off_to_the_ground_is_raised(here: Any) -> None:
    plan = here.flight(here.to(500, 0, 30.0), up=0.0)
    found = mended(plan)
    assert found.plan.items[0].params[6] == 30.0
    assert found.said == ("item 1: take-off raised to 30 m above home",)


def test_a_take_off_in_the_air_becomes_a_waypoint(here: Any) -> None:
    late = here.flight(here.to(500, 0, command=22), here.to(500, 500))
    found = mended(late)
    assert [item.command for item in found.plan.items] == [22, 16, 16, 20]
    only = mended(Plan(items=(here.to(300, 0), *late.items[1:]), home=late.home))
    assert [item.command for item in only.plan.items] == [22, 16, 16, 16, 20]
    assert only.findings == ()


def test_a_vtols_items_become_a_multirotors(here: Any) -> None:
    plan = here.flight(here.to(500, 0))
    vtol = (replace(plan.items[0], command=84), plan.items[1], here.to(0, 0, 0.0, command=85))
    found = mended(Plan(items=vtol, home=plan.home))
    assert [item.command for item in found.plan.items] == [22, 16, 21]
    assert found.findings == ()


def test_a_height_above_terrain_is_written_above_home(here: Any, hill: Terrain) -> None:
    over = replace(here.to(790, 0, 40.0), frame=10)
    found = mended(here.flight(over, up=90.0), terrain=hill)
    assert found.plan.items[1].frame == 3
    assert found.plan.items[1].params[6] == pytest.approx(90.0, abs=5.0)
    assert found.findings == ()
    assert mended(here.flight(over)).plan.items[1].frame == 10


def test_parameters_that_px4_has_no_use_for_are_unset(here: Any) -> None:
    odd = replace(here.to(500, 0), params=(0.0, 2.0, 7.0, *here.to(500, 0).params[3:]))
    found = mended(here.flight(odd))
    assert found.plan.items[1].params[2] == 0.0
    assert found.plan.items[1].params[:2] == (0.0, 2.0)
    assert found.said == ("item 2: parameter 3 unset: PX4 has no use for it",)


def test_a_command_with_a_place_that_it_does_not_have_loses_it(here: Any) -> None:
    placed = MissionItem(command=178, frame=3, params=(1.0, 8.0, -1.0, 0.0, 44.0, 65.0, 10.0))
    found = mended(here.flight(placed, here.to(500, 0)))
    assert found.plan.items[1] == here.do(178, 1.0, 8.0, -1.0)
    assert found.findings == ()


def test_heights_above_the_ceiling_come_down_to_it(here: Any) -> None:
    found = mended(here.flight(here.to(500, 0, 150.0), here.to(500, 500, 100.0), up=140.0))
    assert [item.params[6] for item in found.plan.items[:3]] == [120.0, 120.0, 100.0]
    assert "item 2: height lowered from 150 to 120 m: ceiling" in found.said


@pytest.fixture
def hill(tmp_path: Path) -> Terrain:
    """At 100 m, with a hill of 150 m along 65.51 degrees east: 790 m from home."""
    heights = np.full((3601, 3601), 100.0)
    heights[:, round(0.51 * 3600) - 1 : round(0.51 * 3600) + 2] = 150.0
    file = tmp_path / "N44E065.hgt"
    file.write_bytes(heights.astype(">i2").tobytes())
    return read_terrain(file)


def test_a_leg_too_low_over_a_hill_is_raised_as_far_as_it_takes(here: Any, hill: Terrain) -> None:
    plan = here.flight(here.to(700, 0, 30.0), here.to(900, 0, 30.0), up=30.0)
    found = mended(plan, terrain=hill)
    assert found.findings == ()
    heights = [item.params[6] for item in found.plan.items[:3]]
    assert heights == pytest.approx([30.0, 61.0, 61.0], abs=3.0)
    assert any("height raised from 30 to 61 m: terrain" in line for line in found.said)


def test_a_leg_between_ceiling_and_hill_gets_a_waypoint_over_it(here: Any, tmp_path: Path) -> None:
    heights = np.full((3601, 3601), 100.0)
    heights[:, round(0.51 * 3600)] = 215.0
    file = tmp_path / "N44E065.hgt"
    file.write_bytes(heights.astype(">i2").tobytes())
    plan = here.flight(here.to(300, 0, 110.0), here.to(1300, 0, 110.0), up=110.0)
    outbound = Plan(items=plan.items[:3], home=plan.home)
    before = Counter(one.rule for one in check(outbound, terrain=read_terrain(file)))
    found = mended(outbound, terrain=read_terrain(file))
    after = Counter(one.rule for one in found.findings)
    assert all(after[rule] <= before[rule] for rule in after)


def test_a_leg_across_an_exclusion_is_led_round_and_every_place_stays(here: Any) -> None:
    plan = here.flight(here.to(1000, 0), here.to(1000, 400))
    fence = Fence(
        polygons=(
            box(here, -200, -400, 1200, 600),
            box(here, 400, -100, 600, 100, inclusion=False),
        )
    )
    found = mended(replace(plan, fence=fence))
    assert "leg-across-fence" not in rules(found)
    assert found.plan.fence == fence
    visited = [item.params[4:6] for item in found.plan.items if item.command == 16]
    for wanted in plan.items[1:3]:
        assert wanted.params[4:6] in visited
    assert any("the leg to item 2: 2 waypoints put in" in line for line in found.said)


def test_a_return_across_an_exclusion_is_led_round(here: Any) -> None:
    plan = here.flight(here.to(500, 400), here.to(1000, 0))
    fence = Fence(
        circles=(FenceCircle(center=here.plane.geo(500, 0), radius_m=80, inclusion=False),)
    )
    found = mended(replace(plan, fence=fence))
    assert "return-across-fence" not in rules(found)
    assert len(found.plan.items) > len(plan.items)
    assert found.plan.items[-1].command == 20


def test_a_prohibited_zone_is_flown_round(here: Any) -> None:
    volume = Volume(outline=here.square(500, 0, 100))
    zone = Zone(identifier="P1", restriction=Restriction.PROHIBITED, volumes=(volume,))
    found = mended(here.flight(here.to(1000, 0)), airspace=(Airspace(zones=(zone,)),))
    # Beyond a zone a return by failsafe crosses it, whatever way led there.
    assert rules(found) == {"airspace-failsafe-return"}
    assert len(found.plan.items) == 7


def test_a_place_within_a_prohibited_zone_stays_and_so_does_the_finding(here: Any) -> None:
    volume = Volume(outline=here.square(500, 0, 100))
    zone = Zone(identifier="P1", restriction=Restriction.PROHIBITED, volumes=(volume,))
    plan = here.flight(here.to(500, 0))
    found = mended(plan, airspace=(Airspace(zones=(zone,)),))
    assert found.plan == plan
    assert rules(found) == {"airspace-prohibited", "airspace-failsafe-return"}


def test_a_crowd_is_flown_round(here: Any) -> None:
    crowd = here.square(500, 0, 60, kind="crowd")
    assert mended(here.flight(here.to(1000, 0)), people=(crowd,)).findings == ()


def test_a_fence_that_crosses_itself_is_put_in_order(here: Any) -> None:
    crossed = ring(here, (-200, -200), (1200, 400), (1200, -200), (-200, 400))
    plan = replace(here.flight(here.to(1000, 0)), fence=Fence(polygons=(crossed,)))
    found = mended(plan)
    assert found.findings == ()
    assert set(found.plan.fence.polygons[0].ring) == set(crossed.ring)


def test_a_fence_that_misses_a_little_of_the_way_is_widened_by_our_own_room(here: Any) -> None:
    tight = box(here, -50, -50, 990, 50)
    plan = replace(here.flight(here.to(1000, 0)), fence=Fence(polygons=(tight,)))
    found = mended(plan)
    assert found.findings == ()
    assert any("widened" in line for line in found.said)
    far = replace(here.flight(here.to(1100, 0)), fence=Fence(polygons=(tight,)))
    assert mended(far).plan.fence == far.fence


def test_a_fence_is_never_widened_into_what_is_forbidden(here: Any) -> None:
    tight, closed = box(here, -50, -50, 990, 50), box(here, 985, -60, 1100, 60, inclusion=False)
    plan = replace(here.flight(here.to(1000, 0)), fence=Fence(polygons=(tight, closed)))
    found = mended(plan)
    assert found.plan.fence == plan.fence


def test_a_fence_with_too_many_corners_is_made_simpler_on_the_safe_side(here: Any) -> None:
    angles = np.linspace(0.0, 2.0 * math.pi, 90, endpoint=False)
    points = [(800.0 * math.cos(a), 800.0 * math.sin(a)) for a in angles]
    plan = replace(here.flight(here.to(500, 0)), fence=Fence(polygons=(ring(here, *points),)))
    found = mended(plan)
    assert found.findings == ()
    (after,) = found.plan.fence.polygons
    assert len(after.ring) <= 64
    assert all(math.hypot(*here.plane.en(point)) <= 800.5 for point in after.ring)


def test_the_camera_is_levelled_over_a_privacy_zone_and_lowered_after_it(here: Any) -> None:
    down, record = here.do(1000, -90.0, 0.0), here.do(2500)
    plan = here.flight(down, record, here.to(1000, 0), here.to(1000, 500))
    yard = here.square(500, 0, 20, name="Yard")
    found = mended(plan, privacy=(yard,), camera=WIDE)
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


def test_a_camera_without_a_gimbal_is_turned_off_there(here: Any) -> None:
    trigger = here.do(206, 30.0, 0.0, 1.0)
    plan = here.flight(trigger, here.to(1000, 0), here.do(206, 0.0))
    found = mended(plan, privacy=(here.square(500, 0, 20),))
    assert found.findings == ()
    triggers = [item.params[0] for item in found.plan.items if item.command == 206]
    assert triggers == [30.0, 0.0, 30.0, 0.0]


def test_a_plan_that_says_nothing_of_its_camera_gets_it_level(here: Any) -> None:
    found = mended(here.flight(here.to(1000, 0)), privacy=(here.square(500, 0, 20),))
    assert found.findings == ()
    assert found.said == ("the camera held level all the way: privacy",)


def test_the_speed_is_lowered_to_what_the_camera_can_follow(here: Any) -> None:
    speed, trigger = here.do(178, 1.0, 9.0, -1.0), here.do(206, 10.0, 0.0, 1.0)
    found = mended(here.flight(speed, trigger, here.to(500, 0), here.do(206, 0.0)), camera=WIDE)
    assert found.findings == ()
    assert found.plan.items[1].params[1] == 5.0
    unsaid = mended(here.flight(trigger, here.to(500, 0), here.do(206, 0.0)), camera=WIDE)
    assert unsaid.findings == ()
    assert unsaid.plan.items[1].params[:2] == (1.0, 5.0)


def test_a_jump_for_ever_is_bounded_by_the_battery(here: Any) -> None:
    lap = (here.to(400, 0), here.to(400, 400), here.to(0, 400), here.do(177, 1, -1))
    short = VEHICLE.model_copy(update={"endurance_s": 1800.0})
    found = mended(here.flight(*lap), vehicle=short)
    assert found.findings == ()
    count = found.plan.items[4].params[1]
    # 1350 s are usable and a lap takes about 150 s.
    assert 5 <= count <= 9


def test_too_slow_for_the_battery_is_flown_at_cruise_speed(here: Any) -> None:
    slow = here.do(178, 1.0, 2.0, -1.0)
    found = mended(here.flight(slow, here.to(4400, 0)))
    assert found.findings == ()
    assert found.plan.items[1].params[1] == VEHICLE.cruise_speed_m_s


def test_a_loiter_circle_that_leaves_the_fence_is_made_smaller(here: Any) -> None:
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
    plan = replace(here.flight(loiter), fence=Fence(polygons=(box(here, -300, -130, 800, 130),)))
    before = {one.rule for one in check(plan, vehicle=wing)}
    found = mended(plan, vehicle=wing)
    assert "circle-across-fence" in before
    assert "circle-across-fence" not in rules(found)
    assert 30.0 <= found.plan.items[1].params[2] < 130.0


numbers = st.floats(-900, 900)
spots = st.tuples(numbers, numbers, st.sampled_from((-5.0, 0.0, 5.0, 30.0, 60.0, 119.0, 180.0)))
corners = st.tuples(st.integers(-900, 900), st.integers(-900, 900))
odd_items = st.sampled_from(
    (
        (206, 8.0, 0.0, 1.0),
        (206, 0.0),
        (1000, -90.0, 0.0),
        (1000, -45.0, 90.0),
        (2500,),
        (2501,),
        (2000, 0.0, 0.5, 0.0),
        (178, 1.0, 12.0, -1.0),
        (178, 1.0, 1.0, -1.0),
        (177, 1.0, 3.0),
        (203, 0.0, 0.0, 0.0, 0.0, 1.0),
        (197, 3.0),
        (20,),
    )
)


@st.composite
def broken_plans(draw: st.DrawFn) -> tuple[list[Any], dict[str, bool], list[Any], list[Any]]:
    items = draw(st.lists(st.one_of(spots, odd_items), min_size=1, max_size=7))
    said = {name: draw(st.booleans()) for name in ("takeoff", "ending", "late", "unused")}
    rings = draw(
        st.lists(
            st.tuples(st.lists(corners, min_size=3, max_size=6, unique=True), st.booleans()),
            max_size=2,
        )
    )
    squares = draw(st.lists(st.tuples(numbers, numbers, st.floats(10, 150)), max_size=3))
    return items, said, rings, squares


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(broken_plans())
def test_mending_never_makes_it_worse_and_what_is_written_is_what_was_mended(
    here: Any, tmp_path: Path, broken: Any
) -> None:
    items, said, rings, squares = broken
    built = [here.do(*one) if isinstance(one[0], int) else here.to(*one) for one in items]
    plan = here.flight(*built)
    kept = plan.items[0 if said["takeoff"] else 1 : None if said["ending"] else -1]
    fence = Fence(polygons=tuple(ring(here, *points, inclusion=within) for points, within in rings))
    plan = Plan(items=kept, home=plan.home, fence=fence)
    areas = [here.square(*one, kind="crowd") for one in squares]
    zones = [
        Zone(identifier=str(i), restriction=Restriction.PROHIBITED, volumes=(Volume(outline=one),))
        for i, one in enumerate(areas[:1])
    ]
    around = {
        "airspace": (Airspace(zones=tuple(zones)),),
        "people": tuple(areas[1:2]),
        "privacy": tuple(areas[2:]),
    }
    before = check(plan, vehicle=VEHICLE, surroundings=Surroundings(**around))
    found = mended(plan, **around)
    had = Counter((one.severity, one.rule) for one in before)
    has = Counter((one.severity, one.rule) for one in found.findings)
    assert all(has[key] <= had[key] for key in has)
    assert bool(found.said) == (found.plan != plan)
    wanted = [item.params[4:6] for item in plan.items if item.command == 16]
    visited = [item.params[4:6] for item in found.plan.items if item.command == 16]
    # All that was to be visited is, in that order.
    onward = iter(visited)
    assert all(one in onward for one in wanted)
    # A file with a jump to nothing is refused by the reader, mended or not.
    assume("jump-target" not in rules(found))
    file = tmp_path / "mended.plan"
    write_plan(found.plan, file)
    back = read_plan(file)
    assert [str(item) for item in back.items] == [str(item) for item in found.plan.items]
    assert back.fence == found.plan.fence
