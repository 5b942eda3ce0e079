"""MISSION_CURRENT's word of how far the mission is, as PX4 v1.17 tells it (mavlink_mission.cpp)."""

from collections.abc import Callable
from math import nan
from typing import Any

import pytest

from onboard.mavlink.plan_items import WireItem
from onboard.mavlink.px4_modes import Px4Mode
from sim.vehicle.wire.ports import COMPANION, GROUND

TAKEOFF, WAYPOINT, SET_MODE, START, SET_ITEM, TAKE_OFF_NOW = 22, 16, 176, 300, 224, 22
HOLD, MISSION = (1.0, 4.0, 3.0), (1.0, 4.0, 4.0)
READY, RUNS, PAUSED, OVER = 2, 3, 4, 5
Bench = Callable[..., Any]


@pytest.fixture
def loaded(bench: Bench, mission_item: Callable[..., WireItem]) -> Any:
    """A vehicle with a mission of two legs of 30 and 40 m that ends in the air."""

    def item(command: int, north_m: float) -> WireItem:
        place = {"x": 47.3977432 + north_m * 8.994e-6, "y": 8.5455938, "z": 15.0}
        return mission_item(command, 0.0, 0.0, 0.0, nan, frame=6, **place)

    made = bench().ready()
    made.upload([item(TAKEOFF, 0.0), item(WAYPOINT, 30.0), item(WAYPOINT, 70.0)])
    return made.verdict().run(1.0)


def state(bench: Any) -> int:
    return int(bench.run(1.0).last("MISSION_CURRENT").mission_state)


def flies_to(bench: Any, item: int) -> Any:
    return bench.run_until(lambda: bench.vehicle.aircraft.navigator.mission.current == item)


def flies_to_its_end(bench: Any) -> Any:
    assert bench.command(START, 0.0) == 0
    return bench.run_until(lambda: bench.vehicle.aircraft.navigator.mission.ended)


def test_end_is_told_at_once_on_every_link_before_the_item_that_was_reached(loaded: Any) -> None:
    # So it is at the end of every mission in recordings 02, 07 and 11, on both links of 11.
    ended_s = flies_to_its_end(loaded).now_s
    loaded.run(0.1)
    for link in (GROUND, COMPANION):
        first = next(h for h in loaded.all("MISSION_CURRENT", link) if h.at_s > ended_s - 0.03)
        assert (first.message.mission_state, first.message.seq) == (OVER, 2)
    told = [h.message.name for h in loaded.heard if h.at_s > ended_s - 0.03 and h.link == GROUND]
    assert told.index("MISSION_CURRENT") < told.index("MISSION_ITEM_REACHED")


@pytest.mark.parametrize(
    "name",
    ["02_mission_square_1x.gcs", "07_gcs_link_loss_rtl_2x.gcs", "11_patrol_lawnmower_2x.api"],
)
def test_px4_told_the_end_with_the_item_that_was_reached(
    recorded_messages: Callable[..., Any], name: str
) -> None:
    told = recorded_messages(name, "MISSION_CURRENT")
    over_s, over = next((at_s, m) for at_s, m in told if m.mission_state == OVER)
    reached = recorded_messages(name, "MISSION_ITEM_REACHED")
    reached_s = next(at_s for at_s, m in reached if m.seq == over.total - 1)
    assert over.seq == over.total - 1
    assert abs(over_s - reached_s) < 0.005


def test_mission_that_is_over_stays_so_in_hold(loaded: Any) -> None:
    flies_to_its_end(loaded).run(20.0)
    assert (state(loaded), loaded.vehicle.aircraft.mode) == (OVER, Px4Mode.HOLD)


def test_mission_that_is_over_is_not_flown_again_by_its_mode_alone(loaded: Any) -> None:
    flies_to_its_end(loaded).run(5.0)
    assert loaded.command(SET_MODE, *MISSION) == 0
    loaded.run(1.0)
    assert "No valid mission available, loitering\t" in loaded.texts()
    assert (state(loaded), loaded.vehicle.aircraft.mode) == (OVER, Px4Mode.HOLD)


def test_mission_that_is_over_is_flown_again_from_an_item_that_is_chosen(loaded: Any) -> None:
    flies_to_its_end(loaded).run(5.0)
    assert loaded.command(SET_ITEM, 1.0) == 0
    assert state(loaded) == OVER
    assert loaded.command(SET_MODE, *MISSION) == 0
    assert state(loaded) == RUNS
    loaded.run_until(lambda: loaded.vehicle.aircraft.navigator.mission.ended)


def test_hold_in_the_middle_is_a_pause_only_where_an_item_was_reached(loaded: Any) -> None:
    assert state(loaded) == READY
    assert loaded.command(START, 0.0) == 0
    flies_to(loaded, 1).run(1.0)
    assert loaded.command(SET_MODE, *HOLD) == 0
    assert state(loaded) == PAUSED
    assert loaded.command(SET_MODE, *MISSION) == 0
    assert state(loaded) == RUNS
    # Nothing was reached since it goes on: PX4 then leaves its word as it was.
    assert loaded.command(SET_MODE, *HOLD) == 0
    assert state(loaded) == RUNS


def test_take_off_of_its_own_counts_as_a_mission_that_is_over(loaded: Any) -> None:
    place = (47.3977432, 8.5455938, nan)
    assert loaded.command(TAKE_OFF_NOW, 0.0, 0.0, 0.0, nan, *place) == 0
    assert loaded.command(400, 1.0) == 0
    assert state(loaded) == RUNS
    loaded.run_until(lambda: loaded.vehicle.aircraft.mode is Px4Mode.HOLD)
    assert state(loaded) == OVER
    assert not loaded.vehicle.aircraft.navigator.mission.ended
    assert loaded.command(START, 0.0) == 0
    assert state(loaded) == RUNS
