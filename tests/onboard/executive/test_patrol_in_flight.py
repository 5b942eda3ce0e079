"""The executive on our own vehicle: what it does on the wire, and what the vehicle then flies."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from onboard.executive.actions import Offer, Remember
from onboard.executive.handover import Answered
from onboard.mavlink.codec import Address
from onboard.mavlink.mission_leg import metres_between
from onboard.messages import EventKind

Patrol = Callable[..., Any]
EVENT_EN = (40.0, 80.0)
SET_MODE = 176
COMMANDS = ("COMMAND_LONG", "COMMAND_INT", "GIMBAL_MANAGER_SET_ATTITUDE", "SET_MODE")


def commanded(flight: Any, since_s: float) -> list[str]:
    return [send.name for send in flight.sends(since_s) if send.name in COMMANDS]


def distances(flight: Any, place: Any, state: str) -> list[float]:
    return [metres_between(at, place) for _, seen, at in flight.track if seen == state and at]


def test_executive_asks_nothing_of_a_patrol_without_events(patrol: Patrol) -> None:
    flight = patrol()
    began_s = flight.now_s
    flight.until(lambda: flight.executive.watch.situation.item == 3)
    assert commanded(flight, began_s) == []


def test_event_is_circled_and_the_patrol_goes_on_where_it_was_left(
    patrol: Patrol, at: Callable[..., Any]
) -> None:
    flight = patrol()
    left, item = flight.place, flight.executive.watch.situation.item
    flight.noticed(*EVENT_EN).until_state("orbiting").until_state("patrolling")
    assert metres_between(flight.place, left) < 12.0
    assert abs(flight.place.longitude_deg - left.longitude_deg) < 3e-5
    assert flight.executive.watch.situation.item == item
    circled = distances(flight, at(*EVENT_EN), "orbiting")
    assert len(circled) > 250
    assert np.percentile(np.abs(np.array(circled) - 25.0), 95) < 3.0
    heights = [at_.height_amsl_m for _, state, at_ in flight.track if state == "orbiting"]
    assert max(abs(height - 159.0) for height in heights) < 6.5


def test_patrol_ends_by_itself_after_a_reaction(patrol: Patrol) -> None:
    flight = patrol().noticed(*EVENT_EN)
    flight.until_state("orbiting").until_state("patrolling").until_state("standing_by", "yielded")
    reached = {m.seq for m in flight.heard if m.name == "MISSION_ITEM_REACHED"}
    assert {1, 2, 3, 4} <= reached
    assert (flight.state, flight.reasons()[-1]) == ("standing_by", "over")


def test_camera_looks_at_the_object_while_it_is_circled(
    patrol: Patrol, at: Callable[..., Any]
) -> None:
    flight = patrol().noticed(*EVENT_EN).until_state("orbiting").run(8.0)
    gimbal = flight.vehicle.aircraft.gimbal
    axis = Rotation.from_quat(np.roll(gimbal.quaternion, -1)).apply((1.0, 0.0, 0.0))
    here, there = flight.place, at(*EVENT_EN)
    north = np.radians(there.latitude_deg - here.latitude_deg) * 6_371_000.0
    east = np.radians(there.longitude_deg - here.longitude_deg) * 6_371_000.0
    east *= np.cos(np.radians(here.latitude_deg))
    toward = np.array((north, east, here.height_amsl_m - there.height_amsl_m))
    off = np.degrees(np.arccos(axis @ toward / np.linalg.norm(toward)))
    assert off < 5.0


def test_gimbal_is_asked_for_and_given_back(patrol: Patrol) -> None:
    flight = patrol().noticed(*EVENT_EN).until_state("orbiting").run(1.0)
    assert flight.vehicle.aircraft.gimbal.primary == Address(1, 191)
    flight.until_state("patrolling").run(3.0)
    assert flight.vehicle.aircraft.gimbal.primary == Address(0, 0)


def test_gimbal_is_told_no_oftener_than_five_times_a_second(patrol: Patrol) -> None:
    flight = patrol().noticed(*EVENT_EN).until_state("orbiting").until_state("coming_back")
    told = [
        at_s
        for at_s, action in flight.actions
        if getattr(action, "name", "") == "GIMBAL_MANAGER_SET_ATTITUDE"
    ]
    assert len(told) > 100
    assert np.diff(told).min() > 0.19


def test_vehicle_without_a_gimbal_circles_all_the_same(patrol: Patrol) -> None:
    flight = patrol({"gimbal": False}).noticed(*EVENT_EN).until_state("orbiting")
    assert "GIMBAL_MANAGER_SET_ATTITUDE" not in commanded(flight, 0.0)


def test_descent_goes_down_looks_and_comes_back_up(patrol: Patrol) -> None:
    flight = patrol().noticed(*EVENT_EN, kind=EventKind.LOITERING).until_state("looking")
    assert flight.place.height_amsl_m == pytest.approx(154.0, abs=1.5)
    flight.until_state("patrolling")
    assert flight.place.height_amsl_m == pytest.approx(169.0, abs=1.5)


def test_look_stops_and_goes_on(patrol: Patrol) -> None:
    flight = patrol().noticed(*EVENT_EN, kind=EventKind.CROWD)
    flight.until_state("looking").until_state("patrolling")
    assert "time_up+coming_back" in flight.reasons()


@pytest.mark.parametrize(
    ("event", "tasking", "why"),
    [
        ({"kind": EventKind.SPEEDING}, {}, "not_tasked"),
        ({"certainty": 0.3}, {}, "uncertain"),
        ({"east_m": 260.0}, {}, "fence"),
        ({}, {"limits": {"floor_m": 35.0}}, "floor"),
        ({}, {"limits": {"ceiling_m": 25.0}}, "ceiling"),
        ({}, {"limits": {"reach_m": 40.0}}, "reach"),
        (
            {},
            {"battery": {"reserve": 0.6, "endurance_s": 400.0, "return_height_m": 30.0}},
            "battery",
        ),
        ({}, {"limits": {"seconds_a_flight": 20.0}}, "spent"),
    ],
)
def test_reaction_that_may_not_be_is_refused_with_its_reason(
    patrol: Patrol, event: dict[str, Any], tasking: dict[str, Any], why: str
) -> None:
    flight = patrol(**tasking)
    began_s = flight.now_s
    given = {"east_m": EVENT_EN[0], "north_m": EVENT_EN[1]} | event
    flight.noticed(given.pop("east_m"), given.pop("north_m"), **given)
    assert why in flight.reasons()
    assert commanded(flight, began_s) == []


def test_zone_on_the_way_is_refused_by_its_name(patrol: Patrol, zone: Callable[..., Any]) -> None:
    flight = patrol({"zones": (zone("school", east_m=55.0, north_m=80.0, radius_m=10.0),)})
    flight.noticed(*EVENT_EN)
    assert flight.reasons()[-1] == "zone"
    assert "school" in flight.said()[-1].words.ru


def test_same_event_is_not_reacted_to_twice(patrol: Patrol) -> None:
    flight = patrol().noticed(*EVENT_EN, kind=EventKind.CROWD)
    flight.until_state("looking").until_state("patrolling").run(2.0)
    flight.noticed(*EVENT_EN, kind=EventKind.CROWD, event_id="another")
    assert flight.reasons()[-1] == "again"


def test_every_decision_is_said_in_three_languages(patrol: Patrol) -> None:
    flight = patrol().noticed(*EVENT_EN).until_state("orbiting").until_state("patrolling")
    assert [said.state.value for said in flight.said()] == [
        "patrolling",
        "stopping",
        "circling",
        "orbiting",
        "coming_back",
        "rejoining",
        "patrolling",
    ]
    assert all(said.words.kk and said.words.ru and said.words.en for said in flight.said())


@pytest.mark.parametrize("state", ["stopping", "circling", "orbiting", "coming_back"])
def test_pilot_who_takes_over_at_any_step_is_not_disturbed(patrol: Patrol, state: str) -> None:
    flight = patrol().noticed(*EVENT_EN).until_state(state).run(0.6)
    flight.tell_sticks(forward=0.0).command(SET_MODE, 1.0, 3.0, 0.0)
    flight.tell_sticks(forward=0.0)
    flight.until_state("yielded", at_most_s=1.0)
    since_s = flight.now_s
    flight.tell_sticks(forward=0.0, for_s=60.0)
    assert commanded(flight, since_s) == []
    assert flight.sends(since_s) == []


def test_sticks_that_move_end_an_orbit_for_good(patrol: Patrol) -> None:
    flight = patrol().noticed(*EVENT_EN).until_state("orbiting").run(5.0)
    flight.tell_sticks(forward=0.8, for_s=1.0)
    assert flight.state == "yielded"
    assert flight.reasons()[-1].startswith("yielded")
    since_s = flight.now_s
    flight.run(60.0)
    assert flight.sends(since_s) == []


def test_hold_by_the_ground_station_is_not_taken_back(patrol: Patrol) -> None:
    flight = patrol().noticed(*EVENT_EN).until_state("orbiting").run(5.0)
    flight.command(SET_MODE, 1.0, 4.0, 3.0).run(2.0)
    since_s = flight.now_s
    flight.run(60.0)
    assert flight.state == "yielded"
    assert flight.sends(since_s) == []


def test_place_that_the_ground_station_sends_it_to_is_left_to_it(
    patrol: Patrol, at: Callable[..., Any]
) -> None:
    flight = patrol().noticed(*EVENT_EN, kind=EventKind.CROWD).until_state("looking").run(3.0)
    flight.reposition(at(100.0, 100.0, 40.0)).run(2.0)
    assert flight.reasons()[-1] == "yielded_command"
    since_s = flight.now_s
    flight.run(60.0)
    assert flight.sends(since_s) == []
    assert metres_between(flight.place, at(100.0, 100.0)) < 2.0


def test_it_is_silent_until_asked_and_then_watches_the_patrol_again(patrol: Patrol) -> None:
    flight = patrol().noticed(*EVENT_EN).until_state("orbiting").run(2.0)
    flight.command(SET_MODE, 1.0, 4.0, 4.0).run(5.0)
    assert flight.state == "yielded"
    flight.command(31010, 1.0, target_component=191).run(0.5)
    assert flight.state == "patrolling"
    assert flight.heard_acks(31010) == [0]


def test_operator_can_stand_it_down(patrol: Patrol) -> None:
    flight = patrol()
    flight.command(31010, 0.0, target_component=191).run(0.5)
    flight.noticed(*EVENT_EN).run(1.0)
    assert flight.state == "yielded"
    assert flight.reasons()[-1] == "yielded_order"


def test_battery_reserve_breaks_an_orbit_off_and_it_goes_home(patrol: Patrol) -> None:
    flight = patrol({"parameters": {"SIM_BAT_DRAIN": 160.0, "SIM_BAT_MIN_PCT": 0.0}})
    flight.noticed(*EVENT_EN).until_state("orbiting").until_state("going_home")
    needed = flight.executive.watch.needed()
    assert flight.executive.watch.situation.remaining <= needed
    assert flight.reasons()[-1] == "low"
    flight.until_state("standing_by")
    assert flight.place.height_amsl_m == pytest.approx(129.0, abs=1.0)


def test_link_that_is_lost_lets_the_reaction_go_on_where_the_plan_permits(patrol: Patrol) -> None:
    flight = patrol(link={"do": "go_on", "lost_after_s": 5.0})
    flight.noticed(*EVENT_EN).until_state("orbiting")
    flight.link_up = False
    flight.until_state("coming_back").until_state("patrolling").run(10.0)
    assert flight.state == "patrolling"


def test_link_that_is_lost_ends_a_reaction_that_is_not_for_alone(patrol: Patrol) -> None:
    reactions = {"person_down": {"do": "orbit", "seconds": 60.0, "radius_m": 25.0, "alone": False}}
    flight = patrol(link={"do": "go_on", "lost_after_s": 5.0}, reactions=reactions)
    flight.noticed(*EVENT_EN).until_state("orbiting")
    flight.link_up, lost_s = False, flight.now_s
    flight.until_state("coming_back")
    assert flight.now_s - lost_s < 7.0
    flight.until_state("patrolling")


def test_link_that_is_lost_brings_it_home_where_the_plan_says_so(patrol: Patrol) -> None:
    flight = patrol(link={"do": "come_back", "lost_after_s": 5.0})
    flight.noticed(*EVENT_EN).until_state("orbiting")
    flight.link_up = False
    flight.until_state("going_home", at_most_s=8.0).until_state("standing_by")
    assert "link_lost+going_home" in flight.reasons()


def test_it_waits_for_the_link_and_goes_on_when_it_is_back(patrol: Patrol) -> None:
    flight = patrol(link={"do": "hold", "lost_after_s": 5.0, "hold_s": 60.0})
    item = flight.executive.watch.situation.item
    flight.link_up = False
    flight.until_state("waiting", at_most_s=8.0).run(5.0)
    flight.link_up = True
    flight.until_state("patrolling", at_most_s=60.0)
    assert flight.executive.watch.situation.item == item


def test_it_does_not_wait_for_the_link_longer_than_the_plan_permits(patrol: Patrol) -> None:
    flight = patrol(link={"do": "hold", "lost_after_s": 5.0, "hold_s": 10.0})
    flight.link_up = False
    flight.until_state("waiting", at_most_s=8.0).until_state("going_home", at_most_s=12.0)


def test_autopilot_that_is_not_heard_is_not_commanded(patrol: Patrol) -> None:
    flight = patrol().noticed(*EVENT_EN).until_state("orbiting")
    flight.companion_deaf = True
    flight.run(3.0)
    since_s = flight.now_s
    flight.run(60.0)
    assert flight.sends(since_s) == []
    flight.companion_deaf = False
    flight.until_state("patrolling")


def test_orders_that_never_arrive_end_in_silence_and_are_told(patrol: Patrol) -> None:
    flight = patrol().noticed(*EVENT_EN).until_state("orbiting")
    flight.companion_mute = True
    flight.until_state("yielded")
    assert flight.reasons()[-1] == "helpless"
    assert flight.said()[-1].severity.value == "alarm"


def test_track_is_offered_and_the_answer_ends_the_orbit(patrol: Patrol) -> None:
    reactions = {
        "person_down": {
            "do": "orbit",
            "seconds": 200.0,
            "radius_m": 25.0,
            "hand_over": True,
            "until_relieved": True,
        }
    }
    flight = patrol(reactions=reactions).noticed(*EVENT_EN).until_state("orbiting").run(3.0)
    (offer,) = [action for _, action in flight.actions if isinstance(action, Offer)]
    assert offer.track.covariance_m2 == ((4.0, 0.0), (0.0, 4.0))
    answer = Answered(handover_id=offer.handover_id, by="qyran-2", accepted=True)
    flight.act(flight.executive.answered(answer, flight.now_s))
    assert flight.state == "coming_back"
    flight.act(flight.executive.answered(answer, flight.now_s))
    flight.until_state("patrolling")
    assert "qyran-2" in next(s for s in flight.said() if s.reason == "relieved").words.kk


def test_offer_without_an_answer_is_given_up_and_told(patrol: Patrol) -> None:
    reactions = {
        "person_down": {"do": "orbit", "seconds": 40.0, "radius_m": 25.0, "hand_over": True}
    }
    flight = patrol(reactions=reactions, relief={"answer_s": 10.0})
    flight.noticed(*EVENT_EN).until_state("orbiting").run(11.0)
    assert flight.reasons()[-1] == "no_relief"
    assert flight.state == "orbiting"


def test_relief_drone_takes_a_track_over_and_reacts(
    patrol: Patrol, event_at: Callable[..., Any]
) -> None:
    flight = patrol(relief={"accepts": True})
    offer = event_at(*EVENT_EN, event_id="qyran-1:boot:5/relief")
    flight.act(flight.executive.offered(offer, "qyran-1", flight.now_s))
    (answer,) = [action for _, action in flight.actions if type(action).__name__ == "Answer"]
    assert (answer.accepted, answer.to) == (True, "qyran-1")
    flight.until_state("orbiting")


def test_process_that_starts_anew_in_an_orbit_brings_the_vehicle_back(patrol: Patrol) -> None:
    flight = patrol().noticed(*EVENT_EN).until_state("orbiting").run(3.0)
    item = flight.executive.watch.situation.item
    remembered = [action for _, action in flight.actions if isinstance(action, Remember)][-1]
    flight.start_anew(remembered.left).until_state("patrolling", at_most_s=90.0)
    assert "left_behind+coming_back" in flight.reasons()
    assert flight.executive.watch.situation.item == item


def test_process_that_starts_anew_leaves_a_pilot_alone(patrol: Patrol) -> None:
    flight = patrol().noticed(*EVENT_EN).until_state("orbiting").run(3.0)
    remembered = [action for _, action in flight.actions if isinstance(action, Remember)][-1]
    flight.command(SET_MODE, 1.0, 4.0, 3.0).run(2.0)
    since_s = flight.now_s
    flight.start_anew(remembered.left).run(30.0)
    assert flight.state == "standing_by"
    assert commanded_beside_questions(flight, since_s) == []


def commanded_beside_questions(flight: Any, since_s: float) -> list[int]:
    sends = [send for send in flight.sends(since_s) if send.name in COMMANDS]
    numbers = [int(send.fields.get("command", 0)) for send in sends]
    return [number for number in numbers if number != 511]
