"""What a vehicle answers to a plan: the three MISSION_ACKs, and its navigator's verdict.

The transfer is bare: items are sent as asked for, and nothing is judged or repeated here beyond
what a datagram lost on a busy machine needs, so that the answer is the vehicle's alone.
"""

import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ground_station.vehicles.px4_events import objection
from missions.checks import MissionResult, Px4Profile
from missions.errors import Failed
from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from missions.plan import Command, Frame, Home, MissionItem, Plan
from onboard.mavlink.codec import Address, Decoder, Encoder, Message
from onboard.mavlink.plan_hash import items_hash
from onboard.mavlink.plan_items import MissionType, WireItem, wire_of

VEHICLE_COMPONENT, STATION = 1, 250
ALL_TYPES = 255
BY_EVENT = "event:"
OBJECTIONS = ("Mission rejected", "Geofence violation", "Geofence requires", BY_EVENT)
FENCE_DROPPED = ("Geofence invalid", f"{BY_EVENT} the geofence does not contain")
NO_MISSION = 1
REAL32 = 9
REQUESTS = ("MISSION_REQUEST_INT", "MISSION_REQUEST")
TRANSFER = (*REQUESTS, "MISSION_ACK")
ANSWERED_WITHIN_S = 20.0
# Wall seconds in which a verdict that comes without words is taken for one.
SILENT_VERDICT_S = 6.0
TOLD_AFTER_S = 0.5
ATTEMPTS = 3
PARAMETERS = {
    "MIS_TKO_LAND_REQ": ("takeoff_land_required", 6),
    "MIS_DIST_1WP": ("mis_dist_1wp_m", REAL32),
    "GF_MAX_HOR_DIST": ("gf_max_hor_dist_m", REAL32),
    "GF_MAX_VER_DIST": ("gf_max_ver_dist_m", REAL32),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """As in `missions.checks.Prediction`, but from the vehicle; `words` are its objections."""

    mission: MissionResult
    fence: MissionResult
    rally: MissionResult
    feasible: bool
    fence_kept: bool
    words: tuple[str, ...]


class Judge:
    """One vehicle behind a UDP port; it answers who speaks to it first."""

    def __init__(self, *, port: int, system_id: int) -> None:
        self._vehicle = Address(system_id, VEHICLE_COMPONENT)
        self._to = ("127.0.0.1", port)
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        self._udp.settimeout(0.25)
        self._station = Encoder(system_id=STATION, component_id=190)
        self._decoder = Decoder()
        self._beat_s = 0.0
        self._profile: Px4Profile | None = None
        self.home: Home | None = None
        self.texts: list[str] = []

    def close(self) -> None:
        """Let go of the port."""
        self._udp.close()

    def ready(self, within_s: float) -> Home:
        """Wait until it knows its home.

        Raises:
            Failed: it does not.
        """
        for _ in self._heard(within_s):
            if self.home is not None:
                # Home is set again as the position settles.
                for _ in self._heard(5.0):
                    pass
                return self.home
        raise Failed("the vehicle says nothing of its home")

    def take(self, profile: Px4Profile) -> None:
        """Set the parameters of a profile where they differ from what was set before."""
        for name, (field, kind) in PARAMETERS.items():
            value = getattr(profile, field)
            if self._profile is None or value != getattr(self._profile, field):
                self._set(name, value, kind)
        self._profile = profile

    def judge(self, plan: Plan) -> Verdict:
        """Clear the vehicle, bring fence, rally points and mission, and await the verdict.

        PX4 says why it rejects a mission: where that was not heard, the link has lost words.
        """
        for _ in range(ATTEMPTS):
            found = self._judge_once(plan)
            heard = any(text.startswith(OBJECTIONS) for text in found.words)
            if found.feasible or found.mission or heard or not plan.items:
                break
        return found

    def _judge_once(self, plan: Plan) -> Verdict:
        self._clear()
        self.texts.clear()
        acks = {kind: self._bring(plan, kind) for kind in (1, 2, 0)}
        if acks[0] is MissionResult.ACCEPTED and plan.items:
            feasible = self._verdict(plan, fence_known=acks[1] is MissionResult.ACCEPTED)
        else:
            feasible = False
            if acks[1] is MissionResult.ACCEPTED and wire_of(plan, MissionType.FENCE):
                self._await_fence(plan)
        return Verdict(
            mission=acks[0],
            fence=acks[1],
            rally=acks[2],
            feasible=feasible,
            fence_kept=not any(text.startswith(FENCE_DROPPED) for text in self.texts),
            words=tuple(self.texts),
        )

    def _await_fence(self, plan: Plan) -> None:
        """PX4 looks at a fence in its own time, and judges no mission before: so bring one."""
        assert self.home is not None
        at = self.home.position
        rise = MissionItem(
            command=Command.NAV_TAKEOFF,
            frame=Frame.GLOBAL_RELATIVE_ALT,
            params=(0.0, 0.0, 0.0, 0.0, at.latitude_deg, at.longitude_deg, 10.0),
        )
        simple = replace(plan, items=(rise,))
        self._bring(simple, MissionType.MISSION)
        self._verdict(simple, fence_known=True)

    def _set(self, name: str, value: float, kind: int) -> None:
        raw = value if kind == REAL32 else struct.unpack("<f", struct.pack("<i", int(value)))[0]
        fields = {"param_id": name, "param_value": raw, "param_type": kind}
        for _ in range(5):
            self._send("PARAM_SET", **fields)
            for message in self._heard(2.0):
                if message.name == "PARAM_VALUE" and message["param_id"].rstrip("\0") == name:
                    return
        raise Failed(f"the vehicle does not take {name}")

    def _clear(self) -> None:
        for _ in range(10):
            self._send("MISSION_CLEAR_ALL", mission_type=ALL_TYPES)
            if self._until(_is_ack, 4.0) and self._until(_holds_nothing, 10.0):
                return
        heard = sum(1 for _ in self._heard(1.0))
        raise Failed(f"the vehicle does not forget its plan; it says {heard} messages a second")

    def _until(self, wanted: Callable[[Message], bool], within_s: float) -> bool:
        return any(wanted(message) for message in self._heard(within_s))

    def _bring(self, plan: Plan, kind: int) -> MissionResult:
        items = wire_of(plan, MissionType(kind))
        announce = {"count": len(items), "mission_type": kind}
        self._send("MISSION_COUNT", **announce)
        asked = False
        said_s = time.monotonic()
        for message in self._heard(ANSWERED_WITHIN_S + 0.05 * len(items)):
            now_s = time.monotonic()
            if not asked and now_s - said_s > 2.0:
                self._send("MISSION_COUNT", **announce)
                said_s = now_s
            if message.name not in TRANSFER or message["mission_type"] != kind:
                continue
            if message.name in REQUESTS:
                asked = True
                self._send_item(items[message.seq], message.seq, kind)
            elif message.name == "MISSION_ACK":
                return MissionResult(message["type"])
        raise Failed(f"the vehicle ends no transfer of type {kind}")

    def _send_item(self, item: WireItem, seq: int, kind: int) -> None:
        fields = item.fields(seq=seq, mission_type=MissionType(kind), to=self._vehicle)
        self._udp.sendto(self._station.encode("MISSION_ITEM_INT", **fields), self._to)

    def _verdict(self, plan: Plan, *, fence_known: bool) -> bool:
        """A mission that is found feasible shows its state; one that is not is objected to."""
        mission = items_hash(wire_of(plan, MissionType.MISSION))
        fence = items_hash(wire_of(plan, MissionType.FENCE)) if fence_known else 0
        began_s = time.monotonic()
        objected_s: float | None = None
        for message in self._heard(ANSWERED_WITHIN_S):
            now_s = time.monotonic()
            if objected_s is None and any(text.startswith(OBJECTIONS) for text in self.texts):
                objected_s = now_s
            if message.name != "MISSION_CURRENT" or message["mission_id"] != mission:
                continue
            if message["fence_id"] != fence:
                continue
            if message["mission_state"] > NO_MISSION:
                return True
            late = now_s - began_s > SILENT_VERDICT_S
            if late or (objected_s is not None and now_s - objected_s > TOLD_AFTER_S):
                return False
        raise Failed("the vehicle does not report the plan that it took")

    def _send(self, name: str, **fields: object) -> None:
        to = {
            "target_system": self._vehicle.system_id,
            "target_component": self._vehicle.component_id,
        }
        self._udp.sendto(self._station.encode(name, **to, **fields), self._to)

    def _heard(self, within_s: float) -> Iterator[Message]:
        """What the vehicle says for so long."""
        until_s = time.monotonic() + within_s
        while (now_s := time.monotonic()) < until_s:
            if now_s - self._beat_s > 0.8:
                self._beat_s = now_s
                beat = self._station.encode("HEARTBEAT", type=6, autopilot=8)
                self._udp.sendto(beat, self._to)
            try:
                datagram = self._udp.recv(65535)
            except TimeoutError:
                datagram = b""
            for message in self._decoder.feed(datagram):
                if message.sender == self._vehicle:
                    self._note(message)
                    yield message

    def _note(self, message: Message) -> None:
        if message.name == "STATUSTEXT":
            self.texts.append(message["text"].rstrip("\0\t"))
        elif message.name == "EVENT" and (words := objection(message)) is not None:
            # Some of its reasons PX4 gives as an event alone.
            self.texts.append(f"{BY_EVENT} {words}")
        elif message.name == "HOME_POSITION":
            point = GeoPoint(
                latitude_deg=message["latitude"] * 1e-7, longitude_deg=message["longitude"] * 1e-7
            )
            self.home = Home(position=point, height=HeightAmsl(message["altitude"] * 1e-3))


def _is_ack(message: Message) -> bool:
    return message.name == "MISSION_ACK"


def _holds_nothing(message: Message) -> bool:
    if message.name != "MISSION_CURRENT":
        return False
    return not (message["mission_id"] or message["fence_id"] or message["rally_points_id"])
