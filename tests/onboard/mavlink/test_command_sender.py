"""One command, its repeats and its answers, in virtual time and as PX4 was recorded."""

from collections.abc import Callable

import pytest

from onboard.mavlink.codec import Address, Decoder, Encoder, Message
from onboard.mavlink.command import CommandEnd, CommandSender

GROUND, VEHICLE = Address(255, 190), Address(1, 1)
DO_GRIPPER, INJECT_FAILURE, PAUSE = 211, 420, 193

Messages = list[tuple[float, Message]]


def _sender(command: int = 400, **how: float) -> CommandSender:
    return CommandSender(own=GROUND, vehicle=VEHICLE, command=command, params=(1.0, 0.5), **how)  # type: ignore[arg-type]


def _ack(result: int, *, command: int = 400, **fields: int) -> Message:
    target = {"target_system": 255, "target_component": 190}
    encoder = Encoder(system_id=1, component_id=1)
    frame = encoder.encode("COMMAND_ACK", **(target | fields), command=command, result=result)
    return Decoder().feed(frame)[0]


def test_the_first_request_holds_the_parameters_and_the_target() -> None:
    (send,) = _sender().start(0.0)
    assert send.name == "COMMAND_LONG"
    assert [send.fields[f"param{n}"] for n in range(1, 8)] == [1.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0]
    assert (send.fields["command"], send.fields["confirmation"]) == (400, 0)
    assert (send.fields["target_system"], send.fields["target_component"]) == (1, 1)


def test_an_unanswered_command_is_sent_again_with_a_growing_confirmation_then_given_up() -> None:
    sender = _sender()
    sends = sender.start(0.0) + [s for step in range(60) for s in sender.tick(step / 10)]
    assert [send.fields["confirmation"] for send in sends] == [0, 1, 2, 3]
    assert sender.outcome is not None
    assert (sender.outcome.end, sender.outcome.result) == (CommandEnd.NO_ANSWER, None)
    assert sender.outcome.words == "the vehicle did not answer 4 requests"


def test_accepted_ends_the_command() -> None:
    sender = _sender()
    sender.start(0.0)
    assert sender.receive(_ack(0), 0.1) == []
    assert sender.outcome is not None
    assert sender.outcome.accepted
    assert sender.tick(99.0) == []


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (1, "refused for now: the vehicle is not in a state to do it"),
        (2, "denied: the vehicle will not do it as asked"),
        (3, "the vehicle does not know this command"),
        (4, "the vehicle tried and failed"),
        (200, "the vehicle answered 200"),
    ],
)
def test_a_refusal_is_told_in_words(result: int, words: str) -> None:
    sender = _sender()
    sender.start(0.0)
    sender.receive(_ack(result), 0.1)
    assert sender.outcome is not None
    assert (sender.outcome.end, sender.outcome.result) == (CommandEnd.REFUSED, result)
    assert sender.outcome.words == words


def test_in_progress_stops_the_repeats_and_makes_the_wait_longer() -> None:
    sender = _sender(progress_timeout_s=10.0)
    sender.start(0.0)
    sender.receive(_ack(5, progress=40), 0.5)
    assert sender.progress == 0.4
    assert [s for step in range(100) for s in sender.tick(0.5 + step / 10)] == []
    sender.receive(_ack(5, progress=90), 9.0)
    sender.tick(18.9)
    assert sender.outcome is None
    sender.tick(19.0)
    assert sender.outcome is not None
    assert sender.outcome.words == "the vehicle began, then said nothing for 10 s"


@pytest.mark.parametrize(
    "answer",
    [
        _ack(0, command=401),
        _ack(0, target_system=254),
        _ack(0, target_component=1),
    ],
)
def test_an_answer_to_another_command_or_to_somebody_else_is_passed_over(answer: Message) -> None:
    sender = _sender()
    sender.start(0.0)
    sender.receive(answer, 0.1)
    assert sender.outcome is None


def _acks(messages: Messages, command: int) -> Messages:
    return [(time_s, m) for time_s, m in messages if m.command == command]


@pytest.mark.shared_data
def test_px4s_gripper_takes_its_second_and_is_then_accepted(
    recorded_messages: Callable[[str, str], Messages],
) -> None:
    recorded = recorded_messages("01_boot_idle_1x.gcs", "COMMAND_ACK")
    # PX4 answers its own components' gripper commands too, to other targets.
    to_ground = [(t, m) for t, m in _acks(recorded, DO_GRIPPER) if m.target_system == 255]
    first, last = to_ground
    sender = _sender(DO_GRIPPER)
    sender.start(first[0])
    sender.receive(first[1], first[0])
    assert (sender.outcome, sender.progress) == (None, None)
    assert sender.tick(first[0] + 1.05) == []
    sender.receive(last[1], last[0])
    assert sender.outcome is not None
    assert sender.outcome.accepted


@pytest.mark.shared_data
def test_px4s_answer_to_nobody_in_particular_counts(
    recorded_messages: Callable[[str, str], Messages],
) -> None:
    recorded = recorded_messages("09_inject_gps_loss_2x.gcs", "COMMAND_ACK")
    time_s, answer = _acks(recorded, INJECT_FAILURE)[0]
    assert answer.target_system == 0
    sender = _sender(INJECT_FAILURE)
    sender.start(time_s - 0.01)
    sender.receive(answer, time_s)
    assert sender.outcome is not None
    assert sender.outcome.accepted
