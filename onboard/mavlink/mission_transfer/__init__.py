"""The mission protocol, both roles, with no I/O: every class takes messages and a time in seconds
and returns what to send."""

from onboard.mavlink.mission_transfer.endpoint import PlanEndpoint
from onboard.mavlink.mission_transfer.outcome import TransferEnd, TransferOutcome
from onboard.mavlink.mission_transfer.provider import PlanProvider
from onboard.mavlink.mission_transfer.reader import PlanReader
from onboard.mavlink.mission_transfer.receiver import PlanReceiver
from onboard.mavlink.mission_transfer.sender import PlanSender
from onboard.mavlink.mission_transfer.store import PX4_LIMITS, PlanStore

__all__ = [
    "PX4_LIMITS",
    "PlanEndpoint",
    "PlanProvider",
    "PlanReader",
    "PlanReceiver",
    "PlanSender",
    "PlanStore",
    "TransferEnd",
    "TransferOutcome",
]
