"""An object that moves is flown after, and the leg gone on with: ours always, PX4 by `--px4`."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely

from onboard.executive.handover import Answered
from onboard.messages import EventKind

pytestmark = pytest.mark.system
Patrol = Callable[..., Any]
EVENT_EN = (40.0, 80.0)
FENCE = shapely.Polygon(((-120.0, -120.0), (-120.0, 270.0), (270.0, 270.0), (270.0, -120.0)))
WALK, DRIVE = (1.2, -0.4), (5.0, -3.0)
DRIVE_M_S = float(np.hypot(*DRIVE))
REPOSITION = 192
REACTIONS: dict[str, Any] = {
    "person_down": {"do": "orbit", "seconds": 45.0, "radius_m": 25.0, "height_m": 30.0},
    "loitering": {"do": "descend", "seconds": 90.0, "height_m": 25.0, "hand_over": True},
    "crowd": {"do": "look", "seconds": 30.0, "hand_over": True, "until_relieved": True},
}
TASKING: dict[str, Any] = {"reactions": REACTIONS, "battery": {"return_height_m": 30.0}}


def comes_back_to_its_leg(flight: Any) -> None:
    """On the leg that it left, near to where it left it and as high."""
    left = flight.flown("stopping")[0][1]
    flight.until_state("rejoining")
    back = flight.place
    flight.until_state("patrolling")
    assert flight.executive.watch.situation.item == 1
    off_m = np.hypot(*np.subtract(flight.en_of(back), flight.en_of(left)))
    assert off_m < 3.0
    assert abs(back.height_amsl_m - left.height_amsl_m) < 1.0


def never_left_the_fence(flight: Any) -> None:
    flown = [shapely.Point(flight.en_of(place)) for _, place in flight.flown()]
    assert all(FENCE.contains(each) for each in flown)


def test_car_is_trailed_and_after_the_time_is_up_the_mission_is_flown_to_its_end(
    patrol_on_udp: Patrol,
) -> None:
    flight = patrol_on_udp(**TASKING).noticed(*EVENT_EN).moves(*EVENT_EN)
    flight.until_state("orbiting").moves(*EVENT_EN, DRIVE).until_state("trailing")
    car = flight.objects
    flight.run(14.0)
    speed_m_s = [v for at_s, v in flight.speeds_m_s if at_s > flight.now_s - 5.0]
    far = np.array(flight.apart_m("trailing", car))
    flight.object_stays().until_state("coming_back", within_s=90.0)
    comes_back_to_its_leg(flight)
    flight.until_the_mission_is_done()
    assert DRIVE_M_S - 0.5 < np.mean(speed_m_s) < 8.3
    assert far[-1, 1] < far[:, 1].max() - 2.0
    assert far[:, 1].max() < 55.0
    assert np.diff(flight.orders(REPOSITION)).min() > 0.45
    never_left_the_fence(flight)


def test_walker_who_is_lost_from_sight_is_waited_for_until_the_time_is_up(
    patrol_on_udp: Patrol,
) -> None:
    flight = patrol_on_udp(**TASKING)
    flight.noticed(*EVENT_EN, kind=EventKind.CROWD, velocity_en_m_s=WALK).moves(*EVENT_EN, WALK)
    flight.until_state("trailing").run(14.0)
    far = np.array(flight.apart_m("trailing", flight.objects))
    heights = [place.height_amsl_m for _, place in flight.flown("trailing")]
    flight.objects = lambda _: []
    flight.until_state("coming_back", within_s=40.0)
    assert flight.reasons()[-1] == "time_up+coming_back"
    comes_back_to_its_leg(flight)
    assert np.ptp(far[:, 1]) < 12.0
    assert max(heights) - min(heights) < 1.5
    never_left_the_fence(flight)


def test_object_that_leaves_the_fence_is_handed_over_and_left(patrol_on_udp: Patrol) -> None:
    """Trailed low; back up on the leg the mission goes on."""
    flight = patrol_on_udp(**TASKING, relief={"answer_s": 5.0}, limits={"behind_m": 400.0})
    flight.noticed(*EVENT_EN, kind=EventKind.LOITERING).moves(*EVENT_EN)
    flight.until_state("looking").moves(*EVENT_EN, (4.0, 1.0)).until_state("trailing").run(8.0)
    assert flight.place.height_amsl_m - flight.ground_m == pytest.approx(25.0, abs=1.0)
    flight.until_state("coming_back", within_s=90.0)
    assert {"fence", "gone+coming_back"} <= set(flight.reasons()), flight.story()
    first, last = flight.offers()
    assert (first.track.velocity_en_m_s, last.track.velocity_en_m_s) == ((0.0, 0.0), (4.0, 1.0))
    comes_back_to_its_leg(flight)
    never_left_the_fence(flight)


def test_relief_that_takes_the_object_over_sends_it_back(patrol_on_udp: Patrol) -> None:
    flight = patrol_on_udp(**TASKING)
    flight.noticed(*EVENT_EN, kind=EventKind.CROWD, velocity_en_m_s=WALK).moves(*EVENT_EN, WALK)
    flight.until_state("trailing").run(8.0)
    (offer,) = flight.offers()
    flight.answered(Answered(handover_id=offer.handover_id, by="qyran-2", accepted=True))
    flight.until_state("coming_back", within_s=2.0)
    comes_back_to_its_leg(flight)


def test_link_that_is_lost_while_it_trails_holds_it_and_the_leg_goes_on_with_the_link(
    patrol_on_udp: Patrol,
) -> None:
    link = {"do": "hold", "lost_after_s": 6.0, "hold_s": 60.0}
    flight = patrol_on_udp(**TASKING, link=link)
    flight.noticed(*EVENT_EN).moves(*EVENT_EN).until_state("orbiting")
    flight.moves(*EVENT_EN, DRIVE).until_state("trailing")
    flight.ground.muted = True
    # In Hold already, it flies on to the place that it was sent to last.
    situation = flight.executive.watch.situation
    flight.until_state("waiting", within_s=12.0)
    flight.until(lambda: situation.ground_speed_m_s < 0.3, within_s=25.0)
    flight.ground.muted = False
    flight.until_state("coming_back", within_s=5.0)
    comes_back_to_its_leg(flight)


def test_battery_that_drains_while_it_trails_sends_it_home(patrol_on_udp: Patrol) -> None:
    flight = patrol_on_udp(**TASKING)
    flight.noticed(*EVENT_EN).moves(*EVENT_EN).until_state("orbiting")
    flight.moves(*EVENT_EN, (2.5, -1.0)).until_state("trailing").write(SIM_BAT_DRAIN=80.0)
    flight.until_state("going_home", within_s=90.0).write(SIM_BAT_DRAIN=1800.0)
    flight.until_state("standing_by", within_s=150.0)
    assert np.hypot(*flight.en_of(flight.place)) < 1.0
