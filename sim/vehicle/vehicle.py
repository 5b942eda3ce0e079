"""A simulated PX4 vehicle with its links: messages in, messages out, no socket and no wall clock.

`now_s` is virtual seconds since the simulation began; the vehicle was booted at `booted_at_s`.
"""

from collections.abc import Mapping

from missions.plan import Command
from onboard.mavlink.codec import Message, Send
from sim.clock import Clock
from sim.vehicle.aircraft import Aircraft
from sim.vehicle.commands import Request, handle
from sim.vehicle.config import VehicleConfig
from sim.vehicle.link import AUTOPILOT, Outgoing, VehicleLink
from sim.vehicle.navigation import Issued, Text
from sim.vehicle.pose import VehiclePose
from sim.vehicle.streams import LEAN, PX4_COMPANION, PX4_GROUND, Rates

GROUND, COMPANION = "ground", "companion"
PROFILES: Mapping[str, Mapping[str, Rates]] = {
    "lean": {GROUND: LEAN, COMPANION: LEAN},
    "px4": {GROUND: PX4_GROUND, COMPANION: PX4_COMPANION},
}
CAMERA_COMPONENT = 100
CAMERA_COMMANDS = frozenset(
    (
        Command.SET_CAMERA_MODE,
        Command.IMAGE_START_CAPTURE,
        Command.IMAGE_STOP_CAPTURE,
        Command.VIDEO_START_CAPTURE,
        Command.VIDEO_STOP_CAPTURE,
    )
)
TEXT_CHUNK = 50
REACHED_REPEATS = 10
# A mission's command reaches PX4's commander one cycle of the navigator later.
COMMAND_LAG_S = 0.06


class Vehicle:
    """One vehicle. `receive` answers a message, `step` moves on and returns what is due."""

    def __init__(
        self, config: VehicleConfig, *, clock: Clock, seed: int = 1, booted_at_s: float = 0.0
    ) -> None:
        self.config = config
        self.booted_at_s = booted_at_s
        self.aircraft = Aircraft(config, clock=clock, seed=seed, booted_at_s=booted_at_s)
        self.links = {
            name: VehicleLink(name, self.aircraft, rates)
            for name, rates in PROFILES[config.streams].items()
        }
        self.dropped_s = 0.0
        self._steps = 0
        self._text_id = 0
        self._pending: list[tuple[float, Issued]] = []
        self._reached: int | None = None
        self._repeat_at_s = 0.0
        self._repeats_left = 0

    @property
    def name(self) -> str:
        """The drone's id."""
        return self.config.drone_id

    @property
    def now_s(self) -> float:
        """The virtual second that the vehicle has been simulated to."""
        return self.booted_at_s + self.dropped_s + self.aircraft.boot_s

    def receive(self, link: str, message: Message, now_s: float) -> list[Outgoing]:
        """Answer a message that came in on a link."""
        boot_s = now_s - self.booted_at_s - self.dropped_s
        out = self.links[link].receive(message, boot_s)
        if message.name == "PARAM_SET":
            out += self._echo(link, out)
        return out + self._say()

    def step(self, now_s: float) -> list[Outgoing]:
        """Move on to a virtual second, in whole physics steps, and return what is due."""
        out: list[Outgoing] = []
        step_s = self.config.step_s
        until_s = now_s - self.booted_at_s - self.dropped_s + 1e-9
        while (self._steps + 1) * step_s <= until_s:
            self._steps += 1
            self.aircraft.step(step_s)
            if self.aircraft.issued or self._pending:
                self._do_issued(out)
            if self.aircraft.texts:
                out += self._say()
            if self.aircraft.reached or self._repeats_left:
                self._tell_reached(out)
            for link in self.links.values():
                out += link.tick(self.aircraft.boot_s)
        return out

    def skip(self, seconds: float) -> None:
        """Leave out virtual seconds that a slow machine could not simulate; they are counted."""
        self.dropped_s += seconds

    def pose(self, now_s: float) -> VehiclePose:
        """Truth at a virtual second, or as near to it as was simulated: see its `boot_s`."""
        return self.aircraft.pose(now_s - self.dropped_s)

    def _do_issued(self, out: list[Outgoing]) -> None:
        now_s = self.aircraft.boot_s
        self._pending += [(now_s + COMMAND_LAG_S, command) for command in self.aircraft.issued]
        self.aircraft.issued.clear()
        while self._pending and self._pending[0][0] <= now_s:
            _, command = self._pending.pop(0)
            handle(self.aircraft, Request(command=command.command, params=command.params))
            out += self._on_all_links(_command_long(command, self.config.system_id))

    def _say(self) -> list[Outgoing]:
        out: list[Outgoing] = []
        for text in self.aircraft.texts:
            for send in self._chunks(text):
                out += self._on_all_links(send)
        self.aircraft.texts.clear()
        return out

    def _chunks(self, text: Text) -> list[Send]:
        self._text_id = (self._text_id + 1) & 0xFFFF
        pieces = [text.text[at : at + TEXT_CHUNK] for at in range(0, len(text.text), TEXT_CHUNK)]
        number = self._text_id if len(pieces) > 1 else 0
        return [
            Send(
                "STATUSTEXT",
                {"severity": text.severity, "text": piece, "id": number, "chunk_seq": index},
            )
            for index, piece in enumerate(pieces)
        ]

    def _tell_reached(self, out: list[Outgoing]) -> None:
        aircraft = self.aircraft
        for seq in aircraft.reached:
            self._reached, self._repeats_left = seq, REACHED_REPEATS
            self._repeat_at_s = aircraft.boot_s + 1.0
            out += self._on_all_links(Send("MISSION_ITEM_REACHED", {"seq": seq}))
        aircraft.reached.clear()
        if self._repeats_left > 0 and aircraft.boot_s >= self._repeat_at_s:
            self._repeats_left -= 1
            self._repeat_at_s += 1.0
            out += self._on_all_links(Send("MISSION_ITEM_REACHED", {"seq": self._reached}))

    def _echo(self, link: str, answers: list[Outgoing]) -> list[Outgoing]:
        """PX4 tells every link of a changed parameter."""
        return [
            Outgoing(other, answer.component_id, answer.send)
            for answer in answers
            if answer.send.name == "PARAM_VALUE"
            for other in self.links
            if other != link
        ]

    def _on_all_links(self, send: Send) -> list[Outgoing]:
        return [Outgoing(link, AUTOPILOT, send) for link in self.links]


def _command_long(command: Issued, system_id: int) -> Send:
    """PX4 passes a mission's commands on to whoever listens; camera ones go to the camera."""
    fields = {f"param{index}": value for index, value in enumerate(command.params, start=1)}
    camera = command.command in CAMERA_COMMANDS
    return Send(
        "COMMAND_LONG",
        fields
        | {
            "target_system": system_id,
            "target_component": CAMERA_COMPONENT if camera else 0,
            "command": command.command,
        },
    )
