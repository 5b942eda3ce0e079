"""Each rule on tracks: it fires once when it should, and is silent beside its limits."""

from functools import partial

import numpy as np
import pytest
import shapely

from onboard.messages import EventKind, ObjectClass
from onboard.rules import Rule, RuleSettings, Zones, make_rules
from onboard.rules.normal import probability_of_at_least
from onboard.rules.zones import Zone, probability_within
from onboard.track import Track
from tests.onboard.rules import scripted
from tests.onboard.rules.scripted import Frames, seen

STEP_S = 0.4
ROAD = Zone("road-1", shapely.box(-100.0, -5.0, 100.0, 5.0))
CLOSED = Zone("closed-1", shapely.box(0.0, 20.0, 60.0, 80.0))
ZONES = Zones(carriageways=(ROAD,), closed_areas=(CLOSED,))
watched = partial(scripted.timed, zones=ZONES, step_s=STEP_S)


def only(kind: EventKind) -> Rule:
    every = RuleSettings().model_dump()
    off = {name: {**told, "enabled": name == kind.value} for name, told in every.items()}
    (rule,) = make_rules(RuleSettings.model_validate(off), stills=False)
    return rule


def person(number: int, east: float, north: float) -> Track:
    return seen(ObjectClass.PERSON, (east, north), number)


def cow(number: int, east: float, north: float) -> Track:
    return seen(ObjectClass.CATTLE, (east, north), number)


def car(east: float, north: float, *, speed: float = 0.0, number: int = 1) -> Track:
    return seen(ObjectClass.CAR, (east, north), number, (speed, 0.0))


def test_person_in_a_closed_area_is_one_event_after_two_seconds() -> None:
    ((at_s, finding),) = watched(only(EventKind.INTRUSION), [[person(1, 30.0, 50.0)]] * 60)
    assert at_s == pytest.approx(2.0, abs=STEP_S)
    assert (finding.kind, finding.zone) == (EventKind.INTRUSION, "closed-1")
    assert finding.certainty >= 0.9
    assert "closed area" in finding.explanation.en


def test_person_whose_ellipse_only_touches_the_area_is_no_intruder() -> None:
    assert watched(only(EventKind.INTRUSION), [[person(1, 30.0, 20.3)]] * 30) == []


def test_person_who_is_inside_for_a_moment_is_no_intruder() -> None:
    inside, outside = [[person(1, 30.0, 50.0)]], [[person(1, 30.0, 10.0)]]
    assert watched(only(EventKind.INTRUSION), (inside * 3 + outside * 8) * 3) == []


def test_a_car_in_a_closed_area_is_no_person() -> None:
    assert watched(only(EventKind.INTRUSION), [[car(30.0, 50.0)]] * 30) == []


def test_an_intruder_seen_again_on_the_next_pass_is_the_same_one() -> None:
    rule = only(EventKind.INTRUSION)
    assert len(watched(rule, [[person(1, 30.0, 50.0)]] * 10)) == 1
    assert watched(rule, [[person(2, 40.0, 60.0)]] * 10, from_s=60.0) == []
    assert len(watched(rule, [[person(3, 40.0, 60.0)]] * 10, from_s=600.0)) == 1


def test_a_frame_without_the_person_does_not_end_the_evidence() -> None:
    shown: Frames = [[person(1, 30.0, 50.0)]]
    missed: Frames = [[]]
    assert len(watched(only(EventKind.INTRUSION), (shown + missed) * 6)) == 1


def test_car_that_stands_on_the_road_is_one_event_after_its_dwell() -> None:
    jitter = np.random.default_rng(0).normal(0, 0.2, 60)
    scenes = [[car(10.0 + shift, 2.0)] for shift in jitter.tolist()]
    ((at_s, finding),) = watched(only(EventKind.VEHICLE_STOPPED), scenes)
    assert at_s == pytest.approx(13.0, abs=1.0)
    assert finding.zone == "road-1"
    assert finding.began_s == 0.0


def test_car_that_waits_ten_seconds_at_a_crossing_is_no_event() -> None:
    arriving = [[car(-40.0 + 4.0 * step, 2.0, speed=10.0)] for step in range(10)]
    waiting = [[car(0.0, 2.0)]] * 25
    leaving = [[car(4.0 * step, 2.0, speed=10.0)] for step in range(10)]
    assert watched(only(EventKind.VEHICLE_STOPPED), arriving + waiting + leaving) == []


def test_car_that_waits_its_turn_at_a_crossing_is_one_event_only_after_a_longer_dwell() -> None:
    side_road = Zone("side-road", shapely.box(-4.0, -100.0, 4.0, 100.0))
    zones = Zones(carriageways=(ROAD, side_road))
    waiting = [[car(-20.0, 0.0)]] * round(100.0 / STEP_S)
    ((fired_at_s, _),) = watched(only(EventKind.VEHICLE_STOPPED), waiting, zones=zones)
    assert fired_at_s == pytest.approx(90.0, abs=2.0)


