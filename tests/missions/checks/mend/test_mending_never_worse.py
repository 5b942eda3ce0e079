"""Plans broken at random: mending makes none of them worse."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from missions.airspace import Airspace, Restriction, Volume, Zone
from missions.checks import check
from missions.checks.surroundings import Surroundings
from missions.files import read_plan, write_plan
from missions.geodesy import GeoPoint
from missions.plan import Fence, Params, Plan

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


def _shape(here: Any, ring: Sequence[GeoPoint]) -> BaseGeometry:
    return shapely.make_valid(Polygon([here.plane.en(one) for one in ring]))


def _point(here: Any, params: Params) -> Point:
    return Point(here.plane.en(GeoPoint(latitude_deg=params[4], longitude_deg=params[5])))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(broken_plans())
def test_mending_never_makes_it_worse_and_what_is_written_is_what_was_mended(
    bench: Any, here: Any, tmp_path: Path, broken: Any
) -> None:
    items, said, rings, squares = broken
    built = [here.do(*one) if isinstance(one[0], int) else here.to(*one) for one in items]
    plan = here.flight(*built)
    kept = plan.items[0 if said["takeoff"] else 1 : None if said["ending"] else -1]
    fence = Fence(
        polygons=tuple(bench.ring(here, *points, inclusion=within) for points, within in rings)
    )
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
    before = check(plan, vehicle=bench.VEHICLE, surroundings=Surroundings(**around))
    found = bench.mended(plan, **around)
    had = Counter((one.severity, one.rule) for one in before)
    has = Counter((one.severity, one.rule) for one in found.findings)
    assert all(has[key] <= had[key] for key in has)
    assert bool(found.said) == (found.plan != plan)
    # What zones, crowds and the fence forbid may be left out: that is then said.
    out = any("left out" in line for line in found.said)
    forbidden = shapely.union_all(
        [_shape(here, one.outer) for one in areas[:2]]
        + [_shape(here, one.ring) for one in fence.polygons if not one.inclusion]
    ).buffer(2.0 if out else -5000.0)
    places = [item for item in plan.items if item.command == 16]
    wanted = [
        item.params[4:6] for item in places if not forbidden.intersects(_point(here, item.params))
    ]
    visited = [item.params[4:6] for item in found.plan.items if item.command == 16]
    # All else that was to be visited is, in that order.
    onward = iter(visited)
    assert all(one in onward for one in wanted)
    # A file with a jump to nothing is refused by the reader, mended or not.
    assume("jump-target" not in bench.rules(found))
    file = tmp_path / "mended.plan"
    write_plan(found.plan, file)
    back = read_plan(file)
    assert [str(item) for item in back.items] == [str(item) for item in found.plan.items]
    assert back.fence == found.plan.fence
