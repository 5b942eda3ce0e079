"""A mission's camera items flown by our own vehicle: what was taken, where, and what was said."""

import itertools
import math
from typing import Any

import pytest

from onboard.mavlink.codec import Message
from onboard.mavlink.plan_items import WireItem

RELATIVE, MISSION = 6, 2
TAKEOFF, WAYPOINT, RETURN, LAND_HERE = 22, 16, 20, 21
TRIGGER_DISTANCE, TRIGGER_INTERVAL, TRIGGER_CONTROL = 206, 214, 2003
IMAGE_START, IMAGE_STOP, VIDEO_START, VIDEO_STOP, ZOOM = 2000, 2001, 2500, 2501, 531
GIMBAL_PITCH_YAW, GIMBAL_CONFIGURE, ITSELF, LEAVE = 1000, 1001, -2.0, -1.0
METRES_PER_DEGREE = 111_194.93
HOME = (44.85, 65.51)
HEIGHT_M = 12.0
MISSION_START = 300


def item(command: int, *params: float, north_m: float = 0.0, east_m: float = 0.0) -> WireItem:
    named = {f"param{number}": value for number, value in enumerate(params, start=1)}
    latitude_deg = HOME[0] + north_m / METRES_PER_DEGREE
    per_degree_m = METRES_PER_DEGREE * math.cos(math.radians(HOME[0]))
    return WireItem(
        frame=RELATIVE,
        command=command,
        x=round(latitude_deg * 1e7),
        y=round((HOME[1] + east_m / per_degree_m) * 1e7),
        z=HEIGHT_M,
        **named,
    )


def do(command: int, *params: float) -> WireItem:
    # A camera item has no place: what PX4 does not look at must be zero.
    named = {f"param{number}": value for number, value in enumerate(params, start=1)}
    return WireItem(frame=MISSION, command=command, **named)


def flown(ground: Any, items: list[WireItem]) -> list[Message]:
    """Fly a mission to its end; what the camera said of its pictures."""
    ground.upload(items)
    assert ground.command(MISSION_START, 0, 0, to=1) == [(1, 0)]
    for _ in range(250):
        ground.tell("HEARTBEAT", type=6, autopilot=8, system_status=4)
        ground.run(1.0)
        if not ground.vehicle.aircraft.commander.armed:
            break
    assert not ground.vehicle.aircraft.commander.armed
    return list(ground.all("CAMERA_IMAGE_CAPTURED", 100))


def truth_m(ground: Any, picture: Message) -> float:
    """How far a picture's place is from where the vehicle said it was at that time."""
    at_ms = picture.time_boot_ms
    said = min(ground.all("GLOBAL_POSITION_INT", 1), key=lambda m: abs(m.time_boot_ms - at_ms))
    ahead_s = (at_ms - said.time_boot_ms) / 1e3
    north_m = (picture.lat - said.lat) * 1e-7 * METRES_PER_DEGREE - said.vx * 0.01 * ahead_s
    east = (picture.lon - said.lon) * 1e-7 * METRES_PER_DEGREE
    east_m = east * math.cos(math.radians(HOME[0])) - said.vy * 0.01 * ahead_s
    height_m = (picture.relative_alt - said.relative_alt) * 1e-3 + said.vz * 0.01 * ahead_s
    return math.hypot(north_m, east_m, height_m)


def north_m(picture: Message) -> float:
    return float((picture.lat * 1e-7 - HOME[0]) * METRES_PER_DEGREE)


