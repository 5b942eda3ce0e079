"""What a vehicle transmits, and on which of its links."""

from dataclasses import dataclass

from onboard.mavlink.codec import Message, Send

AUTOPILOT = 1


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to transmit on one link, and the component it comes from.

    `forwarded` is a message of somebody else that the vehicle passes on: its frame goes out as it
    came in, with its own sender and number.
    """

    link: str
    component_id: int
    send: Send
    forwarded: Message | None = None


def passed_on(link: str, message: Message) -> Outgoing:
    """A message of another component on its way to `link`."""
    send = Send(message.name, message.fields)
    return Outgoing(link, message.component_id, send, forwarded=message)
