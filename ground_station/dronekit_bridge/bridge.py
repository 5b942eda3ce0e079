"""The bridge as one machine: messages of either side in, words for either side out."""

from collections import deque

from ground_station.dronekit_bridge import parameters
from ground_station.dronekit_bridge.known import Known
from ground_station.dronekit_bridge.orders import DENIED, Orders, refusal
from ground_station.dronekit_bridge.plans import Plans
from ground_station.dronekit_bridge.words import (
    BridgeCounters,
    Dialect,
    Side,
    Word,
    Words,
    say,
    to_client,
)
from onboard.mavlink.codec import Message

# These wait while a plan is on its way: 'fly the mission' must not overtake the mission.
_ORDERS = frozenset(("COMMAND_LONG", "COMMAND_INT", "SET_MODE", "MISSION_SET_CURRENT"))
HELD_AT_MOST = 64
# ArduPilot's name for what PX4 calls ESTIMATOR_STATUS; the flags have the same bits.
_RATIOS = {
    "velocity_variance": "vel_ratio",
    "pos_horiz_variance": "pos_horiz_ratio",
    "pos_vert_variance": "pos_vert_ratio",
    "compass_variance": "mag_ratio",
    "terrain_alt_variance": "hagl_ratio",
}


class Bridge:
    """One vehicle and one client. `counters` tells what became of every message.

    `system_id` names the vehicle where several speak on the link; 0 takes the first autopilot.
    """

    def __init__(self, *, dialect: Dialect = Dialect.ARDUPILOT, system_id: int = 0) -> None:
        self.counters = BridgeCounters()
        self.known = Known(system_id=system_id)
        self._dialect = dialect
        self._plans = Plans(self.known, self.counters, dialect=dialect)
        self._orders = Orders(self.known, dialect=dialect)
        self._held: deque[Message] = deque()

    def from_vehicle(self, message: Message, now_s: float) -> Words:
        """Take in a message that came by the vehicle's link."""
        if not self.known.is_ours(message):
            self.counters.other_systems += 1
            return []
        self.known.hear(message)
        if message.sender != self.known.vehicle:
            return self._passed(Side.CLIENT, message)
        planned = self._plans.from_vehicle(message, now_s)
        if planned is not None:
            return self._with_held(planned, now_s)
        after = self._orders.from_vehicle(message, now_s)
        said = self._said_anew(message)
        return (self._passed(Side.CLIENT, message) if said is None else self._said(said)) + after

    def from_client(self, message: Message, now_s: float) -> Words:
        """Take in a message that came by the client's link."""
        if self.known.vehicle is None:
            self.counters.early += 1
            return []
        self.known.client = message.sender
        if message.name in _ORDERS and self._plans.busy and len(self._held) < HELD_AT_MOST:
            self.counters.held += 1
            self._held.append(message)
            return []
        return self._obeyed(message, now_s)

    def tick(self, now_s: float) -> Words:
        """Repeat what was not answered; to be called at least ten times a second."""
        if self.known.vehicle is None:
            return []
        words = self._plans.tick(now_s) + self._orders.tick(now_s)
        self.counters.repeated = self._plans.repeated
        return self._with_held(words, now_s)

    def _obeyed(self, message: Message, now_s: float) -> Words:
        if self._plans.doubtful and self._orders.starts_mission(message):
            return self._refused_mission(message)
        self._orders.slots = self._plans.slots
        words = self._orders.from_client(message, now_s)
        if words is None:
            words = self._plans.from_client(message, now_s)
        if words is None:
            words = parameters.from_client(message, self.known)
        return self._passed(Side.VEHICLE, message) if words is None else self._said(words)

    def _with_held(self, words: Words, now_s: float) -> Words:
        while self._held and not self._plans.busy:
            words = words + self._obeyed(self._held.popleft(), now_s)
        return words

    def _refused_mission(self, message: Message) -> Words:
        self.counters.refused += 1
        text = say("the last upload failed: the mission is not flown", severity=3)
        return [text] if message.name == "SET_MODE" else [text, refusal(message, DENIED)]

    def _said_anew(self, message: Message) -> Words | None:
        """What the client is to hear in place of the message; None where it will do as it is."""
        if message.name == "PARAM_VALUE":
            return parameters.from_vehicle(message)
        if message.name in ("MISSION_CURRENT", "MISSION_ITEM_REACHED"):
            return self._counted(message)
        if message.name == "HEARTBEAT" and self._dialect is Dialect.ARDUPILOT:
            fields = self._orders.modes.heartbeat(message, self.known.mode)
            return [to_client("HEARTBEAT", **fields)]
        if message.name == "ESTIMATOR_STATUS":
            return [Word(Side.CLIENT, message), _ekf_report(message)]
        return None

    def _counted(self, message: Message) -> Words | None:
        slots = self._plans.slots
        if not slots or (message.name == "MISSION_CURRENT" and self.known.mission_total == 0):
            return None
        changes = {"seq": message.seq + slots}
        if message.name == "MISSION_CURRENT" and message.total != 0xFFFF:
            changes["total"] = message.total + slots
        return [to_client(message.name, **message.fields | changes)]

    def _passed(self, to: Side, message: Message) -> Words:
        self.counters.passed += 1
        return [Word(to, message)]

    def _said(self, words: Words) -> Words:
        self.counters.translated += 1
        return words


def _ekf_report(message: Message) -> Word:
    ratios = {ours: message[theirs] for ours, theirs in _RATIOS.items()}
    return to_client("EKF_STATUS_REPORT", flags=message["flags"], **ratios)
