"""Answers to PING and TIMESYNC.

Source: PX4-Autopilot v1.17, mavlink_receiver.cpp (handle_message_ping), mavlink_timesync.cpp.
"""

from onboard.mavlink.codec import Message, Send
from sim.vehicle.wire.heard import EVERYBODY


def ping_answer(message: Message) -> list[Send]:
    """A PING to everybody goes back to whoever sent it; one with a target is an answer."""
    if message.target_system != EVERYBODY or message.target_component != EVERYBODY:
        return []
    fields = {
        "time_usec": message.time_usec,
        "seq": message["seq"],
        "target_system": message.system_id,
        "target_component": message.component_id,
    }
    return [Send("PING", fields)]


def timesync_answer(message: Message, boot_s: float) -> list[Send]:
    """The clock's nanoseconds for whoever asks; an answer is not answered."""
    if message.tc1 != 0:
        return []
    fields = {
        "tc1": int(boot_s * 1e9),
        "ts1": message.ts1,
        "target_system": message.system_id,
        "target_component": message.component_id,
    }
    return [Send("TIMESYNC", fields)]
