"""What can be mended is, and said; what cannot remains a finding; nothing gets worse."""

import math
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from missions.airspace import Airspace, Restriction, Volume, Zone
from missions.checks import check
from missions.checks.mend import Mended
from missions.plan import Fence, FenceCircle, MissionItem, Plan
from missions.terrain import Terrain, read_terrain


def test_a_good_plan_is_left_as_it_is(bench: Any, here: Any) -> None:
    plan = here.flight(here.to(500, 0))
    assert bench.mended(plan) == Mended(plan=plan, said=(), findings=())


def test_take_off_and_return_are_added_at_the_first_waypoints_height(bench: Any, here: Any) -> None:
    plan = here.flight(here.to(500, 0, 42.0))
    found = bench.mended(Plan(items=plan.items[1:-1], home=plan.home))
    assert [item.command for item in found.plan.items] == [22, 16, 20]
    assert found.plan.items[0].params[6] == 42.0
    assert found.said == ("a take-off to 42 m put first", "a return (RTL) added at the end")
    assert found.findings == ()


def test_without_home_no_take_off_is_invented(bench: Any, here: Any) -> None:
    plan = here.flight(here.to(500, 0))
    lost = Plan(items=plan.items[1:-1])
    assert bench.mended(lost).plan == lost
    assert "no-takeoff" in bench.rules(bench.mended(lost))


def test_jumps_still_lead_where_they_led(bench: Any, here: Any) -> None:
    lap = (here.to(400, 0), here.to(400, 300), here.do(177, 0, 2))
    plan = here.flight(*lap)
    found = bench.mended(Plan(items=plan.items[1:], home=plan.home))
    assert found.plan.items[0].command == 22
    assert found.plan.items[3].params[0] == 1.0


def test_a_take_off_to_the_ground_is_raised(bench: Any, here: Any) -> None:
    plan = here.flight(here.to(500, 0, 30.0), up=0.0)
    found = bench.mended(plan)
    assert found.plan.items[0].params[6] == 30.0
    assert found.said == ("item 1: take-off raised to 30 m above home",)


@pytest.mark.parametrize("nowhere", [math.nan, 0.0])
def test_a_take_off_without_a_place_is_put_over_home(bench: Any, here: Any, nowhere: float) -> None:
    """PX4 v1.17 (SIH) took both, climbed, and flew on towards 214.7 N 214.7 E, or 0 N 0 E."""
    plan = here.flight(here.to(300, 0))
    first = plan.items[0]
    lost = replace(first, params=(*first.params[:4], nowhere, nowhere, first.params[6]))
    plan = replace(plan, items=(lost, *plan.items[1:]))
    (said,) = [one for one in check(plan) if one.rule == "takeoff-without-place"]
    assert (said.severity, said.item, said.place) == ("error", 0, here.origin)
    found = bench.mended(plan)
    assert found.findings == ()
    assert found.plan.items[0].params[4:] == pytest.approx(first.params[4:])


def test_a_take_off_in_the_air_becomes_a_waypoint(bench: Any, here: Any) -> None:
    late = here.flight(here.to(500, 0, command=22), here.to(500, 500))
    found = bench.mended(late)
    assert [item.command for item in found.plan.items] == [22, 16, 16, 20]
    only = bench.mended(Plan(items=(here.to(300, 0), *late.items[1:]), home=late.home))
    assert [item.command for item in only.plan.items] == [22, 16, 16, 16, 20]
    assert only.findings == ()


def test_a_vtols_items_become_a_multirotors(bench: Any, here: Any) -> None:
    plan = here.flight(here.to(500, 0))
    vtol = (replace(plan.items[0], command=84), plan.items[1], here.to(0, 0, 0.0, command=85))
    found = bench.mended(Plan(items=vtol, home=plan.home))
    assert [item.command for item in found.plan.items] == [22, 16, 21]
    assert found.findings == ()


