"""An object that moves is followed by circle, vehicle and camera, as far as the plan permits."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely
from scipy.spatial.transform import Rotation

from missions.geodesy import GeoPoint, LocalPlane
from onboard.executive.actions import Offer
from onboard.mavlink.mission_leg import metres_between
from onboard.messages import EventKind, ObjectClass

Patrol = Callable[..., Any]
EVENT_EN = (40.0, 80.0)
ORBIT, REPOSITION, SET_MODE = 34, 192, 176
LONG: dict[str, Any] = {
    "person_down": {"do": "orbit", "seconds": 60.0, "radius_m": 25.0, "height_m": 30.0},
    "crowd": {"do": "look", "seconds": 60.0},
}
FAR = {"behind_m": 400.0}
WALK = (1.2, -0.4)
DRIVE = (5.0, -3.0)


HOME = LocalPlane(GeoPoint(latitude_deg=44.8521, longitude_deg=65.5092))


def en_of(place: Any) -> tuple[float, float]:
    """East and north of home, metres."""
    point = GeoPoint(latitude_deg=place.latitude_deg, longitude_deg=place.longitude_deg)
    return HOME.en(point)


def orders(flight: Any, command: int) -> list[tuple[float, Any]]:
    return [
        (at_s, action)
        for at_s, action in flight.actions
        if getattr(action, "name", "") == "COMMAND_INT" and action.fields["command"] == command
    ]


def apart(flight: Any, state: str) -> Any:
    """How far vehicle and object were from each other in a state, and their distances' times."""
    return np.array(
        [
            (at_s, metres_between(place, flight.objects(at_s)[0].place))
            for at_s, seen, place in flight.track
            if seen == state
        ]
    )


def test_circle_goes_with_a_person_who_walks_on(patrol: Patrol) -> None:
    flight = patrol(reactions=LONG).noticed(*EVENT_EN, velocity_en_m_s=WALK)
    flight.moves(*EVENT_EN, WALK).until_state("following").until_state("patrolling")
    far_m = apart(flight, "following")
    assert far_m[-1, 0] - far_m[0, 0] > 50.0
    settled = far_m[far_m[:, 0] > far_m[0, 0] + 15.0, 1]
    assert np.percentile(np.abs(settled - 25.0), 95) < 4.0


def test_circle_that_follows_never_leaves_the_fence(patrol: Patrol, ring: shapely.Polygon) -> None:
    """And it is told why it is followed no further."""
    flight = patrol(reactions=LONG, limits=FAR).noticed(*EVENT_EN, velocity_en_m_s=(1.2, 1.2))
    flight.moves(*EVENT_EN, (1.2, 1.2)).until_state("following")
    flight.moves(200.0, 215.0, (1.2, 1.2)).until_state("coming_back").until_state("patrolling")
    flown = [shapely.Point(en_of(place)) for _, _, place in flight.track if place]
    assert all(ring.contains(each) for each in flown)
    assert [reason for reason in flight.reasons() if reason in ("fence", "gone+coming_back")] == [
        "fence",
        "gone+coming_back",
    ]
    (why,) = [said for said in flight.said() if said.reason == "fence"]
    assert why.words.en.startswith("does not follow the object any further")


def test_every_order_after_the_object_has_its_circle_within_the_fence(
    patrol: Patrol, ring: shapely.Polygon
) -> None:
    flight = patrol(reactions=LONG, limits=FAR).noticed(*EVENT_EN, velocity_en_m_s=(1.7, 0.0))
    flight.moves(*EVENT_EN, (1.7, 0.0)).until_state("following")
    flight.moves(150.0, 80.0, (1.7, 0.0)).until_state("coming_back")
    asked = [send.fields for _, send in orders(flight, ORBIT)]
    centres = [
        shapely.Point(en_of(GeoPoint(latitude_deg=f["x"] / 1e7, longitude_deg=f["y"] / 1e7)))
        for f in asked
    ]
    assert len(asked) > 20
    assert all(ring.contains(each.buffer(25.0)) for each in centres)


def test_orders_after_an_object_are_no_more_than_two_a_second(patrol: Patrol) -> None:
    flight = patrol(reactions=LONG).noticed(*EVENT_EN, velocity_en_m_s=WALK)
    flight.moves(*EVENT_EN, WALK).until_state("following").run(30.0)
    times = np.array([at_s for at_s, _ in orders(flight, ORBIT)])
    assert len(times) > 15
    assert np.diff(times[1:]).min() > 0.45


