"""Which components a link has heard: PX4 answers and forwards only toward those.

Source: PX4-Autopilot v1.17, mavlink_receiver.cpp (component_was_seen, CheckHeartbeats) and
mavlink_main.cpp (forward_message).
"""

from onboard.mavlink.codec import Message

EVERYBODY = 0
GROUND_STATION = 6
HEARTBEAT_TIMEOUT_S = 2.5
# PX4 keeps as many and then no more.
COMPONENTS_AT_MOST = 16


class Heard:
    """The components of one link, and when a ground station's heartbeat last came in."""

    def __init__(self) -> None:
        self.components: dict[tuple[int, int], int] = {}
        self.untracked = 0
        self._ground_s: float | None = None
        self._others_alive = False

    def take(self, message: Message, now_s: float) -> None:
        """Remember who spoke."""
        key = (message.system_id, message.component_id)
        if key in self.components or len(self.components) < COMPONENTS_AT_MOST:
            self.components[key] = self.components.get(key, 0) + 1
        else:
            self.untracked += 1
        if message.name == "HEARTBEAT":
            if message.type == GROUND_STATION:
                self._ground_s = now_s
            else:
                self._others_alive = True

    def knows(self, system_id: int, component_id: int) -> bool:
        """Whether a target was heard here; everybody is where anybody is."""
        if system_id == EVERYBODY:
            return bool(self.components)
        if component_id == EVERYBODY:
            return any(system == system_id for system, _ in self.components)
        return (system_id, component_id) in self.components

    def wants_texts(self, now_s: float) -> bool:
        """Whether STATUSTEXT goes out here: PX4 sends it only where a ground station is alive.

        A link without any heartbeat yet has them too, so that a recorder that only listens and a
        script that only commands miss nothing.
        """
        if self._ground_s is None:
            return not self._others_alive
        return now_s - self._ground_s < HEARTBEAT_TIMEOUT_S


def target_of(message: Message) -> tuple[int, int]:
    """Whom a message is for; what its definition does not say is 0, everybody."""
    places = message.layout.places
    name = "target_system" if "target_system" in places else "target"
    system: int = message[name] if name in places else EVERYBODY
    component: int = message["target_component"] if "target_component" in places else EVERYBODY
    return system, component
