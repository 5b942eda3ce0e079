"""Noticing that somebody who is not of this hub commands the same vehicle.

Two signs, both on the wire: PX4 sends COMMAND_ACK on every link, addressed to whoever asked; and a
vehicle enters some modes only when it is told to. A mode that PX4 may enter by itself (a failsafe,
the end of a mission or of a take-off) says nothing about others.
"""

from ground_station.flying.outcome import words
from ground_station.vehicles.machine import AUTOPILOT_COMPONENT, GROUND_STATION
from ground_station.words import Words
from onboard.mavlink.codec import Message
from onboard.mavlink.px4_modes import Px4Mode, px4_mode

# Questions that every ground station asks all the time; they move nothing.
HARMLESS = frozenset((401, 410, 510, 511, 512, 519, 520, 521, 522, 525, 526, 527, 528, 2504, 42428))
NEVER_BY_ITSELF = frozenset(
    (
        Px4Mode.MISSION,
        Px4Mode.TAKEOFF,
        Px4Mode.ORBIT,
        Px4Mode.FOLLOW,
        Px4Mode.OFFBOARD,
        Px4Mode.POSITION,
        Px4Mode.ALTITUDE,
        Px4Mode.MANUAL,
        Px4Mode.STABILIZED,
        Px4Mode.ACRO,
    )
)
ACCEPTED = 0


class OtherStations:
    """One vehicle's: `receive` tells in words when another commands it. `commands` counts them."""

    def __init__(self) -> None:
        self.commands = 0
        self._mode: Px4Mode | None = None

    def receive(self, message: Message, *, asked_lately: bool) -> Words | None:
        """One message of the autopilot; `asked_lately`: the hub itself commands it just now."""
        if message.component_id != AUTOPILOT_COMPONENT:
            return None
        if message.name == "COMMAND_ACK":
            return self._acknowledged(message)
        if message.name == "HEARTBEAT":
            return self._mode_changed(px4_mode(message["custom_mode"]), asked_lately)
        return None

    def _acknowledged(self, message: Message) -> Words | None:
        to = (message["target_system"], message["target_component"])
        ours = to == (GROUND_STATION.system_id, GROUND_STATION.component_id)
        nobody = to[0] in (0, message.system_id)
        if ours or nobody or message["result"] != ACCEPTED or message["command"] in HARMLESS:
            return None
        self.commands += 1
        return words(
            "басқа жер стансасы ({system}/{component}) осы дронға {command} бұйрығын берді",
            "другая наземная станция ({system}/{component}) дала этому дрону команду {command}",
            "another ground station ({system}/{component}) gave this vehicle command {command}",
            system=to[0],
            component=to[1],
            command=message["command"],
        )

    def _mode_changed(self, mode: Px4Mode, asked_lately: bool) -> Words | None:
        before, self._mode = self._mode, mode
        if before in (None, mode) or asked_lately or mode not in NEVER_BY_ITSELF:
            return None
        self.commands += 1
        return words(
            "дрон {mode} режиміне ауысты, ал бұл орталық оны сұраған жоқ",
            "дрон перешёл в режим {mode}, хотя этот центр его не просил",
            "the vehicle went into mode {mode}, and nobody here asked for it",
            mode=mode.value,
        )
