"""The vehicle's role against PX4: what the ground said in flight 14 is said to us again."""

from collections.abc import Callable
from itertools import groupby

import pytest

from onboard.mavlink.codec import Address, Decoder, Encoder, Message, Send
from onboard.mavlink.mission_transfer import PlanEndpoint, PlanStore
from onboard.mavlink.plan_items import MissionType, WireItem
from onboard.mavlink.px4_items import item_result

VEHICLE = Address(1, 1)
GROUND = Encoder(system_id=255, component_id=190)
OTHER_GROUND = Encoder(system_id=254, component_id=190)
TARGET = {"target_system": 1, "target_component": 1}
ITEM = {"frame": 6, "command": 16, "x": 448_500_000, "y": 655_000_000, "z": 20.0}

Messages = list[tuple[float, Message]]
# One answer: its name, then what tells it from others of its name.
Answer = tuple[str, int, int, int]


def _answer(name: str, fields: Callable[[str], int]) -> Answer:
    if name == "MISSION_ACK":
        return (name, fields("type"), fields("mission_type"), fields("opaque_id"))
    return (name, fields("seq"), fields("mission_type"), 0)


def _without_repeats(answers: list[Answer]) -> list[Answer]:
    return [answer for answer, _ in groupby(answers)]


def _px4s(messages: Messages) -> list[Answer]:
    told = [message for _, message in messages if message.system_id == 1]
    return [
        _answer(m.name, lambda name, m=m: m[name])  # type: ignore[misc]
        for m in told
        if m.name in ("MISSION_ACK", "MISSION_REQUEST_INT")
    ]


def _ours(messages: Messages) -> list[Answer]:
    endpoint, now_s, sends = PlanEndpoint(PlanStore(), own=VEHICLE), messages[0][0], list[Send]()
    for time_s, message in messages:
        while now_s + 0.01 < time_s:
            now_s += 0.01
            sends += endpoint.tick(now_s)
        if message.system_id == 255:
            sends += endpoint.receive(message, time_s)
    return [
        _answer(send.name, send.fields.__getitem__)
        for send in sends
        if send.name in ("MISSION_ACK", "MISSION_REQUEST_INT")
    ]


def _acks(answers: list[Answer]) -> list[Answer]:
    return [answer for answer in answers if answer[0] == "MISSION_ACK"]


@pytest.mark.shared_data
@pytest.mark.parametrize(
    "recording",
    [
        "02_mission_square_1x.gcs",
        "05_geofence_breach_rally_4x.gcs",
        "14_mission_protocol_errors_1x.gcs",
        "16_gimbal_device_camera_1x.gcs",
    ],
)
def test_every_recorded_upload_gets_px4s_acknowledgement(
    recording: str, recorded_messages: Callable[[str, str], Messages]
) -> None:
    messages = recorded_messages(recording, "MISSION_")
    assert _acks(_ours(messages)) == _acks(_px4s(messages))


@pytest.mark.shared_data
def test_the_silences_of_flight_14_are_asked_into_as_often_as_px4_asked(
    recorded_messages: Callable[[str, str], Messages],
) -> None:
    messages = recorded_messages("14_mission_protocol_errors_1x.gcs", "MISSION_")
    first = ("MISSION_REQUEST_INT", 0, 0, 0)
    ours, px4s = _ours(messages).count(first), _px4s(messages).count(first)
    assert abs(ours - px4s) <= 4
    assert px4s > 80


@pytest.mark.shared_data
def test_a_download_gives_the_items_that_px4_gave(
    recorded_messages: Callable[[str, str], Messages],
) -> None:
    messages = recorded_messages("02_mission_square_1x.gcs", "MISSION_")
    px4s = [WireItem.from_message(m) for _, m in messages if _is_told_item(m)]
    endpoint = PlanEndpoint(PlanStore(), own=VEHICLE)
    sends = [
        send
        for time_s, message in messages
        if message.system_id == 255
        for send in endpoint.receive(message, time_s)
        if send.name == "MISSION_ITEM_INT"
    ]
    ours = [WireItem(**{n: s.fields[n] for n in WireItem.__slots__}) for s in sends]
    # NaN is not equal to itself, so they are compared as text.
    assert list(map(str, ours)) == list(map(str, px4s))
    assert len(px4s) == 7


def _is_told_item(message: Message) -> bool:
    return message.system_id == 1 and message.name == "MISSION_ITEM_INT"


