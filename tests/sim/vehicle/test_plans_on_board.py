"""Plans on board: transfer, the verdict after the ACK, and flying items (px4-fidelity.md, C)."""

from collections.abc import Callable
from math import nan
from typing import Any

import pytest

from onboard.mavlink.plan_items import MissionType, WireItem
from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.wire.events import event_id

LATITUDE, LONGITUDE = 47.3977432, 8.5455938
NORTH_100_M = 0.0008994
RELATIVE, MISSION = 6, 2
TAKEOFF, WAYPOINT, LAND, RETURN = 22, 16, 21, 20

Item = Callable[..., WireItem]


@pytest.fixture
def place(mission_item: Item) -> Callable[..., WireItem]:
    """Makes an item at so many hundred metres north and east of home, above home."""

    def make(
        command: int, north: float = 0.0, east: float = 0.0, height_m: float = 15.0,
        params: tuple[float, ...] = (0.0, 0.0, 0.0, nan),
    ) -> WireItem:  # fmt: skip
        return mission_item(
            command,
            *params,
            frame=RELATIVE,
            x=LATITUDE + north * NORTH_100_M,
            y=LONGITUDE + east * NORTH_100_M * 1.477,
            z=height_m,
        )

    return make


@pytest.fixture
def there_and_back(place: Item, mission_item: Item) -> list[WireItem]:
    return [place(TAKEOFF), place(WAYPOINT, north=0.5), mission_item(RETURN)]


def test_only_mission_request_int_is_ever_asked(
    bench: Callable[..., Any], there_and_back: list[WireItem]
) -> None:
    loaded = bench().ready()
    assert loaded.upload(there_and_back).complete
    assert not loaded.all("MISSION_REQUEST")
    assert [h.message.seq for h in loaded.all("MISSION_REQUEST_INT")] == [0, 1, 2]


def test_verdict_comes_after_the_ack(
    bench: Callable[..., Any], there_and_back: list[WireItem]
) -> None:
    loaded = bench().ready()
    outcome = loaded.upload(there_and_back)
    accepted_s = loaded.now_s
    assert outcome.complete
    assert loaded.command(300, -1.0) == 2
    loaded.verdict()
    # PX4 took MISSION_START 0.2 s after the ACK (07); MISSION_CURRENT tells within a second.
    assert 0.0 < loaded.now_s - accepted_s <= 0.2
    loaded.run(1.05)
    current = loaded.last("MISSION_CURRENT")
    assert (current.mission_state, current.total) == (2, 3)
    assert current.mission_id == outcome.opaque_id


def test_without_a_mission_the_total_is_px4s_word_for_none(bench: Callable[..., Any]) -> None:
    current = bench().ready().run(1.0).last("MISSION_CURRENT")
    assert (current.mission_state, current.total, current.mission_id) == (1, 65535, 0)


@pytest.mark.parametrize(
    ("layout", "events"),
    [
        (((LAND, 0.0, 15.0),), ["navigator_mis_starts_w_landing"]),
        (((WAYPOINT, 0.0, 15.0), (TAKEOFF, 0.0, 15.0)), ["navigator_mis_takeoff_not_first"]),
        (((TAKEOFF, 0.0, -5.0),), ["navigator_mis_takeoff_too_low"]),
        (
            ((TAKEOFF, 0.0, 15.0), (84, 0.1, 15.0)),
            ["navigator_mis_takeoff_not_first", "navigator_mis_vtol_items"],
        ),
        # What PX4 objected to before an item that it does not know stays said.
        (
            ((WAYPOINT, 0.0, 15.0), (TAKEOFF, 0.0, 15.0), (5000, 0.0, 15.0), (84, 0.0, 15.0)),
            ["navigator_mis_takeoff_not_first", "navigator_mis_unsup_cmd"],
        ),
    ],
)
def test_infeasible_mission_is_accepted_and_then_rejected_by_events_alone(
    bench: Callable[..., Any],
    place: Item,
    layout: tuple[tuple[int, float, float], ...],
    events: list[str],
) -> None:
    loaded = bench().ready()
    items = [place(command, north=north, height_m=height) for command, north, height in layout]
    before = len(loaded.all("EVENT"))
    assert loaded.upload(items).complete
    loaded.verdict().run(1.0)
    said = [heard.message["id"] for heard in loaded.all("EVENT")[before:]]
    # What follows is that no mode of missions can be flown.
    assert said[: len(events)] == [event_id(name) for name in events]
    # PX4's checker has no line to the operator.
    assert not [text for text in loaded.texts() if text.startswith("Mission rejected")]
    assert loaded.last("MISSION_CURRENT").mission_state == 1


def test_waypoint_outside_the_fence_is_named(
    bench: Callable[..., Any], place: Item, mission_item: Item, there_and_back: list[WireItem]
) -> None:
    loaded = bench().ready()
    circle = mission_item(5003, 30.0, frame=0, x=LATITUDE, y=LONGITUDE)
    assert loaded.upload([circle], MissionType.FENCE).complete
    assert loaded.upload(there_and_back).complete
    loaded.verdict().run(1.0)
    assert "Geofence violation for waypoint 2\t" in loaded.texts()
    assert loaded.last("MISSION_CURRENT").fence_id != 0