def test_object_that_stays_is_circled_with_one_order_though_its_place_is_uncertain(
    patrol: Patrol, track_at: Callable[..., Any]
) -> None:
    rng = np.random.default_rng(5)
    flight = patrol(reactions=LONG).noticed(*EVENT_EN)
    flight.objects = lambda _: [
        track_at(
            *(np.array(EVENT_EN) + rng.normal(0.0, 1.5, 2)),
            covariance_m2=((2.25, 0.0), (0.0, 2.25)),
            velocity_en_m_s=tuple(rng.normal(0.0, 0.2, 2)),
        )
    ]
    flight.until_state("orbiting").until_state("coming_back")
    assert len(orders(flight, ORBIT)) == 1
    assert "following" not in flight.reasons()


def test_object_that_stops_is_circled_where_it_is(patrol: Patrol) -> None:
    flight = patrol(reactions=LONG).noticed(*EVENT_EN, velocity_en_m_s=WALK)
    flight.moves(*EVENT_EN, WALK).until_state("following").run(10.0)
    here = flight.objects(flight.now_s)[0].place
    flight.moves(*en_of(here), (0.0, 0.0)).until_state("orbiting", at_most_s=20.0)
    assert "rests+orbiting" in flight.reasons()
    last = orders(flight, ORBIT)[-1][1].fields
    centre = GeoPoint(latitude_deg=last["x"] / 1e7, longitude_deg=last["y"] / 1e7)
    assert np.hypot(*np.subtract(en_of(here), en_of(centre))) < 2.0


def test_car_that_is_too_fast_for_a_circle_is_flown_along_with(patrol: Patrol) -> None:
    flight = patrol(reactions=LONG).noticed(*EVENT_EN, velocity_en_m_s=DRIVE)
    flight.moves(*EVENT_EN, (0.3, 0.0)).until_state("orbiting")
    flight.moves(*EVENT_EN, DRIVE).until_state("trailing").run(12.0)
    assert len(orders(flight, REPOSITION)) > 6
    speed = flight.executive.watch.situation.ground_speed_m_s
    assert speed == pytest.approx(np.hypot(*DRIVE), abs=1.5)
    assert apart(flight, "trailing")[-1, 1] < 45.0


def test_car_that_has_stopped_again_is_circled_again(patrol: Patrol) -> None:
    flight = patrol(reactions=LONG | {"person_down": LONG["person_down"] | {"seconds": 200.0}})
    flight.noticed(*EVENT_EN).moves(*EVENT_EN, (0.0, 0.0)).until_state("orbiting")
    flight.moves(*EVENT_EN, DRIVE).until_state("trailing").run(8.0)
    flight.moves(*en_of(flight.objects(flight.now_s)[0].place), (0.0, 0.0))
    flight.until_state("circling", at_most_s=20.0).until_state("orbiting", at_most_s=60.0).run(8.0)
    assert apart(flight, "orbiting")[-1, 1] == pytest.approx(25.0, abs=4.0)


def test_object_that_gets_away_is_given_up(patrol: Patrol) -> None:
    flight = patrol(reactions=LONG, limits={"behind_m": 60.0, "follow_m_s": 4.0})
    flight.noticed(*EVENT_EN).moves(*EVENT_EN, (0.0, 0.0)).until_state("orbiting")
    flight.moves(*EVENT_EN, (9.0, -1.0)).until_state("coming_back")
    assert [reason for reason in flight.reasons() if reason in ("outrun", "fence")] == ["outrun"]


def test_whoever_only_looks_goes_along_at_the_same_distance(patrol: Patrol) -> None:
    flight = patrol(reactions=LONG).noticed(*EVENT_EN, kind=EventKind.CROWD, velocity_en_m_s=WALK)
    flight.moves(*EVENT_EN, WALK).until_state("trailing").run(30.0)
    far_m = apart(flight, "trailing")
    assert np.ptp(far_m[:, 1]) < 12.0
    heights = {
        round(place.height_amsl_m) for _, state, place in flight.track if state == "trailing"
    }
    assert heights <= {168, 169, 170}


def test_reaction_that_is_told_not_to_follow_stays_where_it_is(patrol: Patrol) -> None:
    reactions = {"person_down": LONG["person_down"] | {"follow": False}}
    flight = patrol(reactions=reactions).noticed(*EVENT_EN, velocity_en_m_s=WALK)
    flight.moves(*EVENT_EN, WALK).until_state("orbiting").until_state("coming_back")
    assert len(orders(flight, ORBIT)) == 1


def test_camera_stays_on_an_object_that_walks(patrol: Patrol) -> None:
    flight = patrol(reactions=LONG).noticed(*EVENT_EN, velocity_en_m_s=WALK)
    flight.moves(*EVENT_EN, WALK).until_state("following").run(25.0)
    axis = Rotation.from_quat(np.roll(flight.vehicle.aircraft.gimbal.quaternion, -1)).apply(
        (1.0, 0.0, 0.0)
    )
    there, here = flight.objects(flight.now_s)[0].place, flight.place
    east, north = np.subtract(en_of(there), en_of(here))
    toward = np.array((north, east, here.height_amsl_m - there.height_amsl_m))
    assert np.degrees(np.arccos(axis @ toward / np.linalg.norm(toward))) < 5.0