def _say(
    endpoint: PlanEndpoint, now_s: float, encoder: Encoder, name: str, **fields: object
) -> list[Send]:
    (message,) = Decoder().feed(encoder.encode(name, **TARGET, **fields))
    return endpoint.receive(message, now_s)


def test_a_second_link_gets_error_and_the_transfer_goes_on() -> None:
    store = PlanStore()
    first, second = PlanEndpoint(store, own=VEHICLE), PlanEndpoint(store, own=VEHICLE)
    _say(first, 0.0, GROUND, "MISSION_COUNT", count=1)
    (refusal,) = _say(second, 0.1, OTHER_GROUND, "MISSION_COUNT", count=1)
    assert (refusal.fields["type"], refusal.fields["target_system"]) == (1, 254)
    (accepted,) = _say(first, 0.2, GROUND, "MISSION_ITEM_INT", **ITEM)
    assert (accepted.name, accepted.fields["type"]) == ("MISSION_ACK", 0)
    assert store.revision(MissionType.MISSION) == 1


def test_a_second_partner_on_the_same_link_gets_error_and_its_items_do_not_count() -> None:
    store = PlanStore()
    endpoint = PlanEndpoint(store, own=VEHICLE)
    _say(endpoint, 0.0, GROUND, "MISSION_COUNT", count=1)
    _, refusal = _say(endpoint, 0.1, OTHER_GROUND, "MISSION_COUNT", count=1)
    assert (refusal.fields["type"], refusal.fields["target_system"]) == (1, 254)
    assert _say(endpoint, 0.2, OTHER_GROUND, "MISSION_ITEM_INT", **ITEM) == []
    assert store.items(MissionType.MISSION) == ()


def test_after_five_silent_seconds_px4_goes_idle_with_a_text_and_no_ack() -> None:
    endpoint = PlanEndpoint(PlanStore(), own=VEHICLE)
    _say(endpoint, 0.0, GROUND, "MISSION_COUNT", count=3)
    sends = [send for step in range(1, 700) for send in endpoint.tick(step / 100)]
    assert {send.name for send in sends} == {"MISSION_REQUEST_INT", "STATUSTEXT"}
    assert sends[-1].fields["text"] == "Mission sync timeout\t"
    assert not endpoint.busy


def test_clear_all_of_type_255_empties_everything() -> None:
    store = PlanStore()
    for mission_type in MissionType:
        store.replace(mission_type, (WireItem(frame=6, command=16),))
    endpoint = PlanEndpoint(store, own=VEHICLE)
    (accepted,) = _say(endpoint, 0.0, GROUND, "MISSION_CLEAR_ALL", mission_type=255)
    assert (accepted.fields["type"], accepted.fields["mission_type"]) == (0, 255)
    assert [store.hash(mission_type) for mission_type in MissionType] == [0, 0, 0]


def test_clear_all_during_an_upload_is_ignored_with_a_text() -> None:
    endpoint = PlanEndpoint(PlanStore(), own=VEHICLE)
    _say(endpoint, 0.0, GROUND, "MISSION_COUNT", count=3)
    (text,) = _say(endpoint, 0.1, GROUND, "MISSION_CLEAR_ALL")
    assert text.fields["text"] == "WPM: IGN CLEAR CMD: Busy\t"
    assert endpoint.busy


def test_a_message_for_another_vehicle_is_passed_over() -> None:
    endpoint = PlanEndpoint(PlanStore(), own=Address(2, 1))
    assert _say(endpoint, 0.0, GROUND, "MISSION_COUNT", count=1) == []


def test_an_unknown_mission_type_has_no_room() -> None:
    endpoint = PlanEndpoint(PlanStore(), own=VEHICLE)
    (refusal,) = _say(endpoint, 0.0, GROUND, "MISSION_COUNT", count=1, mission_type=9)
    assert refusal.fields["type"] == 4
    (refusal,) = _say(endpoint, 0.0, GROUND, "MISSION_REQUEST_LIST", mission_type=9)
    assert refusal.fields["type"] == 1


