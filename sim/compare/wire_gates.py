"""The gates of the wire: stream rates, answers to commands, the order of events."""

from collections.abc import Sequence

from sim.compare.flight import Flight
from sim.compare.gates import Row
from sim.compare.order import order_differences, text_differences
from sim.compare.tlog import AUTOPILOT, Frame

RATE_SHARE = 0.05
FEW = 2
ACK_S = 0.05
ANSWERS = frozenset(
    (
        "COMMAND_ACK",
        "EVENT",
        "MESSAGE_INTERVAL",
        "MISSION_ACK",
        "MISSION_COUNT",
        "MISSION_ITEM_INT",
        "MISSION_ITEM_REACHED",
        "MISSION_REQUEST_INT",
        "PARAM_ERROR",
        "PARAM_VALUE",
        "PING",
        "STATUSTEXT",
        "COMMAND_LONG",
        "AUTOPILOT_VERSION",
        "AVAILABLE_MODES",
        # Sent on demand by the payload protocols, at no rate of their own.
        "GIMBAL_MANAGER_INFORMATION",
    )
)


def rate_rows(theirs: Flight, ours: Flight, lost: float) -> list[Row]:
    """A row for every stream; `lost` is the share of frames that the recording missed."""
    left_s, right_s = theirs.ends_s - theirs.begins_s, ours.ends_s - ours.begins_s
    rows = []
    for name in sorted((set(theirs.counts) | set(ours.counts)) - ANSWERS):
        count = theirs.counts[name] / max(1.0 - lost, 0.1)
        # One or two more of a rare message are no other rate.
        room = max(RATE_SHARE * count, FEW) / left_s
        px4, our = count / left_s, ours.counts[name] / right_s
        rows.append(
            Row(
                figure=f"rate of {name}, Hz",
                px4=px4,
                ours=our,
                difference=our - px4,
                gate=f"+-{room:.3g}",
                passed=abs(our - px4) <= room,
            )
        )
    return rows


def ack_rows(theirs: Flight, ours: Flight, said: Sequence[Frame]) -> list[Row]:
    """Results in their order, and how long our vehicle took for the slowest."""
    asked = _asked(said)
    left = [
        (ack.command, ack.result) for ack in theirs.acks if (ack.command, ack.answered) in asked
    ]
    right = [(ack.command, ack.result) for ack in ours.acks if (ack.command, ack.answered) in asked]
    differ = [f"{a}!={b}" for a, b in zip(left, right, strict=False) if a != b]
    if len(left) != len(right):
        differ.append(f"{len(left)} and {len(right)} answers")
    rows = [
        Row(
            figure="answers to commands",
            px4=str(len(left)),
            ours=" ".join(differ) or "the same",
            difference=None,
            gate="the same",
            passed=not differ,
        )
    ]
    slowest_s = max(_delays(said), default=None)
    if slowest_s is not None:
        rows.append(
            Row(
                figure="slowest answer, s",
                px4=None,
                ours=slowest_s,
                difference=None,
                gate=f"<= {ACK_S}",
                passed=slowest_s <= ACK_S,
            )
        )
    return rows


def order_rows(theirs: Flight, ours: Flight) -> list[Row]:
    """A row for every stream of events."""
    rows = []
    for name, left in theirs.streams.items():
        right = ours.streams[name]
        if name == "text":
            differ = text_differences(left, right)
        else:
            differ = order_differences(left, right, (theirs.ends_s, ours.ends_s))
        rows.append(
            Row(
                figure=f"order of events: {name}",
                px4=str(len(left)),
                ours="; ".join(differ) or "the same",
                difference=None,
                gate="as recorded",
                passed=not differ,
            )
        )
    return rows


def _asked(said: Sequence[Frame]) -> set[tuple[int, int]]:
    """Commands and who gave them; PX4 answers its own modules on the air, too."""
    given = (frame.message for frame in said if _is_command(frame))
    return {(message.command, message.system_id) for message in given}


def _is_command(frame: Frame) -> bool:
    names = ("COMMAND_LONG", "COMMAND_INT")
    return frame.message.name in names and frame.message.component_id != AUTOPILOT


def _delays(said: Sequence[Frame]) -> list[float]:
    """Seconds from each of our commands to the first answer to it."""
    asked: dict[int, float] = {}
    delays = []
    for frame in said:
        message = frame.message
        if _is_command(frame):
            asked[message.command] = frame.boot_s
        elif message.name == "COMMAND_ACK" and message.command in asked:
            delays.append(frame.boot_s - asked.pop(message.command))
    return delays
