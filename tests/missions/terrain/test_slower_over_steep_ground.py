"""Plans that follow steep ground ask for a lower speed by themselves where that is enough."""

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.assemble import Assembly, assemble
from missions.checks import check, predict
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveGround, HeightAboveHome, HeightAmsl
from missions.path import PathPoint, PatrolPath
from missions.plan import Command, Frame, Home, MissionItem, Plan
from missions.terrain import Following, Terrain, follow_plan, read_terrain
from missions.vehicle import Vehicle

VEHICLE = Vehicle(name="test", climb_speed_m_s=3.0, descent_speed_m_s=1.5)
SPEED_M_S, CEILING_M, STEP = 10.0, 120.0, 1 / 3600
HOW = Following(
    height=HeightAboveGround(60.0), vehicle=VEHICLE, speed_m_s=SPEED_M_S, ceiling_m=CEILING_M
)
ONE_SPEED = replace(HOW, ceiling_m=None)
Write = Callable[..., Path]


def plan_through(*places: tuple[float, float]) -> Plan:
    """A plan from the first place through all."""
    points = tuple(
        PathPoint(
            position=GeoPoint(latitude_deg=lat, longitude_deg=lon), height=HeightAboveHome(60)
        )
        for lat, lon in places
    )
    home = Home(position=points[0].position, height=HeightAmsl(math.nan))
    return assemble(PatrolPath(pattern="sweep", points=points), home, Assembly(speed_m_s=SPEED_M_S))


def too_high(plan: Plan, terrain: Terrain) -> set[int]:
    """The items to which a leg is above the ceiling; the return is flown at a height of its own."""
    found = check(plan, vehicle=VEHICLE, terrain=terrain)
    back = len(plan.items) - 1
    return {one.item for one in found if one.rule == "ceiling" and one.item not in (None, back)} - {
        None
    }


def speeds(plan: Plan) -> list[float]:
    return [item.params[1] for item in plan.items if item.command == Command.DO_CHANGE_SPEED]


@pytest.fixture
def slope(write_geotiff: Write) -> Terrain:
    """Flat at 1,000 m to 8.03 east, then down by 40 m each 100 m for 400 m, then flat again."""
    east_m = np.arange(360) * STEP * 111_320.0 * math.cos(math.radians(46.05))
    row = 1000.0 - np.clip((east_m - 2320.0) * 0.4, 0.0, 160.0)
    tile = np.repeat(row[None, :], 360, axis=0).astype(np.float32)
    return read_terrain(write_geotiff("s.tif", tile, north=46.1, west=8.0, step=STEP))


@pytest.fixture
def wall(write_geotiff: Write) -> Terrain:
    """At 500 m west of 8.05 degrees east and at 100 m from there on."""
    heights = np.full((360, 360), 100.0, np.float32)
    heights[:, :180] = 500.0
    return read_terrain(write_geotiff("w.tif", heights, north=46.1, west=8.0, step=STEP))


def test_one_speed_breaks_the_ceiling_over_a_slope_and_the_planner_slows_only_there(
    slope: Terrain,
) -> None:
    flown = plan_through((46.05, 8.005), (46.05, 8.075))
    assert too_high(follow_plan(flown, slope, ONE_SPEED), slope)
    slowed = follow_plan(flown, slope, HOW)
    assert too_high(slowed, slope) == set()
    asked = speeds(slowed)
    assert asked[0] == asked[-1] == SPEED_M_S
    assert 1.0 <= min(asked) < SPEED_M_S
    assert predict(slowed).accepted
    # It is 100 m below home there, and 60 m above the ground.
    assert min(item.params[6] for item in slowed.items if item.has_position) < 0.0
    findings = check(slowed, vehicle=VEHICLE, terrain=slope)
    assert "px4-waypoint-below-home" not in {one.rule for one in findings}
    slow_at = [slowed.items[i].longitude_deg for i in _flown_slowly(slowed)]
    # The slope begins at 8.030 and its end is 8.0352; it is come to, and left, at full speed.
    assert min(slow_at) > 8.024
    assert max(slow_at) < 8.050