def test_survey_by_distance_takes_its_pictures_where_they_belong(ground: Any) -> None:
    pictures = flown(
        ground,
        [
            item(TAKEOFF),
            item(WAYPOINT, north_m=30.0),
            do(TRIGGER_DISTANCE, 10.0, 0.0, 0.0),
            item(WAYPOINT, 0.0, 2.0, north_m=110.0),
            do(TRIGGER_DISTANCE, 0.0, 0.0, 0.0),
            item(WAYPOINT, north_m=60.0),
            do(RETURN),
        ],
    )
    assert [picture.image_index for picture in pictures] == list(range(len(pictures)))
    assert all(picture.capture_result == 1 for picture in pictures)
    apart_m = [north_m(after) - north_m(before) for before, after in itertools.pairwise(pictures)]
    # A position a sixth of a second late at 5 m/s is a metre.
    assert all(10.0 <= metres < 11.2 for metres in apart_m)
    assert len(pictures) in (8, 9)
    assert 19.0 < north_m(pictures[0]) < 35.0
    assert north_m(pictures[-1]) < 110.5
    assert max(truth_m(ground, picture) for picture in pictures) < 0.3


def test_pictures_by_time_and_a_film_between_two_waypoints(ground: Any) -> None:
    pictures = flown(
        ground,
        [
            item(TAKEOFF),
            do(IMAGE_START, 0.0, 2.0, 0.0),
            item(WAYPOINT, north_m=60.0),
            do(IMAGE_STOP),
            do(VIDEO_START, 0.0, 1.0),
            item(WAYPOINT, 0.0, 2.0, north_m=60.0, east_m=50.0),
            do(VIDEO_STOP),
            do(RETURN),
        ],
    )
    times_s = [picture.time_boot_ms / 1e3 for picture in pictures]
    every_s = [after - before for before, after in itertools.pairwise(times_s)]
    assert len(every_s) >= 4
    assert every_s == pytest.approx([2.0] * len(every_s), abs=0.05)
    assert max(truth_m(ground, picture) for picture in pictures) < 0.3
    told = ground.all("CAMERA_CAPTURE_STATUS", 100)
    filming = [status.video_status for status in told]
    assert filming[0] == 0
    assert 1 in filming
    assert filming[-1] == 0
    longest_s = max(status.recording_time_ms for status in told) / 1e3
    assert 8.0 < longest_s < 25.0
    # The film took room on the card, and its status came once a second.
    assert sum(filming) == pytest.approx(longest_s, abs=2.0)
    assert told[-1].available_capacity < told[0].available_capacity - 10.0


def test_interval_trigger_starts_with_its_control_and_ends_with_it(ground: Any) -> None:
    pictures = flown(
        ground,
        [
            item(TAKEOFF),
            do(TRIGGER_INTERVAL, 3000.0),
            do(TRIGGER_CONTROL, 1.0, -1.0, -1.0),
            item(WAYPOINT, north_m=50.0),
            do(TRIGGER_CONTROL, 0.0, -1.0, -1.0),
            item(WAYPOINT, north_m=0.0),
            do(RETURN),
        ],
    )
    times_s = [picture.time_boot_ms / 1e3 for picture in pictures]
    every_s = [after - before for before, after in itertools.pairwise(times_s)]
    assert len(pictures) >= 3
    assert every_s == pytest.approx([3.0] * len(every_s), abs=0.05)


def test_camera_looks_down_where_the_mission_points_it(ground: Any) -> None:
    pictures = flown(
        ground,
        [
            item(TAKEOFF),
            # PX4 obeys its own mission only once it has control of the gimbal.
            do(GIMBAL_CONFIGURE, ITSELF, ITSELF, LEAVE, LEAVE),
            do(GIMBAL_PITCH_YAW, -90.0, 0.0, math.nan, math.nan),
            item(WAYPOINT, 0.0, 2.0, north_m=40.0),
            do(IMAGE_START, 0.0, 0.0, 1.0, 1.0),
            item(WAYPOINT, north_m=60.0),
            do(RETURN),
        ],
    )
    (picture,) = pictures
    w, x, y, z = picture.q
    # The camera's axis, north-east-down.
    assert 2 * (x * z - w * y) == pytest.approx(1.0, abs=0.01)
    assert 38.0 < north_m(picture) < 46.0