def test_a_height_above_terrain_is_written_above_home(bench: Any, here: Any, hill: Terrain) -> None:
    over = replace(here.to(790, 0, 40.0), frame=10)
    found = bench.mended(here.flight(over, up=90.0), terrain=hill)
    assert found.plan.items[1].frame == 3
    assert found.plan.items[1].params[6] == pytest.approx(90.0, abs=5.0)
    assert found.findings == ()
    assert bench.mended(here.flight(over)).plan.items[1].frame == 10


def test_parameters_that_px4_has_no_use_for_are_unset(bench: Any, here: Any) -> None:
    odd = replace(here.to(500, 0), params=(0.0, 2.0, 7.0, *here.to(500, 0).params[3:]))
    found = bench.mended(here.flight(odd))
    assert found.plan.items[1].params[2] == 0.0
    assert found.plan.items[1].params[:2] == (0.0, 2.0)
    assert found.said == ("item 2: parameter 3 unset: PX4 has no use for it",)


def test_a_command_with_a_place_that_it_does_not_have_loses_it(bench: Any, here: Any) -> None:
    placed = MissionItem(command=178, frame=3, params=(1.0, 8.0, -1.0, 0.0, 44.0, 65.0, 10.0))
    found = bench.mended(here.flight(placed, here.to(500, 0)))
    assert found.plan.items[1] == here.do(178, 1.0, 8.0, -1.0)
    assert found.findings == ()


def test_heights_above_the_ceiling_come_down_to_it(bench: Any, here: Any) -> None:
    found = bench.mended(here.flight(here.to(500, 0, 150.0), here.to(500, 500, 100.0), up=140.0))
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


def test_a_leg_too_low_over_a_hill_is_raised_as_far_as_it_takes(
    bench: Any, here: Any, hill: Terrain
) -> None:
    plan = here.flight(here.to(700, 0, 30.0), here.to(900, 0, 30.0), up=30.0)
    found = bench.mended(plan, terrain=hill)
    assert found.findings == ()
    heights = [item.params[6] for item in found.plan.items[:3]]
    assert heights == pytest.approx([30.0, 61.0, 61.0], abs=3.0)
    assert any("height raised from 30 to 61 m: terrain" in line for line in found.said)


def test_a_leg_between_ceiling_and_hill_gets_a_waypoint_over_it(
    bench: Any, here: Any, tmp_path: Path
) -> None:
    heights = np.full((3601, 3601), 100.0)
    heights[:, round(0.51 * 3600)] = 215.0
    file = tmp_path / "N44E065.hgt"
    file.write_bytes(heights.astype(">i2").tobytes())
    plan = here.flight(here.to(300, 0, 110.0), here.to(1300, 0, 110.0), up=110.0)
    outbound = Plan(items=plan.items[:3], home=plan.home)
    before = Counter(one.rule for one in check(outbound, terrain=read_terrain(file)))
    found = bench.mended(outbound, terrain=read_terrain(file))
    after = Counter(one.rule for one in found.findings)
    assert all(after[rule] <= before[rule] for rule in after)


def test_a_leg_across_an_exclusion_is_led_round_and_every_place_stays(
    bench: Any, here: Any
) -> None:
    plan = here.flight(here.to(1000, 0), here.to(1000, 400))
    fence = Fence(
        polygons=(
            bench.box(here, -200, -400, 1200, 600),
            bench.box(here, 400, -100, 600, 100, inclusion=False),
        )
    )
    found = bench.mended(replace(plan, fence=fence))
    assert "leg-across-fence" not in bench.rules(found)
    assert found.plan.fence == fence
    visited = [item.params[4:6] for item in found.plan.items if item.command == 16]
    for wanted in plan.items[1:3]:
        assert wanted.params[4:6] in visited
    assert any("the leg to item 2: 2 waypoints put in" in line for line in found.said)


