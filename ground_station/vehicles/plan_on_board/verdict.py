"""PX4's verdict on a plan, which its navigator gives only after the ACK.

Source: PX4-Autopilot v1.17, src/modules/navigator (mission_base, geofence, FeasibilityChecker). A
mission that is found infeasible shows as NO_MISSION in MISSION_CURRENT; a fence that is dropped
shows in an EVENT and a STATUSTEXT alone. Both texts and events are heard: either may be lost.
"""

import re

from ground_station.vehicles.px4_events import objection
from ground_station.vehicles.texts import TextAssembler, VehicleText
from onboard.mavlink.codec import Message

WARNING_SEVERITY = 4
FENCE_TEXTS = ("Geofence invalid", "Geofence: import error")
MISSION_TEXTS = ("Mission rejected", "Geofence violation", "Geofence requires")
FENCE_WORDS = ("the geofence does not contain", "the geofence could not")
# PX4 counts items from 1 in what it says.
_ITEM = re.compile(r"(?:waypoint|item|WP|Waypoint) (\d+)")


class Objections:
    """What the vehicle has said against the plan. Against the fence and against the mission are
    kept apart: while the fence is new and the mission still the old one, PX4 may object to the old
    mission, and that says nothing about the new."""

    def __init__(self) -> None:
        self.fence: list[str] = []
        self.mission: list[str] = []
        self._assembler = TextAssembler()

    def receive(self, message: Message) -> None:
        """Take a STATUSTEXT or an EVENT in; any other message is passed over."""
        if message.name == "STATUSTEXT":
            text = self._assembler.receive(message)
            if text is not None:
                self._text(text)
        elif message.name == "EVENT":
            words = objection(message)
            if words is not None:
                (self.fence if words.startswith(FENCE_WORDS) else self.mission).append(words)

    @property
    def words(self) -> str:
        """All of them, each once: the fence's first."""
        return "; ".join(dict.fromkeys([*self.fence, *self.mission]))

    @property
    def item(self) -> int | None:
        """The index (from 0) of the item that is objected to, where one is named."""
        named = _ITEM.search(self.words)
        return None if named is None else int(named.group(1)) - 1

    def _text(self, text: VehicleText) -> None:
        if text.severity > WARNING_SEVERITY:
            return
        if text.text.startswith(FENCE_TEXTS):
            self.fence.append(text.text)
        elif text.text.startswith(MISSION_TEXTS):
            self.mission.append(text.text)
