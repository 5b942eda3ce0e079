"""Loitering, off-road, closed water, herds and people who lie, beside their limits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from onboard.messages import EventKind, ObjectClass
from onboard.rules import Zones
from onboard.rules.closed_water import ClosedWater, ClosedWaterSettings
from onboard.rules.herd_left import HerdLeft, HerdLeftSettings
from onboard.rules.hours import Hours, parsed_hours
from onboard.rules.intrusion import Intrusion, IntrusionSettings
from onboard.rules.loitering import Loitering, LoiteringSettings
from onboard.rules.off_road import OffRoad, OffRoadSettings
from onboard.rules.person_down import PersonDown, PersonDownSettings
from onboard.rules.unattended_livestock import UnattendedLivestock, UnattendedLivestockSettings
from onboard.rules.zones import Zone
from onboard.track.track import Track
from tests.onboard.rules import scripted
from tests.onboard.rules.scripted import Frames, seen

AREA = shapely.box(0.0, 0.0, 100.0, 100.0)
watched = partial(scripted.watched, step_s=1.0)
LYING = (0.0, 0.0, 36.0, 14.0)


YARD = Zones(watched_areas=(Zone("yard", AREA),))


def person(east: float, north: float, number: int = 1, since_s: float = 0.0) -> Track:
    return seen(ObjectClass.PERSON, (east, north), number=number, since_s=since_s)


def test_a_person_who_stays_is_loitering_after_the_dwell_and_not_before() -> None:
    rule = Loitering(LoiteringSettings())
    assert watched(rule, [[person(50, 50)]] * 89, YARD) == []
    ((finding),) = watched(Loitering(LoiteringSettings()), [[person(50, 50)]] * 95, YARD)
    assert (finding.kind, finding.zone) == (EventKind.LOITERING, "yard")


def test_a_person_found_again_at_the_same_place_has_been_there_all_along() -> None:
    frames = [[person(50, 50)]] * 50 + [[]] * 5 + [[person(51, 50, 2, 55.0)]] * 50
    assert len(watched(Loitering(LoiteringSettings()), frames, YARD)) == 1


def test_someone_who_was_there_before_is_not_the_one_who_is_gone() -> None:
    frames = [[person(50, 50)]] * 50 + [[person(51, 50, 2, 20.0)]] * 50
    assert watched(Loitering(LoiteringSettings()), frames, YARD) == []


def test_people_who_come_and_go_in_turn_are_not_one_who_stays() -> None:
    frames = [[person(20, 20)]] * 60 + [[person(80, 80, 2)]] * 60
    assert watched(Loitering(LoiteringSettings()), frames, YARD) == []


CLOSED = Zones(
    carriageways=(Zone("service", shapely.box(40.0, -50.0, 50.0, 150.0)),),
    closed_areas=(Zone("field", AREA),),
)


@pytest.mark.parametrize(("east", "events"), [(20.0, 1), (45.0, 0), (-6.0, 0), (104.0, 0)])
def test_a_vehicle_is_off_road_only_in_the_area_and_beside_its_road(
    east: float, events: int
) -> None:
    frames = [[seen(ObjectClass.TRUCK, (east, 60.0))]] * 10
    assert len(watched(OffRoad(OffRoadSettings()), frames, CLOSED)) == events


def test_a_person_is_no_off_road_vehicle() -> None:
    assert watched(OffRoad(OffRoadSettings()), [[person(20, 60)]] * 10, CLOSED) == []


@pytest.mark.parametrize(("east", "events"), [(50.0, 1), (-5.0, 0), (99.8, 0)])
def test_a_boat_in_the_closed_reach_is_one_event(east: float, events: int) -> None:
    zones = Zones(closed_waters=(Zone("reach", AREA),))
    frames = [[seen(ObjectClass.BOAT, (east, 50.0))]] * 20
    assert len(watched(ClosedWater(ClosedWaterSettings()), frames, zones)) == events


AT_NIGHT = Hours(((22 * 60, 6 * 60),), 5.0)


@pytest.mark.parametrize(
    ("utc", "events"),
    [
        (datetime(2026, 9, 1, 18, 0, tzinfo=UTC), 1),  # 23:00 in Kyzylorda
        (datetime(2026, 9, 1, 0, 30, tzinfo=UTC), 1),  # 05:30
        (datetime(2026, 9, 1, 7, 0, tzinfo=UTC), 0),  # 12:00
        (None, 1),
    ],
)
def test_an_area_is_closed_in_its_hours_and_always_where_the_time_is_unknown(
    utc: datetime | None, events: int
) -> None:
    zones = Zones(closed_areas=(Zone("yard", AREA, AT_NIGHT),))
    frames = [[person(50, 50)]] * 10
    assert len(watched(Intrusion(IntrusionSettings()), frames, zones, utc=utc)) == events


@given(st.integers(0, 1439), st.integers(1, 1439), st.integers(0, 1439))
def test_a_span_and_the_rest_of_the_day_share_no_minute(begin: int, length: int, at: int) -> None:
    end = (begin + length) % 1440
    now = datetime(2026, 9, 1, tzinfo=UTC) + timedelta(minutes=at)
    assert Hours(((begin, end),)).hold(now) != Hours(((end, begin),)).hold(now)


@pytest.mark.parametrize(
    ("spans", "offset"),
    [
        ([], 5),
        ("22:00-06:00", 5),
        (["25:00-06:00"], 5),
        (["06:00-06:00"], 5),
        (["22:00-06:00"], None),
    ],
)
def test_hours_that_cannot_be_read_are_refused(spans: object, offset: object) -> None:
    with pytest.raises(ValueError, match=r"span|hours"):
        parsed_hours(spans, offset)


def cows(east: float, count: int = 5, first: int = 10) -> list[Track]:
    return [seen(ObjectClass.CATTLE, (east + 2.0 * i, 50.0), first + i) for i in range(count)]


PASTURE = Zones(pastures=(Zone("pasture", AREA),))


def test_a_herd_alone_outside_a_pasture_is_unattended_after_two_minutes() -> None:
    rule = UnattendedLivestock(UnattendedLivestockSettings())
    assert watched(rule, [cows(300.0)] * 119, PASTURE) == []
    (finding,) = watched(
        UnattendedLivestock(UnattendedLivestockSettings()), [cows(300.0)] * 125, PASTURE
    )
    assert finding.object_count == 5


@pytest.mark.parametrize(
    "frames",
    [
        [cows(40.0)] * 150,  # in the pasture
        [[*cows(300.0), person(340.0, 60.0)]] * 150,  # a herder
        ([[*cows(300.0), person(340.0, 60.0)]] + [cows(300.0)] * 25)
        * 6,  # one who is seen at times
        [cows(300.0, count=1)] * 150,  # a stray
    ],
)
def test_a_herd_in_a_pasture_or_with_a_herder_is_attended(frames: Frames) -> None:
    assert watched(UnattendedLivestock(UnattendedLivestockSettings()), frames, PASTURE) == []


def test_a_car_that_only_drives_past_does_not_look_after_a_herd() -> None:
    car = seen(ObjectClass.CAR, (320.0, 50.0), 99, (15.0, 0.0))
    frames = [cows(300.0)] * 60 + [[*cows(300.0), car]] * 3 + [cows(300.0)] * 70
    assert len(watched(UnattendedLivestock(UnattendedLivestockSettings()), frames, PASTURE)) == 1


def leaving(renumber_at: int | None = None) -> Frames:
    frames = []
    for step in range(60):
        first = 50 if renumber_at is not None and step >= renumber_at else 10
        frames.append(cows(80.0 + 0.7 * step, first=first))
    return frames


@pytest.mark.parametrize("renumber_at", [None, 28])
def test_a_herd_that_walks_out_of_its_pasture_is_one_event(renumber_at: int | None) -> None:
    (finding,) = watched(HerdLeft(HerdLeftSettings()), leaving(renumber_at), PASTURE)
    assert finding.kind is EventKind.HERD_LEFT_PASTURE
    assert finding.zone == "pasture"
    assert finding.object_count >= 3


@pytest.mark.parametrize(
    "frames",
    [[cows(150.0)] * 60, [cows(88.0)] * 60, [cows(80.0 + 0.7 * s, count=2) for s in range(60)]],
)
def test_a_herd_from_elsewhere_one_at_the_fence_and_a_pair_have_not_left(
    frames: Frames,
) -> None:
    assert watched(HerdLeft(HerdLeftSettings()), frames, PASTURE) == []


def lying(east: float = 0.0) -> Track:
    return seen(ObjectClass.PERSON, (east, 0.0), box=LYING)


def test_a_person_as_long_as_people_are_lies_from_straight_above_too() -> None:
    frames = [[replace(lying(), size_m=(1.6, 0.6))]] * 40
    assert len(watched(PersonDown(PersonDownSettings()), frames, Zones())) == 1


def test_a_person_who_lies_still_is_one_alarm() -> None:
    frames = [[person(1.3 * s, 0.0)] for s in range(8)] + [[lying(10.4)]] * 30
    (finding,) = watched(PersonDown(PersonDownSettings()), frames, Zones())
    assert finding.kind is EventKind.PERSON_DOWN


@pytest.mark.parametrize(
    "frames",
    [
        [[person(0.0, 0.0)]] * 40,  # stands
        [[seen(ObjectClass.PERSON, (0.0, 0.0), box=(0.0, 0.0, 20.0, 20.0))]] * 40,  # sits
        [[lying(1.2 * step)] for step in range(40)],  # a cyclist, wide but moving
        [[person(0.0, 0.0)]] * 10 + [[lying()]] * 6 + [[person(0.0, 0.0)]] * 10,  # bends down
        [[seen(ObjectClass.PERSON, (0.0, 0.0), box=(0.0, 0.0, 6.0, 3.0))]] * 40,  # too small to say
        [[replace(lying(), size_m=(0.76, 0.5))]] * 40,  # stands, seen from straight above
    ],
)
def test_people_who_stand_sit_bend_or_move_do_not_lie(frames: Frames) -> None:
    assert watched(PersonDown(PersonDownSettings()), frames, Zones()) == []
