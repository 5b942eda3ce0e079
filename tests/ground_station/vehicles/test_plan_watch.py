"""A plan that somebody else changed is noticed with the vehicle's next report."""

from ground_station.vehicles.plan_on_board.watch import PlanWatch
from onboard.mavlink.codec import Decoder, Encoder, Message

VEHICLE = Encoder(system_id=1, component_id=1)
OTHER_STATION = Encoder(system_id=254, component_id=190)


def _message(encoder: Encoder, name: str, **fields: int) -> Message:
    return Decoder().feed(encoder.encode(name, **fields))[0]


def _report(mission: int, fence: int = 2, rally: int = 3) -> Message:
    return _message(
        VEHICLE, "MISSION_CURRENT", mission_id=mission, fence_id=fence, rally_points_id=rally
    )


def test_the_first_report_after_the_change_tells_the_part_and_the_time() -> None:
    watch = PlanWatch(1)
    assert watch.receive(_report(1), 0.0) is None
    assert watch.receive(_report(1), 1.0) is None
    change = watch.receive(_report(9), 2.0)
    assert change is not None
    assert (change.parts, change.who, change.after_s) == (("mission",), "", 1.0)
    assert watch.receive(_report(9), 3.0) is None


def test_who_announced_a_plan_on_the_same_link_is_named() -> None:
    watch = PlanWatch(1)
    watch.receive(_report(1), 0.0)
    watch.overhear(_message(OTHER_STATION, "MISSION_COUNT", target_system=1, count=3), 0.2)
    change = watch.receive(_report(1, fence=7, rally=8), 1.0)
    assert change is not None
    assert (change.parts, change.who) == (("fence", "rally"), "254/190")


def test_an_acknowledgement_to_another_station_names_it_too() -> None:
    watch = PlanWatch(1)
    watch.receive(_report(1), 0.0)
    ack = _message(VEHICLE, "MISSION_ACK", target_system=250, target_component=1)
    watch.overhear(ack, 0.1)
    change = watch.receive(_report(4), 1.0)
    assert change is not None
    assert change.who == "250/1"


def test_an_upload_of_ours_is_no_change_by_others_and_one_right_after_it_is() -> None:
    watch = PlanWatch(1)
    watch.receive(_report(1), 0.0)
    watch.pause()
    assert watch.receive(_report(5), 1.0) is None
    watch.go_on((2, 3, 5), 1.5)
    assert watch.receive(_report(5), 2.0) is None
    change = watch.receive(_report(6), 3.0)
    assert change is not None
    assert change.parts == ("mission",)


def test_a_message_to_another_vehicle_names_nobody() -> None:
    watch = PlanWatch(1)
    watch.receive(_report(1), 0.0)
    watch.overhear(_message(OTHER_STATION, "MISSION_COUNT", target_system=2, count=3), 0.2)
    change = watch.receive(_report(9), 1.0)
    assert change is not None
    assert change.who == ""
