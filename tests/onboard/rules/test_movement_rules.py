"""Speeding, wrong way and not yielding, on tracks beside a road whose limits are known."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from onboard.messages import EventKind, ObjectClass
from onboard.rules import Zones
from onboard.rules.normal import probability_above
from onboard.rules.not_yielding import NotYielding, NotYieldingSettings
from onboard.rules.roads import Road, seen_from
from onboard.rules.speeding import Speeding, SpeedingSettings
from onboard.rules.wrong_way import WrongWay, WrongWaySettings
from onboard.rules.zones import Zone
from onboard.track.track import Track
from tests.onboard.rules.scripted import Frames, seen, watched

STEP_S = 0.5
LINE = shapely.LineString([(0.0, 0.0), (1000.0, 0.0)])


def road(*, one_way: bool = False, limit_km_h: float = 60.0) -> Road:
    shape = shapely.box(0.0, -7.0, 1000.0, 7.0)
    return Road("avenue", shape, line=LINE, one_way=one_way, limit_m_s=limit_km_h / 3.6)


CROSSING = Zone("zebra", shapely.box(198.0, -7.0, 202.0, 7.0))


def car(
    en_m: tuple[float, float],
    speed_m_s: float,
    *,
    number: int = 1,
    sigma_m: float = 1.0,
    since_s: float = 0.0,
) -> Track:
    return seen(ObjectClass.CAR, en_m, number, (speed_m_s, 0.0), sigma_m=sigma_m, since_s=since_s)


def driving(
    speed_km_h: float,
    *,
    north: float = -3.5,
    east: float = 20.0,
    steps: int = 24,
    number: int = 1,
    since_s: float = 0.0,
) -> Frames:
    speed = speed_km_h / 3.6
    times = (np.arange(steps) * STEP_S).tolist()
    return [[car((east + speed * t, north), speed, number=number, since_s=since_s)] for t in times]


def test_a_car_thirty_over_the_limit_is_one_event_that_names_its_speed() -> None:
    (finding,) = watched(Speeding(SpeedingSettings()), driving(90.0), Zones(carriageways=(road(),)))
    assert (finding.kind, finding.zone) == (EventKind.SPEEDING, "avenue")
    assert finding.certainty > 0.95
    assert "90 km/h where 60 km/h" in finding.explanation.en


@pytest.mark.parametrize("speed_km_h", [55.0, 65.0, 70.0])
def test_a_car_within_what_is_borne_with_is_no_event(speed_km_h: float) -> None:
    zones = Zones(carriageways=(road(),))
    assert watched(Speeding(SpeedingSettings()), driving(speed_km_h), zones) == []


def test_a_speed_whose_lower_bound_is_within_the_limit_is_no_event() -> None:
    vague = SpeedingSettings(drift_sigma_m_s=8.0)
    assert watched(Speeding(vague), driving(90.0), Zones(carriageways=(road(),))) == []


def test_a_track_that_jumps_to_the_car_ahead_is_not_speeding() -> None:
    frames = driving(50.0, steps=12) + driving(50.0, east=125.0, steps=12)
    assert watched(Speeding(SpeedingSettings()), frames, Zones(carriageways=(road(),))) == []


def test_a_speeding_car_that_gets_a_new_number_is_still_one_event() -> None:
    speed = 100.0 / 3.6
    frames = driving(100.0, steps=12)
    frames += driving(100.0, steps=12, east=20.0 + 6.0 * speed, number=2, since_s=6.0)
    assert len(watched(Speeding(SpeedingSettings()), frames, Zones(carriageways=(road(),)))) == 1


def test_two_cars_that_race_side_by_side_are_two_events() -> None:
    pairs = zip(driving(100.0), driving(100.0, north=-6.0, number=2), strict=True)
    frames = [one + two for one, two in pairs]
    assert len(watched(Speeding(SpeedingSettings()), frames, Zones(carriageways=(road(),)))) == 2


def test_a_road_without_a_limit_has_no_speeding() -> None:
    zones = Zones(carriageways=(Zone("road", shapely.box(0.0, -7.0, 1000.0, 7.0)),))
    assert watched(Speeding(SpeedingSettings()), driving(150.0), zones) == []


def backwards(north: float, steps: int = 60) -> Frames:
    return [[car((900.0 - 10.0 * k * STEP_S, north), -10.0)] for k in range(steps)]


def test_a_car_against_a_one_way_road_is_one_event_within_seconds() -> None:
    zones = Zones(carriageways=(road(one_way=True),))
    (finding,) = watched(WrongWay(WrongWaySettings()), backwards(0.0, steps=14), zones)
    assert finding.kind is EventKind.WRONG_WAY


def test_traffic_keeps_right_on_a_road_of_two_directions() -> None:
    zones = Zones(carriageways=(road(),))
    assert watched(WrongWay(WrongWaySettings()), backwards(3.5), zones) == []
    assert len(watched(WrongWay(WrongWaySettings()), backwards(-3.5), zones)) == 1


def test_a_car_that_overtakes_for_eight_seconds_is_no_event() -> None:
    frames = driving(50.0, steps=10) + [
        [car((20.0 + 13.9 * t, 3.5), 13.9)] for t in np.arange(5.0, 13.0, 0.5).tolist()
    ]
    frames += [[car((20.0 + 13.9 * t, -3.5), 13.9)] for t in (13.0, 13.5, 14.0)]
    zones = Zones(carriageways=(road(),))
    assert watched(WrongWay(WrongWaySettings()), frames, zones) == []


@pytest.mark.parametrize(
    ("meanwhile", "events"),
    [
        (None, 1),  # out of sight
        (3.5, 0),  # back on its own side: it overtook twice
    ],
)
def test_what_nobody_saw_does_not_begin_the_wrong_way_anew(
    meanwhile: float | None, events: int
) -> None:
    frames = backwards(-3.5, steps=38)
    between = [[]] * 38 if meanwhile is None else backwards(meanwhile, steps=38)
    frames[16:24] = between[16:24]
    zones = Zones(carriageways=(road(),))
    assert len(watched(WrongWay(WrongWaySettings()), frames, zones)) == events


def test_where_the_lane_cannot_be_told_nobody_is_on_the_wrong_one() -> None:
    frames = [[car((900.0 - 5.0 * k, -3.5), -10.0, sigma_m=4.0)] for k in range(60)]
    assert watched(WrongWay(WrongWaySettings()), frames, Zones(carriageways=(road(),))) == []


@given(
    st.floats(5.0, 900.0), st.floats(-20.0, 20.0), st.floats(-np.pi, np.pi), st.floats(-1e3, 1e3)
)
def test_right_of_a_line_stays_right_however_the_plane_is_turned_and_moved(
    east: float, north: float, turn: float, shift: float
) -> None:
    turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    line = shapely.LineString(shapely.get_coordinates(LINE) @ turned + shift)
    beside = seen_from(line, np.array([[east, north]]) @ turned + shift)
    assert beside.right_m[0] == pytest.approx(-north, abs=1e-6)
    np.testing.assert_allclose(beside.direction[0], turned[0], atol=1e-6)


@pytest.mark.parametrize(("limit", "expected"), [(0.0, 0.5), (-1.0, 0.8413447), (1.96, 0.0249979)])
def test_probability_above_is_the_normal_table(limit: float, expected: float) -> None:
    assert probability_above(limit, 0.0, 1.0) == pytest.approx(expected, abs=1e-6)
    assert probability_above(1.0, 2.0, 0.0) == 1.0


def crossing_scene(walker_north_at: dict[str, float], *, speed: float = 10.0) -> Frames:
    """A car comes along the right lane and is at the crossing at 10 s; a person walks."""
    frames = []
    for k in range(30):
        t = k * STEP_S
        north = walker_north_at["at_10_s"] + walker_north_at["speed"] * (t - 10.0)
        walker = seen(ObjectClass.PERSON, (200.0, north), 2, (0.0, walker_north_at["speed"]))
        frames.append([car((200.0 + speed * (t - 10.0), -3.5), speed), walker])
    return frames


YIELD_ZONES = Zones(carriageways=(road(),), crossings=(CROSSING,))


@pytest.mark.parametrize(
    ("walker", "events"),
    [
        ({"at_10_s": -1.0, "speed": -1.3}, 1),  # walks into its lane
        ({"at_10_s": -3.5, "speed": 0.0}, 1),  # stands in it
        ({"at_10_s": 4.5, "speed": 1.3}, 0),  # has left it, on the far lane
        ({"at_10_s": -10.0, "speed": 0.0}, 0),  # waits beside the road
        ({"at_10_s": 40.0, "speed": 0.0}, 0),  # nowhere near
    ],
)
def test_only_a_person_in_the_cars_way_is_not_yielded_to(
    walker: dict[str, float], events: int
) -> None:
    rule = NotYielding(NotYieldingSettings())
    assert len(watched(rule, crossing_scene(walker), YIELD_ZONES)) == events


def test_the_less_the_places_tell_the_less_sure_it_is_that_nobody_yielded() -> None:
    frames = crossing_scene({"at_10_s": 0.5, "speed": -0.2})
    vague = [[replace(each, own_m2=np.eye(2)) for each in tracks] for tracks in frames]
    rules = (NotYielding(NotYieldingSettings()), NotYielding(NotYieldingSettings()))
    (sure,) = watched(rules[0], frames, YIELD_ZONES)
    (unsure,) = watched(rules[1], vague, YIELD_ZONES)
    assert unsure.certainty < sure.certainty - 0.1


def test_a_car_that_creeps_over_the_crossing_gives_way() -> None:
    rule = NotYielding(NotYieldingSettings())
    walker = {"at_10_s": -2.0, "speed": -0.5}
    assert watched(rule, crossing_scene(walker, speed=2.0), YIELD_ZONES) == []


def test_a_district_tells_limits_and_directions(tmp_path: Path) -> None:
    from onboard.rules import read_district

    file = tmp_path / "district.geojson"
    file.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"r",'
        '"kind":"road","width_m":8,"limit_km_h":54,"one_way":true},"geometry":{"type":'
        '"LineString","coordinates":[[65.5,44.85],[65.52,44.85]]}}]}'
    )
    _, zones = read_district(file)
    (made,) = zones.carriageways
    assert isinstance(made, Road)
    assert made.one_way
    assert made.limit_m_s == pytest.approx(15.0)
