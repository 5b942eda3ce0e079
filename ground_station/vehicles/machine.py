"""What a transaction with a vehicle looks like, whether it sends a command or proves a plan."""

from typing import Protocol, TypeVar

from onboard.mavlink.codec import Address, Message, Send

Outcome_co = TypeVar("Outcome_co", covariant=True)

GROUND_STATION = Address(system_id=255, component_id=190)
AUTOPILOT_COMPONENT = 1


class Machine(Protocol[Outcome_co]):
    """A protocol without I/O: it ends when `outcome` is no longer None."""

    @property
    def outcome(self) -> Outcome_co | None: ...

    def start(self, now_s: float) -> list[Send]: ...

    def receive(self, message: Message, now_s: float) -> list[Send]: ...

    def tick(self, now_s: float) -> list[Send]: ...


def autopilot(system_id: int) -> Address:
    """The address of a vehicle's autopilot."""
    return Address(system_id=system_id, component_id=AUTOPILOT_COMPONENT)
