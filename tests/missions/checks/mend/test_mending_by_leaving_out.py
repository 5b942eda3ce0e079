"""Waypoints within what must not be flown over left out; fences round home opened."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from missions.airspace import Airspace, Restriction, Volume, Zone
from missions.checks import check
from missions.checks.px4_fence import KeptFence
from missions.geodesy import GeoPoint
from missions.plan import ComplexItem, Fence, FenceCircle, Plan

TRIGGER, STOP, SPEED, AIM = (206, 20.0, 0.0, 1.0), (206, 0.0), (178, 1.0, 7.0, -1.0), (1000, -90.0)


def prohibited(outline: Any, restriction: Restriction = Restriction.PROHIBITED) -> Any:
    zone = Zone(identifier="P1", restriction=restriction, volumes=(Volume(outline=outline),))
    return (Airspace(zones=(zone,)),)


def swept(here: Any, lines: int = 6, width: float = 60.0, length: float = 600.0) -> Plan:
    """Lines from west to east and back, pictures on each, none in the turns."""
    items = []
    for row in range(lines):
        ends = (100.0, 100.0 + length) if row % 2 == 0 else (100.0 + length, 100.0)
        north = 100.0 + row * width
        items += [here.to(ends[0], north), here.do(*TRIGGER), here.to(ends[1], north)]
        items += [here.do(*STOP)]
    plan: Plan = here.flight(*items)
    return plan


def flown(here: Any, plan: Plan) -> tuple[list[LineString], list[LineString]]:
    """All legs, and those on which pictures are taken: read from the items one by one."""
    legs, recorded, at, on = [], [], (0.0, 0.0), False
    for item in plan.items:
        on = item.params[0] > 0.0 if item.command == 206 else on
        place = None if item.command not in (16, 22) else here.plane.en(item_place(item))
        place = (0.0, 0.0) if item.command == 20 else place
        line = [] if place is None else [LineString((at, place))]
        legs += line
        recorded += line if on else []
        at = place or at
    return legs, recorded


def item_place(item: Any) -> GeoPoint:
    return GeoPoint(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)


def metres(lines: Sequence[BaseGeometry]) -> float:
    return sum(line.length for line in lines)


def test_a_sweeps_waypoints_within_a_zone_are_left_out_and_the_rest_is_swept(
    bench: Any, here: Any
) -> None:
    plan = swept(here)
    found = bench.mended(plan, airspace=prohibited(here.square(680, 200, 85)))
    assert bench.rules(found) <= {"airspace-failsafe-return"}
    legs, recorded = flown(here, found.plan)
    zone = box(595, 115, 765, 285)
    assert not any(zone.intersects(leg) for leg in legs)
    before = flown(here, plan)[1]
    # Nothing is recorded that was not, and no more is lost than the room round the zone.
    rows = [line.buffer(0.05) for line in before]
    assert all(any(row.covers(line) for row in rows) for line in recorded)
    lost = metres(before) - metres(recorded)
    assert lost == pytest.approx(
        metres([line.intersection(zone.buffer(12)) for line in before]), 0.01
    )
    assert f"{lost:.0f} m of the way not flown" in found.said[0]
    assert "3 waypoints left out" in found.said[0]


def test_pictures_begin_again_behind_a_zone_with_the_speed_and_the_aim_said_within_it(
    bench: Any, here: Any
) -> None:
    plan = here.flight(
        here.to(100, 0),
        here.do(*TRIGGER),
        here.to(500, 0),
        here.do(*SPEED),
        here.do(*AIM),
        here.do(2000, 0.0, 0.0, 1.0),
        here.to(1000, 0),
        here.do(*STOP),
    )
    found = bench.mended(plan, airspace=prohibited(here.square(500, 0, 100)))
    assert "airspace-prohibited" not in bench.rules(found)
    places = [i for i, item in enumerate(found.plan.items) if item.command == 16]
    numbers = [item.command for item in found.plan.items]
    edge = found.plan.items[places[1]]
    assert here.plane.en(item_place(edge)) == pytest.approx((388, 0), abs=0.5)
    assert found.plan.items[places[1] + 1].params[0] == 0.0
    assert numbers[places[1] + 1] == 206
    behind = numbers.index(178) - 1
    assert here.plane.en(item_place(found.plan.items[behind])) == pytest.approx((612, 0), abs=0.5)
    assert numbers[behind + 1 : behind + 4] == [178, 1000, 206]
    assert found.plan.items[behind + 3].params[0] == 20.0
    assert 2000 not in numbers
    assert "1 picture there not taken" in found.said


def test_a_crowd_over_a_waypoint_of_a_route_is_gone_round(bench: Any, here: Any) -> None:
    plan = here.flight(here.to(300, 0), here.to(500, 20), here.to(900, 0))
    found = bench.mended(plan, people=(here.square(500, 0, 60, kind="crowd", name="market"),))
    assert found.findings == ()
    assert found.said[0].startswith("market: 1 waypoint left out, ")
    wanted = [plan.items[1].params[4:6], plan.items[3].params[4:6]]
    visited = [item.params[4:6] for item in found.plan.items]
    assert all(one in visited for one in wanted)


def test_a_waypoint_in_an_exclusion_of_the_fence_is_left_out(bench: Any, here: Any) -> None:
    drawn = bench.box(here, 400, -100, 600, 100, inclusion=False)
    plan = replace(
        here.flight(here.to(300, 0), here.to(500, 0), here.to(500, 400)),
        fence=Fence(polygons=(drawn,)),
    )
    found = bench.mended(plan)
    assert bench.rules(found) <= {"failsafe-return-across-fence"}
    assert found.plan.fence == plan.fence


def test_a_zone_that_asks_for_authorisation_is_left_alone_once_that_is_had(
    bench: Any, here: Any
) -> None:
    zone = prohibited(here.square(500, 0, 100), Restriction.REQUIRES_AUTHORISATION)
    plan = here.flight(here.to(300, 0), here.to(500, 0), here.to(300, 300))
    assert bench.mended(plan, airspace=zone, authorised=frozenset(("P1",))).plan == plan
    assert "airspace-authorisation" not in bench.rules(bench.mended(plan, airspace=zone))


def test_a_landing_within_a_zone_is_never_left_out(bench: Any, here: Any) -> None:
    plan = here.flight(here.to(300, 300), here.to(300, 0), here.to(500, 0, 0.0, command=21))
    found = bench.mended(plan, airspace=prohibited(here.square(500, 0, 100)))
    assert "airspace-prohibited" in bench.rules(found)
    assert sum(item.command == 21 for item in found.plan.items) == 1


def test_a_jump_to_a_place_left_out_leads_to_what_follows_it(bench: Any, here: Any) -> None:
    plan = here.flight(
        here.to(500, 0), here.to(300, 300), here.to(200, 300), here.do(177, 1.0, 2.0)
    )
    found = bench.mended(plan, airspace=prohibited(here.square(500, 0, 100)))
    assert "airspace-prohibited" not in bench.rules(found)
    jump = next(item for item in found.plan.items if item.command == 177)
    # On the leg onwards, as near as may be.
    edge, onward = found.plan.items[int(jump.params[0]) :][:2]
    east, north = here.plane.en(item_place(edge))
    assert (east, north) == pytest.approx((500 - 112 * 2 / 3, 112), abs=0.5)
    assert onward.params[4:6] == plan.items[2].params[4:6]


def test_an_edited_survey_that_is_not_cut_stays_one(bench: Any, here: Any) -> None:
    plan = here.flight(here.to(300, 300), here.to(300, 400), here.to(500, 0), here.to(300, -50))
    survey = ComplexItem(kind="survey", first_item=1, item_count=2, source={})
    cut = ComplexItem(kind="corridor", first_item=3, item_count=2, source={})
    found = bench.mended(
        replace(plan, complex_items=(survey, cut)), airspace=prohibited(here.square(500, 0, 100))
    )
    assert found.plan.complex_items == (survey,)
    assert "corridor (items 4 to 5) becomes plain items" in found.said


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(
    st.floats(60, 800),
    st.floats(60, 500),
    st.floats(8, 150),
    st.floats(20, 90),
    st.integers(2, 6),
)
def test_wherever_a_zone_lies_on_a_sweep_no_picture_is_taken_in_it_and_none_is_new(
    bench: Any, here: Any, east: float, north: float, half: float, width: float, lines: int
) -> None:
    assume(max(abs(east), abs(north)) > half + 20.0)
    plan = swept(here, lines=lines, width=width)
    found = bench.mended(plan, airspace=prohibited(here.square(east, north, half)))
    assume("airspace-prohibited" not in bench.rules(found))
    zone = box(east - half, north - half, east + half, north + half).buffer(-0.01)
    legs, _ = flown(here, found.plan)
    assert not any(zone.intersects(leg) for leg in legs)
    assume(any("left out" in line for line in found.said))
    rows = [line.buffer(0.05) for line in flown(here, plan)[1]]
    _, recorded = flown(here, found.plan)
    assert all(any(row.covers(line) for row in rows) for line in recorded)
    lost = metres(flown(here, plan)[1]) - metres(recorded)
    # A piece of less than 5 m beside the zone's room is not flown for.
    room = zone.buffer(30.5)
    assert lost <= metres([line.intersection(room) for line in flown(here, plan)[1]]) + 10 * lines


def test_an_exclusion_circle_round_home_is_made_as_wide_as_leaves_home_room(
    bench: Any, here: Any
) -> None:
    circle = FenceCircle(center=here.plane.geo(-60, 0), radius_m=80.0, inclusion=False)
    plan = replace(here.flight(here.to(300, 0)), fence=Fence(circles=(circle,)))
    found = bench.mended(plan)
    assert found.findings == ()
    assert found.plan.fence.circles[0].radius_m == pytest.approx(30.0, abs=0.11)
    assert "fence circle 1: radius" in found.said[0]
    home = plan.home
    assert home is not None
    assert KeptFence.of(found.plan.fence, home.position).fence == found.plan.fence


def test_an_exclusion_circle_about_home_itself_is_removed_and_that_is_said(
    bench: Any, here: Any
) -> None:
    circle = FenceCircle(center=here.origin, radius_m=30.0, inclusion=False)
    other = FenceCircle(center=here.plane.geo(0, 300), radius_m=30.0, inclusion=False)
    plan = replace(here.flight(here.to(300, 0)), fence=Fence(circles=(circle, other)))
    found = bench.mended(plan)
    assert found.findings == ()
    assert found.plan.fence.circles == (other,)
    assert found.said == ("fence circle 1: removed, home lies in what it excludes",)


def test_an_exclusion_polygon_round_home_is_opened_towards_its_nearest_side(
    bench: Any, here: Any
) -> None:
    drawn = bench.box(here, -300, -200, 40, 200, inclusion=False)
    plan = replace(here.flight(here.to(300, 0)), fence=Fence(polygons=(drawn,)))
    found = bench.mended(plan)
    assert found.findings == ()
    left = Polygon([here.plane.en(at) for at in found.plan.fence.polygons[0].ring])
    kept = box(-300, -200, 40, 200).difference(box(-31, -31, 41, 31))
    assert left.buffer(0.5).covers(kept)
    assert left.distance(box(-1, -1, 1, 1)) > 25.0
    assert check(found.plan, vehicle=bench.VEHICLE) == ()
