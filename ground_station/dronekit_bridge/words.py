"""What the bridge asks its shell to transmit, and the counters of what it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from onboard.mavlink.codec import Message, Send


class Side(StrEnum):
    """The two ends that the bridge stands between."""

    CLIENT = "client"
    VEHICLE = "vehicle"


class Dialect(StrEnum):
    """Whom the vehicle looks like to the client.

    `ARDUPILOT`: an ArduCopter, for the scripts that DroneKit's documentation taught. `PX4`: itself;
    only the mission protocol, the parameters' encoding and what has no other meaning are said anew.
    """

    ARDUPILOT = "ardupilot"
    PX4 = "px4"


@dataclass(frozen=True, slots=True)
class Word:
    """One thing to transmit: a message passed through as it came, or one of the bridge's own.

    The bridge speaks to the client in the vehicle's name and to the vehicle in the client's.
    """

    to: Side
    what: Message | Send

    @classmethod
    def to_vehicle(cls, send: Send) -> "Word":
        """A message of the client's that the bridge makes."""
        return cls(Side.VEHICLE, send)


Words = list[Word]


def to_client(name: str, **fields: Any) -> Word:
    """A message of the vehicle's that the bridge makes."""
    return Word(Side.CLIENT, Send(name, fields))


def to_vehicle(sends: Sequence[Send]) -> Words:
    """Messages of the client's that the bridge makes."""
    return [Word(Side.VEHICLE, send) for send in sends]


def say(text: str, *, severity: int = 4) -> Word:
    """A line of text to the client; 50 characters fit (severity 3 is an error, 4 a warning)."""
    return to_client("STATUSTEXT", severity=severity, text=f"bridge: {text}"[:50])


@dataclass(slots=True)
class BridgeCounters:
    """What was done with the messages.

    `passed` went through unchanged; `translated` were said in other words; `repeated` items and
    requests the client was sent again; `held` orders waited for a transfer to end; `refused` orders
    were not passed on, and the client was told so; `other_systems` messages came from a system that
    is not the bridge's vehicle; `early` messages of the client came before a vehicle was heard;
    `uploads`, `downloads` and `failed` transfers with the vehicle.
    """

    passed: int = 0
    translated: int = 0
    repeated: int = 0
    held: int = 0
    refused: int = 0
    other_systems: int = 0
    early: int = 0
    uploads: int = 0
    downloads: int = 0
    failed: int = 0
