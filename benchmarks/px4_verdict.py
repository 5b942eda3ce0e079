"""What a vehicle answers to a plan: the three MISSION_ACKs, and its navigator's verdict.

The transfer is bare: items are sent as asked for, and nothing is judged or repeated here beyond
what a datagram lost on a busy machine needs, so that the answer is the vehicle's alone.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from benchmarks.vehicle_line import Line
from ground_station.vehicles.px4_events import OBJECTIONS as OBJECTING_EVENTS
from ground_station.vehicles.px4_events import event_id, objection
from missions.checks import MissionResult, Px4Profile
from missions.errors import Failed
from missions.geodesy import GeoPoint
from missions.heights import HeightAmsl
from missions.plan import Command, Frame, Home, MissionItem, Plan
from onboard.mavlink.codec import Address, Decoder, Encoder, Message
from onboard.mavlink.plan_hash import items_hash
from onboard.mavlink.plan_items import MissionType, WireItem, mission_wire, wire_of

VEHICLE_COMPONENT, STATION = 1, 250
ALL_TYPES = 255
BY_EVENT = "event:"
OBJECTIONS = ("Mission rejected", "Geofence violation", "Geofence requires", BY_EVENT)
FENCE_DROPPED = ("Geofence invalid", f"{BY_EVENT} the geofence does not contain")
NO_MISSION = 1
REAL32 = 9
REQUESTS = ("MISSION_REQUEST_INT", "MISSION_REQUEST")
TRANSFER = (*REQUESTS, "MISSION_ACK")
ANSWERED_WITHIN_S = 60.0
# Of the vehicle's own seconds, which pass slowly on a busy machine: a verdict that comes without
# words is taken for one; what is said with a verdict has come; nothing more is said.
SILENT_VERDICT_S, TOLD_AFTER_S, QUIET_S = 12.0, 1.5, 0.7
QUIET_WITHIN_S, SETTLED_S = 20.0, 2.0
ABOUT_PLANS = (
    *("Mission", "Geofence invalid", "Geofence violation", "Geofence requires", "Geofence data"),
    *("First waypoint", "IGN MISSION", "WPM", "Not yet ready"),
)
EVENTS_ABOUT_PLANS = frozenset(OBJECTING_EVENTS) | {
    event_id(name)
    for name in (
        "mavlink_mission_mis_item_invalid",
        "navigator_mis_first_wp_far",
        "rtl_avoidance_build_failed",
    )
}
Items = Mapping[MissionType, tuple[WireItem, ...]]
ATTEMPTS = 3
PARAMETERS = {
    "MIS_TKO_LAND_REQ": ("takeoff_land_required", 6),
    "MIS_DIST_1WP": ("mis_dist_1wp_m", REAL32),
    "GF_MAX_HOR_DIST": ("gf_max_hor_dist_m", REAL32),
    "GF_MAX_VER_DIST": ("gf_max_ver_dist_m", REAL32),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """As in `missions.checks.Prediction`, but from the vehicle; `words` are its objections.

    `texts` and `events` (id, log levels, arguments in hexadecimal digits) are what it said about
    plans, field for field.
    """

    mission: MissionResult
    fence: MissionResult
    rally: MissionResult
    feasible: bool
    fence_kept: bool
    words: tuple[str, ...]
    texts: tuple[str, ...] = ()
    events: tuple[tuple[int, int, str], ...] = ()


class Judge:
    """One vehicle, asked over a line."""

    def __init__(self, line: Line, *, system_id: int) -> None:
        self._vehicle = Address(system_id, VEHICLE_COMPONENT)
        self._line = line
        self._station = Encoder(system_id=STATION, component_id=190)
        self._decoder = Decoder()
        self._beat_s = 0.0
        self._profile: Px4Profile | None = None
        self.home: Home | None = None
        self.texts: list[str] = []
        self._statements: list[str] = []
        self._events: list[tuple[int, int, str]] = []
        self._vehicle_s = 0.0
        self._last_event: int | None = None
        self._events_lost = 0

    def close(self) -> None:
        """Let go of the line."""
        self._line.close()

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

    def keep_home(self, home: Home) -> None:
        """Set home by hand, so that it stays where it is.

        Raises:
            Failed: the vehicle does not take it.
        """
        at = home.position
        fields = {
            "command": Command.DO_SET_HOME,
            "frame": Frame.GLOBAL,
            "x": round(at.latitude_deg * 1e7),
            "y": round(at.longitude_deg * 1e7),
            "z": home.height.m,
        }
        for _ in range(5):
            self._send("COMMAND_INT", **fields)
            if self._until(_is_done, 2.0):
                self.home = home
                return
        raise Failed("the vehicle does not take a home")

    def take(self, profile: Px4Profile) -> None:
        """Set the parameters of a profile where they differ from what was set before.

        PX4's navigator takes them into use in its own time.
        """
        for name, (field, kind) in PARAMETERS.items():
            value = getattr(profile, field)
            if self._profile is None or value != getattr(self._profile, field):
                self._set(name, value, kind)
                self._hush(SETTLED_S)
        self._profile = profile

    def judge(self, plan: Plan) -> Verdict:
        """Clear the vehicle, bring fence, rally points and mission, and await the verdict."""
        return self.judge_items({kind: wire_of(plan, kind) for kind in MissionType})

    def judge_items(self, items: Items) -> Verdict:
        """The same of items as they go over the wire.

        PX4 says why it rejects a mission: where that was not heard, the link has lost words.
        """
        for _ in range(ATTEMPTS):
            found = self._judge_once(items)
            heard = any(map(_objects, found.words))
            settled = found.feasible or found.mission or heard or not items[MissionType.MISSION]
            if settled and not self._events_lost:
                break
        return found

    def _judge_once(self, items: Items) -> Verdict:
        self._clear()
        self._hush()
        for said in (self.texts, self._statements, self._events):
            said.clear()
        self._events_lost = 0
        acks = {kind: self._bring(items[MissionType(kind)], kind) for kind in (1, 2, 0)}
        fence = items[MissionType.FENCE] if acks[1] is MissionResult.ACCEPTED else ()
        if acks[0] is MissionResult.ACCEPTED and items[MissionType.MISSION]:
            feasible = self._verdict(items[MissionType.MISSION], fence)
        else:
            feasible = False
            if fence:
                self._await_fence(fence)
        self._hush()
        return Verdict(
            mission=acks[0],
            fence=acks[1],
            rally=acks[2],
            feasible=feasible,
            fence_kept=not any(text.startswith(FENCE_DROPPED) for text in self.texts),
            words=tuple(self.texts),
            texts=tuple(self._statements),
            events=tuple(self._events),
        )

    def _hush(self, quiet_s: float = QUIET_S) -> None:
        """Listen until nothing more is said about plans."""
        said, since_s = -1, self._vehicle_s
        for _ in self._heard(QUIET_WITHIN_S):
            if len(self.texts) + len(self._events) != said:
                said, since_s = len(self.texts) + len(self._events), self._vehicle_s
            elif self._vehicle_s - since_s > quiet_s:
                return

    def _await_fence(self, fence: tuple[WireItem, ...]) -> None:
        """PX4 looks at a fence in its own time, and judges no mission before: so bring one."""
        assert self.home is not None
        at = self.home.position
        rise = MissionItem(
            command=Command.NAV_TAKEOFF,
            frame=Frame.GLOBAL_RELATIVE_ALT,
            params=(0.0, 0.0, 0.0, 0.0, at.latitude_deg, at.longitude_deg, 10.0),
        )
        simple = mission_wire(Plan(items=(rise,)))
        self._bring(simple, MissionType.MISSION)
        self._verdict(simple, fence)

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

    def _bring(self, items: tuple[WireItem, ...], kind: int) -> MissionResult:
        announce = {"count": len(items), "mission_type": kind}
        self._send("MISSION_COUNT", **announce)
        asked = False
        said_s = self._line.now_s()
        for message in self._heard(ANSWERED_WITHIN_S + 0.05 * len(items)):
            now_s = self._line.now_s()
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
        self._line.send(self._station.encode("MISSION_ITEM_INT", **fields))

    def _verdict(self, items: tuple[WireItem, ...], fence_items: tuple[WireItem, ...]) -> bool:
        """A mission that is found feasible shows its state; one that is not is objected to."""
        mission, fence = items_hash(items), items_hash(fence_items)
        began_s = self._vehicle_s
        objected_s: float | None = None
        for message in self._heard(ANSWERED_WITHIN_S):
            now_s = self._vehicle_s
            if objected_s is None and any(map(_objects, self.texts)):
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
        self._line.send(self._station.encode(name, **to, **fields))

    def _heard(self, within_s: float) -> Iterator[Message]:
        """What the vehicle says for so long."""
        until_s = self._line.now_s() + within_s
        while (now_s := self._line.now_s()) < until_s:
            if now_s - self._beat_s > 0.8:
                self._beat_s = now_s
                self._line.send(self._station.encode("HEARTBEAT", type=6, autopilot=8))
            for message in self._decoder.feed(self._line.receive()):
                if message.sender == self._vehicle:
                    self._note(message)
                    yield message

    def _note(self, message: Message) -> None:
        if message.name in ("ATTITUDE", "GLOBAL_POSITION_INT", "ATTITUDE_QUATERNION"):
            self._vehicle_s = message["time_boot_ms"] / 1e3
        elif message.name == "STATUSTEXT":
            text = message["text"].rstrip("\0")
            self.texts.append(text.rstrip("\t"))
            self._statements += [text] if text.startswith(ABOUT_PLANS) else []
        elif message.name == "EVENT":
            self._note_event(message)
        elif message.name == "HOME_POSITION":
            point = GeoPoint(
                latitude_deg=message["latitude"] * 1e-7, longitude_deg=message["longitude"] * 1e-7
            )
            self.home = Home(position=point, height=HeightAmsl(message["altitude"] * 1e-3))

    def _note_event(self, event: Message) -> None:
        last, self._last_event = self._last_event, event["sequence"]
        step = 1 if last is None else (event["sequence"] - last) & 0xFFFF
        self._events_lost += max(step - 1, 0)
        if event["id"] not in EVENTS_ABOUT_PLANS or step == 0:
            return
        arguments = bytes(event["arguments"]).rstrip(b"\0").hex()
        self._events.append((event["id"], event["log_levels"], arguments))
        words = objection(event)
        # Some of its reasons PX4 gives as an event alone.
        self.texts += [] if words is None else [f"{BY_EVENT} {words}"]


def _objects(words: str) -> bool:
    """Whether words reject a mission; a fence that is dropped is another matter."""
    return words.startswith(OBJECTIONS) and not words.startswith(FENCE_DROPPED)


def _is_ack(message: Message) -> bool:
    return message.name == "MISSION_ACK"


def _is_done(message: Message) -> bool:
    return message.name == "COMMAND_ACK" and message["result"] == 0


def _holds_nothing(message: Message) -> bool:
    if message.name != "MISSION_CURRENT":
        return False
    return not (message["mission_id"] or message["fence_id"] or message["rally_points_id"])
