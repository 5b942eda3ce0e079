"""A mission that ends without a return, and who holds the vehicle then: ours always, PX4 by
`--px4`."""

from collections.abc import Callable
from typing import Any

import pytest

from onboard.mavlink.codec import Send
from onboard.mavlink.px4_modes import Px4Mode
from onboard.messages import EventKind

pytestmark = pytest.mark.system
Patrol = Callable[..., Any]
TASKING: dict[str, Any] = {
    "reactions": {"crowd": {"do": "look", "seconds": 10.0}},
    "battery": {"return_height_m": 30.0},
}
SET_MODE, MISSION_START = 176, 300
HOLD = (1.0, 4.0, 3.0)
LAST_ITEM = 3
ASKED_FOR = (511,)


def reaches(flight: Any, item: int) -> Any:
    return flight.until(lambda: flight.executive.watch.situation.item == item)


def commanded(flight: Any, since_s: float) -> list[int]:
    """The commands sent since then, the wishes for streams apart."""
    sends = [a for at_s, a in flight.actions if isinstance(a, Send) and at_s >= since_s]
    numbers = [int(send.fields.get("command", 0)) for send in sends]
    return [number for number in numbers if number not in ASKED_FOR]


def test_mission_without_a_return_is_over_and_the_next_one_is_watched_again(
    patrol_on_udp: Patrol,
) -> None:
    flight = patrol_on_udp(**TASKING)
    began_s = flight.now_s
    flight.until_state("standing_by", "yielded")
    assert flight.state == "standing_by", flight.story()
    assert flight.reasons() in (["patrolling", "over"], ["patrolling", "ending", "over"])
    situation = flight.executive.watch.situation
    assert (situation.mode, situation.airborne) == (Px4Mode.HOLD, True)
    flight.run(5.0)
    assert (flight.state, commanded(flight, began_s)) == ("standing_by", [])
    flight.command(MISSION_START, 0.0, 0.0).until_state("patrolling")
    reaches(flight, 1).run(3.0)
    assert not situation.mission_over
    held_s = flight.now_s
    flight.command(SET_MODE, *HOLD).until_state("yielded", within_s=1.5)
    assert flight.reasons()[-1] == "yielded_mode"
    flight.run(5.0)
    assert (flight.state, commanded(flight, held_s)) == ("yielded", [])


def test_mission_is_over_after_something_was_looked_at_on_its_last_leg(
    patrol_on_udp: Patrol,
) -> None:
    flight = reaches(patrol_on_udp(**TASKING), LAST_ITEM).run(3.0)
    flight.noticed(60.0, 100.0, kind=EventKind.CROWD)
    flight.until_state("looking").until_state("patrolling")
    flight.until_state("standing_by", "yielded")
    assert flight.state == "standing_by", flight.story()
    assert flight.reasons()[-1] == "over"


def test_event_at_the_very_end_is_looked_at_and_nothing_is_flown_again(
    patrol_on_udp: Patrol,
) -> None:
    """What is left to fly when it comes back is nothing, or the last place once more."""
    flight = patrol_on_udp(**TASKING)
    flight.until_the_mission_is_done().noticed(60.0, 60.0, kind=EventKind.CROWD)
    flight.until_state("standing_by", "yielded")
    assert flight.state == "standing_by", flight.story()
    assert flight.reasons()[-1] == "over"
    flight.run(8.0)
    assert flight.state == "standing_by", flight.story()


def test_pilot_who_holds_on_the_last_leg_has_it_at_once_and_is_told_so(
    patrol_on_udp: Patrol,
) -> None:
    flight = reaches(patrol_on_udp(**TASKING), LAST_ITEM).run(3.0)
    held_s = flight.now_s
    flight.command(SET_MODE, *HOLD).until_state("ending", within_s=1.5)
    flight.noticed(60.0, 100.0, kind=EventKind.CROWD)
    flight.until_state("yielded", within_s=4.0).run(10.0)
    assert flight.reasons()[-2:] == ["ending", "yielded_mode"]
    assert (flight.state, commanded(flight, held_s)) == ("yielded", [])