def _flown_slowly(plan: Plan) -> list[int]:
    """The waypoints that are flown to below the mission's speed."""
    speed, found = SPEED_M_S, []
    for index, item in enumerate(plan.items):
        if item.command == Command.DO_CHANGE_SPEED:
            speed = item.params[1]
        elif item.command == Command.NAV_WAYPOINT and speed < SPEED_M_S:
            found.append(index)
    return found


def test_what_is_slowed_is_said_with_what_it_costs(slope: Terrain) -> None:
    notes = follow_plan(plan_through((46.05, 8.005), (46.05, 8.075)), slope, HOW).notes
    said = [note for note in notes if note.startswith("flown slower, down to ")]
    assert len(said) == 1
    assert said[0].endswith("to stay below 120 m above the ground")


def test_gentle_ground_is_flown_at_one_speed_with_and_without_a_ceiling(
    write_geotiff: Write,
) -> None:
    tile = np.repeat(np.linspace(300.0, 400.0, 200)[None, :], 200, axis=0).astype(np.float32)
    gentle = read_terrain(write_geotiff("g.tif", tile, north=46.05, west=8.0, step=STEP))
    flown = plan_through((46.01, 8.01), (46.03, 8.03))
    assert follow_plan(flown, gentle, HOW) == follow_plan(flown, gentle, ONE_SPEED)


def test_a_wall_that_no_speed_follows_is_flown_at_the_missions_speed_and_said(
    wall: Terrain,
) -> None:
    followed = follow_plan(plan_through((46.05, 8.02), (46.05, 8.08)), wall, HOW)
    assert speeds(followed) == [SPEED_M_S]
    assert too_high(followed, wall)
    assert any("at any speed from 1 m/s on" in note for note in followed.notes)


def test_a_height_above_the_ceiling_slows_nothing(slope: Terrain) -> None:
    high = replace(HOW, height=HeightAboveGround(130.0))
    followed = follow_plan(plan_through((46.05, 8.005), (46.05, 8.075)), slope, high)
    assert speeds(followed) == [SPEED_M_S]


def test_behind_a_jump_the_speed_is_said_again(slope: Terrain) -> None:
    plan = plan_through((46.05, 8.005), (46.05, 8.032), (46.05, 8.075))
    target = [i for i, one in enumerate(plan.items) if one.command == Command.NAV_WAYPOINT][1]
    jump = MissionItem(
        command=Command.DO_JUMP, frame=Frame.MISSION, params=(float(target), 1.0, 0, 0, 0, 0, 0)
    )
    jumping = replace(plan, items=(*plan.items[:-1], jump, plan.items[-1]))
    followed = follow_plan(jumping, slope, HOW)
    moved = next(item for item in followed.items if item.command == Command.DO_JUMP)
    behind = followed.items[int(moved.params[0]) + 1 :]
    assert behind[0].command == Command.DO_CHANGE_SPEED
    assert behind[0].params[1] < SPEED_M_S


inside = st.floats(0.002, 0.058)


@settings(max_examples=12, deadline=None)
@given(
    places=st.lists(st.tuples(inside, inside), min_size=2, max_size=4, unique=True),
    height=st.sampled_from([30.0, 60.0, 95.0]),
)
def test_over_any_hills_the_plan_is_below_the_ceiling_or_says_that_no_speed_can(
    places: list[tuple[float, float]], height: float, hills: Path
) -> None:
    terrain = read_terrain(hills)
    how = replace(HOW, height=HeightAboveGround(height))
    flown = plan_through(*((46.0 + north, 8.0 + east) for north, east in places))
    followed = follow_plan(flown, terrain, how)
    findings = check(followed, vehicle=VEHICLE, terrain=terrain)
    assert "terrain-clearance" not in {one.rule for one in findings}
    given_up = any("at any speed from" in note for note in followed.notes)
    assert given_up or not too_high(followed, terrain)
    asked = speeds(followed)
    assert all(one != two for one, two in itertools.pairwise(asked))
