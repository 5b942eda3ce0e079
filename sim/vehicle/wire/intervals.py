"""SET_MESSAGE_INTERVAL, GET_MESSAGE_INTERVAL and REQUEST_MESSAGE on one link.

Source: PX4-Autopilot v1.17, mavlink_receiver.cpp (set_message_interval, get_message_interval,
handle_request_message_command).
"""

import math
from collections.abc import Sequence

from onboard.mavlink.codec import Send
from onboard.mavlink.codec.dialect import LAYOUT_BY_ID
from sim.vehicle.streams import StreamSchedule
from sim.vehicle.wire.stream_names import STREAMS

ACCEPTED, DENIED, FAILED = 0, 2, 4
NOT_SENT = -1
MICROSECONDS_AT_MOST = 2_147_483_647.0


def message_name(number: float) -> str | None:
    """The name of a message by its number as a command's parameter carries it."""
    if not math.isfinite(number):
        return None
    layout = LAYOUT_BY_ID.get(int(number + 0.5))
    return None if layout is None else layout.name


def set_interval(
    schedule: StreamSchedule, params: Sequence[float], buildable: frozenset[str], now_s: float
) -> int:
    """Change a stream's interval; MAV_RESULT. What PX4 streams and we cannot build is accepted."""
    name, interval_us = message_name(params[0]), params[1]
    unsupported = any(_counts(params[place]) for place in (2, 3, 6))
    if name is None or name not in STREAMS or unsupported or math.isnan(interval_us):
        return FAILED
    if name in buildable:
        within = max(-1.0, min(interval_us, MICROSECONDS_AT_MOST))
        schedule.set_interval(name, int(within), now_s)
    return ACCEPTED


def interval_of(schedule: StreamSchedule, number: float) -> Send:
    """MESSAGE_INTERVAL of a message; -1 where it is not sent."""
    name = message_name(number)
    interval_us = NOT_SENT if name is None else schedule.interval_us(name)
    id = int(number + 0.5) if math.isfinite(number) else 0
    return Send("MESSAGE_INTERVAL", {"message_id": id & 0xFFFF, "interval_us": interval_us})


def _counts(value: float) -> bool:
    return math.isfinite(value) and int(value + 0.5) != 0
