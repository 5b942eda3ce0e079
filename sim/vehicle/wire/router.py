"""What goes to which link: acknowledgements to where the asker was heard, foreign messages onward.

Source: PX4-Autopilot v1.17, mavlink_main.cpp (forward_message, handleAndGetCurrentCommandAck).
"""

from collections.abc import Mapping
from dataclasses import replace

from onboard.mavlink.codec import Message
from sim.vehicle.link import VehicleLink
from sim.vehicle.wire.heard import target_of
from sim.vehicle.wire.outgoing import AUTOPILOT, Outgoing, passed_on

# MAVLink forbids to pass this on.
NEVER_FORWARDED = frozenset(("SETUP_SIGNING",))
# The lean profile streams it itself, ten times a second, on every link.
LEAN_STREAMS_ITSELF = frozenset(("GIMBAL_DEVICE_ATTITUDE_STATUS",))


class Router:
    """Spreads answers over the links and forwards what is not only for the autopilot."""

    def __init__(self, links: Mapping[str, VehicleLink], *, lean: bool) -> None:
        self._links = links
        self._kept_back = NEVER_FORWARDED | LEAN_STREAMS_ITSELF if lean else NEVER_FORWARDED

    def spread(self, link: str, answers: list[Outgoing]) -> list[Outgoing]:
        """Answers to something that came in on `link`, on all links that PX4 gives them on.

        An ACK goes wherever its target was heard, a changed parameter everywhere.
        """
        out: list[Outgoing] = []
        for answer in answers:
            out.append(answer)
            name = answer.send.name
            if name == "COMMAND_ACK":
                out += self._others_that_know(link, answer)
            elif name == "PARAM_VALUE" and _is_echo(answers):
                out += [replace(answer, link=other) for other in self._links if other != link]
        return out

    def spread_all(self, due: list[Outgoing]) -> list[Outgoing]:
        """Delayed answers: their acknowledgements are spread as late as they are."""
        out: list[Outgoing] = []
        for answer in due:
            out.append(answer)
            if answer.send.name == "COMMAND_ACK" and answer.forwarded is None:
                out += self._others_that_know(answer.link, answer)
        return out

    def forward(self, link: str, message: Message) -> list[Outgoing]:
        """A message that came in on `link`, for the links where its target was heard."""
        if message.name in self._kept_back:
            return []
        system, component = target_of(message)
        own = next(iter(self._links.values())).own
        if (system, component) == (own.system_id, AUTOPILOT):
            return []
        passed = passed_on(link, message)
        out = [
            replace(passed, link=other)
            for other, end in self._links.items()
            if other != link and end.heard.knows(system, component)
        ]
        self._links[link].counts["forwarded"] += len(out)
        return out

    def _others_that_know(self, link: str, answer: Outgoing) -> list[Outgoing]:
        fields = answer.send.fields
        target = fields["target_system"], fields["target_component"]
        return [
            replace(answer, link=other)
            for other, end in self._links.items()
            if other != link and end.heard.knows(*target)
        ]


def _is_echo(answers: list[Outgoing]) -> bool:
    """Whether these answer a PARAM_SET or a PARAM_REQUEST_READ: one value, told to all."""
    return len(answers) == 1