def test_pilot_who_takes_over_while_an_object_is_followed_is_not_disturbed(
    patrol: Patrol,
) -> None:
    flight = patrol(reactions=LONG).noticed(*EVENT_EN, velocity_en_m_s=WALK)
    flight.moves(*EVENT_EN, WALK).until_state("following").run(5.0)
    flight.command(SET_MODE, 1.0, 4.0, 3.0).until_state("yielded", at_most_s=2.0)
    since_s = flight.now_s
    flight.run(20.0)
    assert flight.sends(since_s) == []


def test_place_that_an_operator_sends_it_to_while_it_flies_along_is_left_to_him(
    patrol: Patrol, at: Callable[..., Any]
) -> None:
    flight = patrol(reactions=LONG).noticed(*EVENT_EN, kind=EventKind.CROWD, velocity_en_m_s=WALK)
    flight.moves(*EVENT_EN, WALK).until_state("trailing").run(8.0)
    flight.reposition(at(-60.0, 200.0, 40.0)).until_state("yielded", at_most_s=3.0)


def test_herd_is_where_most_of_it_is(patrol: Patrol, track_at: Callable[..., Any]) -> None:
    flight = patrol(reactions=LONG)
    flight.noticed(*EVENT_EN, track_ids=(1, 2, 3, 4, 5), object_class=ObjectClass.CATTLE)
    began_s = flight.now_s

    def herd(now_s: float) -> list[Any]:
        """Four graze on slowly; one runs off."""
        since_s = now_s - began_s
        grazing = [(EVENT_EN[0] + 4.0 * n, EVENT_EN[1] + 0.4 * since_s) for n in range(4)]
        places = [*grazing, (EVENT_EN[0] + 3.0 * since_s, EVENT_EN[1])]
        return [
            track_at(*en, track_id=n + 1, object_class=ObjectClass.CATTLE)
            for n, en in enumerate(places)
        ]

    flight.objects = herd
    flight.until_state("following").until_state("coming_back")
    last = orders(flight, ORBIT)[-1][1].fields
    east, _ = en_of(GeoPoint(latitude_deg=last["x"] / 1e7, longitude_deg=last["y"] / 1e7))
    assert EVENT_EN[0] <= east <= EVENT_EN[0] + 14.0


def test_track_under_another_number_is_taken_for_the_object_where_it_must_be(
    patrol: Patrol, track_at: Callable[..., Any]
) -> None:
    flight = patrol(reactions=LONG).noticed(*EVENT_EN, velocity_en_m_s=WALK)
    flight.moves(*EVENT_EN, WALK).until_state("following").run(5.0)
    east, north = en_of(flight.objects(flight.now_s)[0].place)
    flight.objects = lambda _: []
    flight.run(3.0).moves(east + 3.0 * WALK[0], north + 3.0 * WALK[1], WALK, track_id=31).run(1.0)
    assert flight.executive.wants(31, flight.now_s)
    flight.run(8.0)
    assert apart(flight, "following")[-1, 1] == pytest.approx(25.0, abs=4.0)


@pytest.mark.parametrize(
    "other",
    [{"object_class": ObjectClass.CAR}, {"beside_m": 40.0}],
)
def test_track_of_something_else_is_not_taken_for_the_object(
    patrol: Patrol, track_at: Callable[..., Any], other: dict[str, Any]
) -> None:
    flight = patrol(reactions=LONG).noticed(*EVENT_EN).until_state("orbiting").run(4.0)
    given = {name: value for name, value in other.items() if name != "beside_m"}
    place = (EVENT_EN[0] + other.get("beside_m", 2.0), EVENT_EN[1])
    flight.act(flight.executive.seen([track_at(*place, track_id=31, **given)], flight.now_s))
    flight.act(flight.executive.seen([track_at(*EVENT_EN)], flight.now_s))
    assert not flight.executive.wants(31, flight.now_s)


def test_track_that_leaves_what_is_permitted_is_offered_to_the_relief(patrol: Patrol) -> None:
    reactions = {"person_down": LONG["person_down"] | {"hand_over": True}}
    flight = patrol(reactions=reactions, relief={"answer_s": 5.0}, limits=FAR)
    flight.noticed(*EVENT_EN).moves(*EVENT_EN, (1.2, 1.2)).until_state("following").run(8.0)
    flight.moves(200.0, 215.0, (1.2, 1.2)).until_state("coming_back").run(1.0)
    offers = [action for _, action in flight.actions if isinstance(action, Offer)]
    assert len({offer.handover_id for offer in offers}) == len(offers) == 2
    assert offers[-1].track.velocity_en_m_s == (1.2, 1.2)
