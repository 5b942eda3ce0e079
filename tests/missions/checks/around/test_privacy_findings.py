"""The camera must be off or level wherever a privacy zone would be in its picture."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from missions.camera import CameraModel, footprint
from missions.checks import Finding, Severity, check
from missions.checks.around.privacy import exposures, watch_of
from missions.checks.around.track import flown_track
from missions.checks.surroundings import Surroundings
from missions.heights import HeightAboveGround
from missions.plan import Plan
from missions.vehicle import default_vehicle

# 90 degrees across and down: from 50 m straight down it sees 50 m to every side.
WIDE = CameraModel(
    name="wide", image_width_px=1000, image_height_px=1000, horizontal_field_of_view_deg=90.0
)
TRIGGER, STOP = (206, 20.0, 0.0, 1.0), (206, 0.0)
RECORD, END = (2500,), (2501,)
DOWN, LEVEL, OBLIQUE = (1000, -90.0, 0.0), (1000, 0.0, 0.0), (1000, -45.0, 0.0)


def found(plan: Plan, *zones: Any, camera: CameraModel = WIDE) -> list[Finding]:
    findings = check(plan, surroundings=Surroundings(privacy=zones, camera=camera))
    return [one for one in findings if one.rule == "privacy"]


def flight(here: Any, *said: Any, up: float = 50.0) -> Plan:
    """Out to the east, on to the north; what is said to the camera comes before the first leg."""
    commands = [here.do(*one) for one in said]
    return here.flight(*commands, here.to(1000, 0, up), here.to(1000, 600, up), up=up)


def test_recording_straight_down_beside_a_home_is_an_error(here: Any) -> None:
    (one,) = found(flight(here, DOWN, RECORD), here.square(500, 40, 20, name="House 4"))
    assert one.severity is Severity.ERROR
    assert "pitched 90 degrees down, recording, sees House 4" in one.message
    assert one.item == 3
    assert one.place is not None
    east, _ = here.plane.en(one.place)
    # The picture reaches 50 m ahead of the vehicle, the house begins at 480 m.
    assert east == pytest.approx(430.0, abs=1.5)


def test_beyond_the_picture_there_is_nothing(here: Any) -> None:
    assert found(flight(here, DOWN, RECORD), here.square(500, 71, 20)) == []
    assert len(found(flight(here, DOWN, RECORD), here.square(500, 69, 20))) == 1


def test_level_or_off_is_as_it_should_be(here: Any) -> None:
    home = here.square(500, 0, 20)
    assert found(flight(here, LEVEL, RECORD), home) == []
    assert found(flight(here, DOWN, RECORD, END), home) == []
    assert found(flight(here, DOWN, TRIGGER, STOP), home) == []


def test_levelled_before_and_lowered_after_is_as_it_should_be(here: Any) -> None:
    home = here.square(500, 0, 20)
    before, after = here.to(300, 0), here.to(700, 0)
    careful = here.flight(
        here.do(*DOWN), here.do(*RECORD), before, here.do(*LEVEL), after, here.do(*DOWN)
    )
    assert found(Plan(items=careful.items[:-1], home=careful.home), home) == []
    late = here.flight(here.do(*DOWN), here.do(*RECORD), here.to(440, 0), here.do(*LEVEL), after)
    assert len(found(late, home)) == 1


def test_pictures_by_distance_count_and_single_ones_where_they_are_taken(here: Any) -> None:
    home = here.square(500, 0, 20)
    assert "taking pictures" in found(flight(here, DOWN, TRIGGER), home)[0].message
    shot = (2000, 0.0, 0.0, 1.0)
    near = here.flight(here.do(*DOWN), here.to(500, 30), here.do(*shot), here.to(1000, 0))
    far = here.flight(here.do(*DOWN), here.to(300, 30), here.do(*shot), here.to(1000, 0))
    assert len(found(near, home)) == 1
    assert found(far, home) == []


def test_a_camera_that_looks_ahead_sees_what_lies_ahead(here: Any) -> None:
    ahead = here.square(1040, 0, 10)
    # At 45 degrees down and 90 across the picture reaches the horizon: the reach ends it.
    assert len(found(flight(here, OBLIQUE, RECORD), ahead)) == 1
    behind = here.square(-60, 0, 10)
    eastward = flight(here, OBLIQUE, RECORD)
    outbound = Plan(items=eastward.items[:4], home=eastward.home)
    assert found(outbound, behind) == []
    turned = (1000, -45.0, 180.0)
    backward = flight(here, turned, RECORD)
    assert len(found(Plan(items=backward.items[:4], home=backward.home), behind)) == 1


def test_a_yaw_from_north_does_not_turn_with_the_nose(here: Any) -> None:
    north = (1000, -45.0, 0.0, 0.0, 0.0, 16.0)
    plan = flight(here, north, RECORD)
    outbound = Plan(items=plan.items[:4], home=plan.home)
    assert len(found(outbound, here.square(500, 150, 20))) == 1
    assert found(outbound, here.square(500, -150, 20)) == []


def test_a_camera_aimed_at_a_place_turns_to_it(here: Any) -> None:
    at = here.to(500, 200, 0.0, command=195)
    plan = here.flight(at, here.do(*RECORD), here.to(1000, 0))
    assert "aimed at a place" in found(plan, here.square(500, 200, 10))[0].message
    released = here.flight(at, here.do(197), here.do(*LEVEL), here.do(*RECORD), here.to(1000, 0))
    assert found(released, here.square(500, 200, 10)) == []


def test_a_plan_that_only_points_has_its_camera_on_all_the_time(here: Any) -> None:
    (one,) = found(flight(here, DOWN), here.square(500, 0, 20))
    assert one.severity is Severity.ERROR
    assert "taken to be on all the time" in one.message


def test_a_plan_that_says_nothing_of_a_camera_is_warned_about(here: Any) -> None:
    (one,) = found(flight(here), here.square(500, 0, 20))
    assert one.severity is Severity.WARNING
    assert "of which nothing is said" in one.message


@settings(max_examples=60, deadline=None)
@given(st.floats(-85.0, -40.0), st.floats(20.0, 100.0), st.floats(-300.0, 1300.0))
def test_what_is_seen_ahead_agrees_with_the_footprint(
    here: Any, pitch_deg: float, up: float, east: float
) -> None:
    narrow = WIDE.model_copy(update={"horizontal_field_of_view_deg": 40.0})
    seen = footprint(narrow, height=HeightAboveGround(up), gimbal_pitch_rad=math.radians(pitch_deg))
    assert seen is not None
    plan = here.flight(here.do(1000, pitch_deg, 0.0), here.do(*RECORD), here.to(1000, 0, up), up=up)
    outbound = Plan(items=plan.items[:4], home=plan.home)
    track = flown_track(outbound, default_vehicle())
    assert track is not None
    house = here.square(east, 0, 2.0)
    watch = watch_of(outbound, narrow, 1000.0)
    found = exposures(track, (house,), watch, None)
    legs = [one for one in found if track.parts[one.part].item == 3]
    first, last = seen.near_m - 2.0, 1000.0 + seen.far_m + 2.0
    assert bool(legs) == (first <= east <= last)
