"""px4-fidelity.md, C: mission, fence and rally protocol, as PX4 spoke it in 02, 05, 14 and 16."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

Item = Callable[..., Any]
HERE = {"frame": 6, "x": 47.3977432, "y": 8.5455938}
REJECTED = (18, 82, 92, 114, 115, 186, 192, 193, 207, 176, 34, 405, 600, 601, 183)
ACCEPTED = (112, 177, 178, 179, 187, 197, 206, 211, 260, 400, 530, 532, 534, 1000, 2000, 2001)


@pytest.fixture
def ready(bench: Callable[..., Any]) -> Any:
    return bench().ready()


def mission(item: Item, *heights_m: float) -> Sequence[Any]:
    takeoff = item(22, **HERE, z=15.0)
    return [takeoff, *(item(16, frame=6, x=47.3980, y=8.5455938, z=z) for z in heights_m)]


def count(flown: Any, number: int, **fields: Any) -> list[Any]:
    target = {"target_system": 1, "target_component": 1, "mission_type": 0} | fields
    return list(flown.tell("MISSION_COUNT", count=number, **target))


def acks(messages: Sequence[Any]) -> list[int]:
    return [message.type for message in messages if message.name == "MISSION_ACK"]


def test_point_18_only_integers_are_asked_for_and_size_is_limited(ready: Any) -> None:
    answers = count(ready, 3)
    assert [a.name for a in answers if "REQUEST" in a.name] == ["MISSION_REQUEST_INT"]
    ready.run(6.0)
    assert acks(count(ready, 10_001)) == [4]
    assert acks(count(ready, 0)) == [0]
    cleared = ready.tell("MISSION_CLEAR_ALL", target_system=1, target_component=1, mission_type=255)
    assert acks(cleared) == [0]


def test_point_19_silence_is_met_with_requests_and_then_a_text(ready: Any) -> None:
    began_s = ready.now_s
    count(ready, 2)
    ready.run(7.0)
    times = [h.at_s for h in ready.all("MISSION_REQUEST_INT") if h.at_s >= began_s]
    assert len(times) == pytest.approx(5.0 / 0.26, abs=2)
    assert ready.text_at_s("Mission sync timeout") - began_s == pytest.approx(5.0, abs=0.4)
    assert acks([h.message for h in ready.all("MISSION_ACK") if h.at_s >= began_s]) == []


def test_point_19_a_request_beyond_the_plan_is_met_with_silence(ready: Any) -> None:
    target = {"target_system": 1, "target_component": 1, "mission_type": 0}
    assert ready.tell("MISSION_REQUEST_INT", seq=99, **target) == []


@pytest.mark.parametrize("command", REJECTED)
def test_points_20_and_24_unknown_items_end_the_transfer_with_unsupported(
    ready: Any, mission_item: Item, command: int
) -> None:
    outcome = ready.upload([mission_item(22, **HERE, z=15.0), mission_item(command)])
    assert not outcome.complete
    assert [h.message.type for h in ready.all("MISSION_ACK")][-1] == 3


@pytest.mark.parametrize("command", ACCEPTED)
def test_point_24_items_that_px4_takes_are_taken(
    ready: Any, mission_item: Item, command: int
) -> None:
    assert ready.upload([mission_item(22, **HERE, z=15.0), mission_item(command)]).complete


def test_point_24_a_region_of_interest_is_taken_in_a_global_frame(
    ready: Any, mission_item: Item
) -> None:
    assert ready.upload([mission_item(22, **HERE, z=15.0), mission_item(195, **HERE)]).complete


def test_point_21_verdict_comes_after_the_ack(ready: Any, mission_item: Item) -> None:
    assert ready.upload([mission_item(21, **HERE)]).complete
    acked_s = ready.now_s
    assert ready.command(300) == 2
    ready.run(2.0)
    assert ready.last("MISSION_CURRENT").mission_state == 1
    assert ready.now_s - acked_s < 3.0


def test_point_22_the_same_plan_again_changes_nothing(ready: Any, mission_item: Item) -> None:
    plan = mission(mission_item, 15.0, 20.0)
    first = ready.upload(plan)
    ready.verdict()
    state = ready.last("MISSION_ACK").opaque_id
    assert first.complete
    assert ready.upload(plan).complete
    assert ready.last("MISSION_ACK").opaque_id == state
    ready.run(1.5)
    assert ready.last("MISSION_CURRENT").mission_id == state


def test_point_23_without_a_mission_the_total_is_65535(ready: Any) -> None:
    ready.run(1.5)
    assert ready.last("MISSION_CURRENT").total == 65535
    ready.tell("MISSION_SET_CURRENT", target_system=1, target_component=1, seq=9)
    ready.run(0.1)
    assert any("WPM: WP CURR CMD: Not in list" in text for text in ready.texts())
