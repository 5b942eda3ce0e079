"""What must reach a hub, kept on disk until it has."""

from onboard.outbox.errors import OutboxUnwritable
from onboard.outbox.outbox import Outbox
from onboard.outbox.values import OutboxCounts, OutboxSettings, Waiting, WaitingPicture

__all__ = [
    "Outbox",
    "OutboxCounts",
    "OutboxSettings",
    "OutboxUnwritable",
    "Waiting",
    "WaitingPicture",
]