def test_an_upload_during_a_download_is_refused_as_busy() -> None:
    store = PlanStore()
    store.replace(MissionType.MISSION, (WireItem(frame=6, command=16),))
    endpoint = PlanEndpoint(store, own=VEHICLE)
    _say(endpoint, 0.0, GROUND, "MISSION_REQUEST_LIST")
    text, refusal = _say(endpoint, 0.1, GROUND, "MISSION_COUNT", count=1)
    assert text.fields["text"] == "WPM: IGN MISSION_COUNT: Busy\t"
    assert refusal.fields["type"] == 1


def test_asking_for_an_item_out_of_turn_ends_the_download_with_error() -> None:
    store = PlanStore()
    store.replace(MissionType.MISSION, (WireItem(frame=6, command=16),) * 3)
    endpoint = PlanEndpoint(store, own=VEHICLE)
    _say(endpoint, 0.0, GROUND, "MISSION_REQUEST_LIST")
    refusal, _ = _say(endpoint, 0.1, GROUND, "MISSION_REQUEST_INT", seq=2)
    assert (refusal.name, refusal.fields["type"]) == ("MISSION_ACK", 1)
    assert not endpoint.busy


def test_the_plan_goes_on_at_the_item_that_its_sender_flagged() -> None:
    store = PlanStore()
    assert store.flagged_current() is None
    item = WireItem(frame=6, command=16)
    store.replace(MissionType.MISSION, (item, WireItem(frame=6, command=16, current=1), item))
    assert store.flagged_current() == 1


@pytest.mark.parametrize(
    ("item", "mission_type", "result"),
    [
        (WireItem(frame=6, command=16), MissionType.MISSION, 0),
        (WireItem(frame=6, command=18), MissionType.MISSION, 3),
        (WireItem(frame=10, command=16), MissionType.MISSION, 2),
        (WireItem(frame=2, command=16), MissionType.MISSION, 3),
        (WireItem(frame=2, command=189, param1=1.0), MissionType.MISSION, 6),
        (WireItem(frame=2, command=20, z=float("nan")), MissionType.MISSION, 0),
        (WireItem(frame=2, command=20, y=5), MissionType.MISSION, 11),
        (WireItem(frame=2, command=20, x=2**31 - 1, y=-(2**31)), MissionType.MISSION, 0),
        (WireItem(frame=2, command=20, z=1.0), MissionType.MISSION, 12),
        (WireItem(frame=5, command=5001, param1=4.0), MissionType.MISSION, 1),
        (WireItem(frame=5, command=5001, param1=2.0), MissionType.FENCE, 1),
        (WireItem(frame=5, command=5001, param1=float("nan")), MissionType.FENCE, 1),
        (WireItem(frame=5, command=5003, param1=50.0), MissionType.FENCE, 0),
        (WireItem(frame=6, command=5100), MissionType.RALLY, 0),
        # One parser reads all three kinds of plan, and the navigator passes over what is none.
        (WireItem(frame=5, command=16), MissionType.FENCE, 0),
        (WireItem(frame=6, command=16), MissionType.RALLY, 0),
        (WireItem(frame=5, command=18), MissionType.FENCE, 3),
        (WireItem(frame=2, command=5003, param1=50.0), MissionType.FENCE, 3),
        (WireItem(frame=5, command=5001, param1=2.5), MissionType.FENCE, 0),
        (WireItem(frame=5, command=5001, param1=65538.6), MissionType.FENCE, 0),
        (WireItem(frame=5, command=5001, param1=1e20), MissionType.FENCE, 1),
        (WireItem(frame=5, command=5001, param1=4.0, z=9.0), MissionType.FENCE, 12),
        (WireItem(frame=5, command=5000), MissionType.MISSION, 0),
        (WireItem(frame=6, command=16, param3=5.0), MissionType.MISSION, 8),
        (WireItem(frame=6, command=20), MissionType.MISSION, 10),
        (WireItem(frame=6, command=20, x=2**31 - 1, y=2**31 - 1), MissionType.MISSION, 3),
        (WireItem(frame=6, command=80, param1=2.0), MissionType.MISSION, 6),
        (WireItem(frame=2, command=80, param1=2.7), MissionType.MISSION, 0),
        (WireItem(frame=2, command=201, param1=float("nan")), MissionType.MISSION, 6),
        (WireItem(frame=6, command=400, param1=1.0, x=2**31 - 1, y=2**31 - 1), 0, 0),
    ],
)
def test_an_item_is_judged_as_px4_judges_it(
    item: WireItem, mission_type: MissionType, result: int
) -> None:
    assert item_result(item, mission_type) == result