def test_a_return_across_an_exclusion_is_led_round(bench: Any, here: Any) -> None:
    plan = here.flight(here.to(500, 400), here.to(1000, 0))
    fence = Fence(
        circles=(FenceCircle(center=here.plane.geo(500, 0), radius_m=80, inclusion=False),)
    )
    found = bench.mended(replace(plan, fence=fence))
    assert "return-across-fence" not in bench.rules(found)
    assert len(found.plan.items) > len(plan.items)
    assert found.plan.items[-1].command == 20


def test_a_prohibited_zone_is_flown_round(bench: Any, here: Any) -> None:
    volume = Volume(outline=here.square(500, 0, 100))
    zone = Zone(identifier="P1", restriction=Restriction.PROHIBITED, volumes=(volume,))
    found = bench.mended(here.flight(here.to(1000, 0)), airspace=(Airspace(zones=(zone,)),))
    # Beyond a zone a return by failsafe crosses it, whatever way led there.
    assert bench.rules(found) == {"airspace-failsafe-return"}
    assert len(found.plan.items) == 7


def test_a_place_within_a_prohibited_zone_stays_and_so_does_the_finding(
    bench: Any, here: Any
) -> None:
    volume = Volume(outline=here.square(500, 0, 100))
    zone = Zone(identifier="P1", restriction=Restriction.PROHIBITED, volumes=(volume,))
    plan = here.flight(here.to(500, 0))
    found = bench.mended(plan, airspace=(Airspace(zones=(zone,)),))
    assert found.plan == plan
    assert bench.rules(found) == {"airspace-prohibited", "airspace-failsafe-return"}


def test_a_crowd_is_flown_round(bench: Any, here: Any) -> None:
    crowd = here.square(500, 0, 60, kind="crowd")
    assert bench.mended(here.flight(here.to(1000, 0)), people=(crowd,)).findings == ()


def test_a_fence_that_crosses_itself_is_put_in_order(bench: Any, here: Any) -> None:
    crossed = bench.ring(here, (-200, -200), (1200, 400), (1200, -200), (-200, 400))
    plan = replace(here.flight(here.to(1000, 0)), fence=Fence(polygons=(crossed,)))
    found = bench.mended(plan)
    assert found.findings == ()
    assert set(found.plan.fence.polygons[0].ring) == set(crossed.ring)


def test_a_fence_that_misses_a_little_of_the_way_is_widened_by_our_own_room(
    bench: Any, here: Any
) -> None:
    tight = bench.box(here, -50, -50, 990, 50)
    plan = replace(here.flight(here.to(1000, 0)), fence=Fence(polygons=(tight,)))
    found = bench.mended(plan)
    assert found.findings == ()
    assert any("widened" in line for line in found.said)
    far = replace(here.flight(here.to(1100, 0)), fence=Fence(polygons=(tight,)))
    assert bench.mended(far).plan.fence == far.fence


def test_a_fence_is_never_widened_into_what_is_forbidden(bench: Any, here: Any) -> None:
    tight, closed = (
        bench.box(here, -50, -50, 990, 50),
        bench.box(here, 985, -60, 1100, 60, inclusion=False),
    )
    plan = replace(here.flight(here.to(1000, 0)), fence=Fence(polygons=(tight, closed)))
    found = bench.mended(plan)
    assert found.plan.fence == plan.fence


def test_a_fence_with_too_many_corners_is_made_simpler_on_the_safe_side(
    bench: Any, here: Any
) -> None:
    angles = np.linspace(0.0, 2.0 * math.pi, 90, endpoint=False)
    points = [(800.0 * math.cos(a), 800.0 * math.sin(a)) for a in angles]
    plan = replace(here.flight(here.to(500, 0)), fence=Fence(polygons=(bench.ring(here, *points),)))
    found = bench.mended(plan)
    assert found.findings == ()
    (after,) = found.plan.fence.polygons
    assert len(after.ring) <= 64
    assert all(math.hypot(*here.plane.en(point)) <= 800.5 for point in after.ring)