def test_fence_without_home_in_it_is_dropped_in_words(
    bench: Callable[..., Any], mission_item: Item, there_and_back: list[WireItem]
) -> None:
    loaded = bench().ready()
    far = mission_item(5003, 30.0, frame=0, x=LATITUDE + 0.01, y=LONGITUDE)
    assert loaded.upload([far], MissionType.FENCE).complete
    assert loaded.upload(there_and_back).complete
    loaded.verdict()
    assert "Geofence invalid, doesn't contain Home position\t" in loaded.texts()
    assert loaded.vehicle.aircraft.navigator.mission.valid


def test_mission_flies_to_its_end(
    bench: Callable[..., Any], there_and_back: list[WireItem]
) -> None:
    flying = bench().ready()
    flying.upload(there_and_back)
    flying.verdict()
    assert flying.command(300, -1.0) == 0
    flying.run(20.0).run_until(lambda: not flying.vehicle.aircraft.commander.armed)
    assert sorted(flying.reached_at_s()) == [0, 1, 2]
    assert "Disarmed by landing\t" in flying.texts()


def test_reached_is_repeated_once_a_second(bench: Callable[..., Any], place: Item) -> None:
    flying = bench().ready()
    flying.upload([place(TAKEOFF), place(WAYPOINT, north=3.0)])
    flying.verdict().command(300, -1.0)
    flying.run(45.0)
    assert [h.message.seq for h in flying.all("MISSION_ITEM_REACHED")] == [0] * 11


def test_same_plan_again_changes_nothing(
    bench: Callable[..., Any], there_and_back: list[WireItem]
) -> None:
    flying = bench().ready()
    flying.upload(there_and_back)
    flying.verdict().command(300, -1.0)
    flying.run(22.0)
    before = flying.vehicle.aircraft.navigator.mission.current
    assert before == 1
    assert flying.upload(there_and_back).complete
    flying.run(1.0)
    assert flying.vehicle.aircraft.navigator.mission.current == before
    assert flying.vehicle.aircraft.mode is Px4Mode.MISSION


def test_jump_repeats_and_then_goes_on(
    bench: Callable[..., Any], place: Item, mission_item: Item
) -> None:
    flying = bench().ready()
    flying.upload(
        [
            place(TAKEOFF),
            place(WAYPOINT, north=0.2),
            place(WAYPOINT, north=0.4),
            mission_item(177, 1.0, 2.0),
            place(LAND, north=0.2, height_m=0.0),
        ]
    )
    flying.verdict().command(300, -1.0)
    flying.run(20.0).run_until(lambda: not flying.vehicle.aircraft.commander.armed)
    changes = [h.message.seq for h in flying.all("MISSION_ITEM_REACHED")]
    visits = [b for a, b in zip([-1, *changes], changes, strict=False) if a != b]
    assert visits == [0, 1, 2, 1, 2, 1, 2, 4]


def test_loiter_time_is_stayed(bench: Callable[..., Any], place: Item, mission_item: Item) -> None:
    flying = bench().ready()
    flying.upload(
        [
            place(TAKEOFF),
            place(WAYPOINT, north=0.3),
            place(19, north=0.3, params=(12.0, 0.0, 0.0, nan)),
            mission_item(RETURN),
        ]
    )
    flying.verdict().command(300, -1.0)
    flying.run(20.0).run_until(lambda: 2 in flying.reached_at_s())
    reached = flying.reached_at_s()
    assert reached[2] - reached[1] == pytest.approx(12.0, abs=0.5)


def test_change_of_speed_is_flown_and_forgotten_by_return(
    bench: Callable[..., Any], place: Item, mission_item: Item
) -> None:
    flying = bench().ready()
    flying.upload([place(TAKEOFF), mission_item(178, 1.0, 9.0, -1.0), place(WAYPOINT, north=3.0)])
    flying.verdict().command(300, -1.0)
    flying.run(45.0)
    assert flying.vehicle.aircraft.flight.body.velocity.n == pytest.approx(9.0, abs=1.0)
    flying.command(RETURN)
    flying.run(1.0)
    assert flying.vehicle.aircraft.state.cruise_m_s is None


def test_pause_holds_and_resume_goes_on_at_the_same_item(
    bench: Callable[..., Any], place: Item
) -> None:
    flying = bench().ready()
    flying.upload([place(TAKEOFF), place(WAYPOINT, north=2.0), place(WAYPOINT, north=2.5)])
    flying.verdict().command(300, -1.0)
    flying.run(30.0)
    assert flying.command(176, 1.0, 4.0, 3.0) == 0
    flying.run(12.0)
    paused = flying.last("MISSION_CURRENT")
    assert (paused.mission_state, paused.seq) == (4, 1)
    assert abs(flying.vehicle.aircraft.flight.body.velocity.n) < 0.3
    assert flying.command(176, 1.0, 4.0, 4.0) == 0
    flying.run(8.0)
    assert flying.last("MISSION_CURRENT").mission_state == 3
    assert flying.vehicle.aircraft.flight.body.velocity.n > 3.0


def test_mission_start_at_an_item_begins_there(bench: Callable[..., Any], place: Item) -> None:
    flying = bench().ready()
    flying.upload([place(TAKEOFF), place(WAYPOINT, north=0.3), place(WAYPOINT, east=0.5)])
    flying.verdict()
    assert flying.command(300, 2.0) == 0
    flying.run(2.0)
    assert flying.last("MISSION_CURRENT").seq == 2


def test_setting_an_item_that_is_not_on_board_is_answered_in_words(
    bench: Callable[..., Any],
) -> None:
    asking = bench().ready()
    asking.tell("MISSION_SET_CURRENT", target_system=1, target_component=1, seq=5)
    asking.run(0.1)
    assert "WPM: WP CURR CMD: Not in list\t" in asking.texts()