def test_car_that_creeps_is_no_event() -> None:
    creeping = [[car(0.7 * STEP_S * step, 2.0, speed=0.7)] for step in range(60)]
    assert watched(only(EventKind.VEHICLE_STOPPED), creeping) == []


def test_car_parked_beside_the_road_is_no_event() -> None:
    assert watched(only(EventKind.VEHICLE_STOPPED), [[car(10.0, 11.0)]] * 60) == []


def test_cattle_on_the_road_are_one_event() -> None:
    herd = [cow(number, 3.0 * number, 1.0) for number in range(4)]
    grazing = [cow(10 + number, 3.0 * number, 40.0) for number in range(6)]
    ((at_s, finding),) = watched(only(EventKind.ANIMALS_ON_ROAD), [herd + grazing] * 30)
    assert at_s == pytest.approx(2.0, abs=STEP_S)
    assert finding.object_count == 4
    assert finding.zone == "road-1"


def test_cattle_beside_the_road_and_one_stray_are_no_event() -> None:
    herd = [cow(number, 3.0 * number, 15.0) for number in range(8)]
    assert watched(only(EventKind.ANIMALS_ON_ROAD), [[*herd, cow(9, 0.0, 0.0)]] * 30) == []


def ring(count: int, radius_m: float, east: float = 0.0) -> list[Track]:
    angles = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
    return [
        person(number, east + radius_m * float(np.cos(a)), radius_m * float(np.sin(a)))
        for number, a in enumerate(angles.tolist())
    ]


def test_a_crowd_is_one_event_with_its_count_and_place() -> None:
    ((at_s, finding),) = watched(only(EventKind.CROWD), [ring(28, 5.0)] * 30)
    assert at_s == pytest.approx(3.0, abs=STEP_S)
    assert finding.object_count == 28
    np.testing.assert_allclose(finding.en_m, [0.0, 0.0], atol=1e-6)


def test_as_many_people_spread_over_a_square_are_no_crowd() -> None:
    assert watched(only(EventKind.CROWD), [ring(28, 30.0)] * 30) == []


def test_a_group_of_twelve_is_no_crowd() -> None:
    assert watched(only(EventKind.CROWD), [ring(12, 4.0)] * 30) == []


def test_a_crowd_that_wavers_about_the_limit_fires_once() -> None:
    wavering = [ring(24, 5.0), ring(17, 5.0)] * 30
    assert len(watched(only(EventKind.CROWD), wavering)) == 1


def test_two_crowds_far_apart_are_two_events() -> None:
    far = [person(100 + number, 200.0 + (number % 5), number / 5) for number in range(25)]
    assert len(watched(only(EventKind.CROWD), [ring(28, 5.0) + far] * 20)) == 2


def test_sightings_are_told_by_class_and_place_and_only_for_stills() -> None:
    without = make_rules(RuleSettings(), stills=False)
    assert len(make_rules(RuleSettings(), stills=True)) == len(without) + 1
    rule = make_rules(RuleSettings(), stills=True)[-1]
    cars = [car(0.0, 0.0), car(5.0, 0.0, number=2), person(3, 1.0, 1.0), car(90.0, 0.0, number=4)]
    found = [finding for _, finding in watched(rule, [cars] * 5)]
    told = sorted((finding.rule_id, finding.object_count) for finding in found)
    assert told == [("sighting.car", 1), ("sighting.car", 2), ("sighting.person", 1)]
    assert {finding.kind for finding in found} == {EventKind.SIGHTING}


# Whether a water is frozen is for its rule to find out.
JUDGED = sorted(set(EventKind) - {EventKind.SIGHTING, EventKind.OTHER, EventKind.PERSON_ON_ICE})


def test_every_kind_of_event_has_a_rule() -> None:
    assert set(RuleSettings.model_fields) == {*JUDGED, EventKind.SIGHTING}


@pytest.mark.parametrize("kind", JUDGED)
def test_every_rule_is_silent_without_zones_and_tracks(kind: str) -> None:
    assert watched(only(EventKind(kind)), [[]] * 5, zones=Zones()) == []


def test_a_standing_car_is_silent_where_no_road_is_known() -> None:
    assert watched(only(EventKind.VEHICLE_STOPPED), [[car(0.0, 0.0)]] * 60, zones=Zones()) == []


def test_probability_within_a_half_plane_is_the_normal_distributions() -> None:
    """Oracle: the normal distribution's table; a standard deviation inside is 84.1 %."""
    half_plane = shapely.box(-1e4, -1e4, 0.0, 1e4)
    covariance = np.array([[4.0, 1.0], [1.0, 3.0]])
    points = np.array([[-2.0, 0.0], [0.0, 0.0], [2.0, 0.0]])
    got = probability_within(half_plane, points, np.tile(covariance, (3, 1, 1)))
    np.testing.assert_allclose(got, [0.8413, 0.5, 0.1587], atol=0.04)


def test_at_least_so_many_is_the_binomial_for_equal_probabilities() -> None:
    expected = 1.0 - 0.7**5 - 5 * 0.3 * 0.7**4
    assert probability_of_at_least(2, np.full(5, 0.3)) == pytest.approx(expected)
